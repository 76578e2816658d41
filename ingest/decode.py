"""Bytes of a text file → its text, whatever Chinese encoding they are in.

`ingest/read.py` calls it for md, txt and html. UTF-8 is tried first because it cannot be mistaken for
anything else; GB18030 includes GBK and GB2312.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_COMMON = re.compile("[的一是不在有人我您用个信息以为和及者或应当规定，。、；：（）《》]")
_MIN_COMMON_SHARE = 0.08
_SAMPLE_BYTES = 200_000


def decode(data: bytes) -> str:
    r"""Decode a text file; line ends become \\n, as Python's `open` has it.

    Raises:
        ValueError: the bytes are no text in any encoding that is known here.
    """
    text = _decode(data).replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        raise ValueError("holds NUL characters")
    return text


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="strict")
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _reads_as_chinese(text):
            return text
    best = from_bytes(data[:_SAMPLE_BYTES]).best()
    if best is None:
        raise ValueError("is in no encoding that is known")
    return data.decode(best.encoding)


def _reads_as_chinese(text: str) -> bool:
    """Tell real Chinese from another encoding's bytes that happen to decode."""
    chinese = re.findall(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]", text)
    return len(_COMMON.findall(text)) >= _MIN_COMMON_SHARE * max(len(chinese), 1)
