"""The physical lines of a policy file, each seen through its markdown decoration.

`ingest/markers.py` reads clause numbers from `Line.clean`; `Line.offsets` leads back into the file. A
line break in these files is not always a paragraph's end: pages and crawls break sentences, and
`is_broken` tells where.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

SENTENCE_END = "。！？；!?;…"
_CLOSERS = "”’」』）)】》〉\"'"
_NEVER_FIRST = "，。、；：！？）】》”’」,.;:!?)/"
_MIN_BROKEN_CHARS = 30

_DROPPED = re.compile(r"\*|[\u200b\u200c\u200d\ufeff]|\\(?=[\W_])|(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])")
_LEAD = re.compile(
    r"[\s>\u3000]*(?P<heading>#{1,6})?\s*(?P<bullet>(?:[-+•·●■◆○*](?=\s|\*\*|\d))\s*)?"
    r"(?:\[[\s_*]*(?=(?:第|[一二三四五六七八九十]+、|\d+[.、])[^\]]*\]))?"  # a heading that is a link
)
_SEPARATOR = re.compile(r"\s*(?:[=\-—~]\s*){3,}\s*")
_EMPHASIS = re.compile(r"(?<![A-Za-z0-9])\*+|\*+(?![A-Za-z0-9])|\*{2,}")


class LineKind(Enum):
    """What a line is, before anything is known of the document."""

    SEPARATOR = "separator"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file without its line end.

    Attributes:
        start: offset of its first character in the file.
        end: offset behind its last character that is not white space.
        clean: its text without markdown emphasis, escapes, heading marks and bullets.
        offsets: for every character of `clean`, its offset in the file.
        indent: columns of white space before anything else.
        heading: markdown heading level, 0 where it is none.
        bold: the whole line is emphasised.
        bullet: a markdown or typographical bullet stands before the text.
    """

    start: int
    end: int
    kind: LineKind
    clean: str
    offsets: Sequence[int]
    indent: int
    heading: int
    bold: bool
    bullet: bool


def split_lines(text: str) -> list[Line]:
    r"""Split a file's text into its lines; those with nothing but white space and decoration are left out.

    >>> lines = split_lines("## **一、** 甲\n\n===\n1\\. 乙")
    >>> [(line.clean, line.heading, line.kind.value) for line in lines]
    [('一、 甲', 2, 'text'), ('', 0, 'separator'), ('1. 乙', 0, 'text')]
    """
    lines, start = [], 0
    for raw in text.splitlines(keepends=True):
        line = _read_line(raw, start) if not raw.isspace() else None
        if line is not None:
            lines.append(line)
        start += len(raw)
    return lines


def tidy(raw: str) -> str:
    r"""Turn a piece of the file into text for reading: no emphasis, sentences whole, no blank lines.

    Only white space and emphasis asterisks are changed, so the outcome equals the piece when both are
    compared without white space and asterisks.

    >>> tidy("可以在**设\n置**中关闭")
    '可以在设\n置中关闭'
    >>> tidy("我们会在得到您的同意后收集和使用您的敏感信息以实现与58同城业务\n\n相关的功能。")
    '我们会在得到您的同意后收集和使用您的敏感信息以实现与58同城业务相关的功能。'
    """
    joined = previous = ""
    for line in _EMPHASIS.sub("", raw).splitlines():
        row = re.sub(r"[ \t\u3000\xa0]+", " ", line).strip()
        if not row:
            continue
        if joined and is_broken(previous, row):
            both_latin = _is_latin(joined[-1]) and _is_latin(row[0])
            joined += (" " if both_latin else "") + row
            previous += row
        else:
            joined += ("\n" if joined else "") + row
            previous = row
    return joined


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def is_broken(previous: str, following: str) -> bool:
    """Tell whether a line break between two texts lies inside a sentence.

    A long line without an ending is taken for a broken one; a short one may be a heading.

    >>> is_broken("注销账户", "您可以申请注销。"), is_broken("创建房间功能", "。您注册成为用户后")
    (False, True)
    """
    if following[0] in _NEVER_FIRST:
        return True
    return len(previous) >= _MIN_BROKEN_CHARS and not ends_sentence(previous)


def ends_sentence(text: str) -> bool:
    """Tell whether a text ends in a sentence mark or a colon, brackets and quotes behind it aside."""
    bare = text.rstrip().rstrip(_CLOSERS).rstrip()
    return bool(bare) and bare[-1] in SENTENCE_END + "：:"


def _read_line(raw: str, start: int) -> Line | None:
    body = raw.rstrip()
    end = start + len(body)
    if _SEPARATOR.fullmatch(body):
        return Line(start, end, LineKind.SEPARATOR, "", (), 0, 0, False, False)
    lead = _LEAD.match(body)
    assert lead is not None  # every part of the pattern is optional
    inner = body[lead.end() :]
    clean, offsets = _clean(inner, start + lead.end())
    if not clean:
        return None
    bold = inner.startswith(("**", "__")) and inner.endswith(("**", "__"))
    indent = len(body) - len(body.lstrip())
    heading = len(lead["heading"] or "")
    return Line(start, end, LineKind.TEXT, clean, offsets, indent, heading, bold, bool(lead["bullet"]))


def _clean(inner: str, start: int) -> tuple[str, Sequence[int]]:
    """Drop decoration from a line's text; return it with the file offset of each character kept."""
    kept: list[int] = []
    position = 0
    for match in _DROPPED.finditer(inner):
        kept.extend(range(position, match.start()))
        position = match.end()
    kept.extend(range(position, len(inner)))
    while kept and inner[kept[0]].isspace():
        kept.pop(0)
    while kept and inner[kept[-1]].isspace():
        kept.pop()
    clean = "".join(inner[i] for i in kept)
    return clean, [start + i for i in kept]
