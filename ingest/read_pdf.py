"""A pdf file with a text layer → text: page headers, footers and page numbers removed, lines joined.

`ingest/read.py` calls it. A pdf knows lines, not paragraphs: a line that reaches the right edge and does not
end a sentence goes on in the next one.
"""

from __future__ import annotations

import io
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from ingest.lines import ends_sentence
from ingest.markers import read_markers

_MARGIN_SHARE = 0.12
_MIN_CHARS_A_PAGE = 10
_PAGE_NUMBER = re.compile(
    r"[-—–\s]*(?:第\s*)?\d{1,4}\s*(?:页)?\s*(?:[/／共]\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–\s]*"
)
_RADICALS = str.maketrans(
    "⺁⺇⺒⺓⺕⺟⺠⺩⺬⺮⺶⺻⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳⼾",
    "厂几巳幺彐母民王示竹羊聿虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟户",
)
_BOLD_FONT = re.compile(r"bold|heavy|black", re.IGNORECASE)
_KANGXI = re.compile(r"[\u2f00-\u2fd5]")
_CJK_GAP = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ ](?=[\u3000-\u9fff\uff00-\uffef])")


logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font


class PasswordError(ValueError):
    """The pdf is protected by a password."""


class NoTextLayerError(ValueError):
    """The pdf holds pictures of pages only."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a page. Positions are shares of the page's height, or points (right, left, size)."""

    text: str
    top: float
    left: float
    right: float
    size: float


def read_pdf(data: bytes) -> str:
    """Turn a pdf into text, a paragraph a line, blank lines between them.

    Raises:
        PasswordError: it is protected by a password.
        NoTextLayerError: it is scanned; it must be recognised (OCR) first.
        ValueError: it is no pdf, or damaged.
    """
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            pages = [_rows(page) for page in pdf.pages]
    except (
        PdfminerException,
        PDFException,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as exc:
        if isinstance(exc, PDFPasswordIncorrect) or any(
            isinstance(arg, PDFPasswordIncorrect) for arg in exc.args
        ):
            raise PasswordError("is protected by a password") from exc
        raise ValueError(f"is no readable pdf: {exc}") from exc
    if sum(len(row.text) for page in pages for row in page) < _MIN_CHARS_A_PAGE * max(len(pages), 1):
        raise NoTextLayerError(f"has {len(pages)} pages but no text layer")
    return "\n\n".join(_paragraphs(_without_furniture(pages))) + "\n"


def _rows(page: pdfplumber.page.Page) -> list[_Row]:
    rows = []
    for line in page.extract_text_lines(return_chars=True, strip=True):
        text = _CJK_GAP.sub("", _without_radicals(_with_bold(line["text"], line["chars"])))
        if text:
            size = max(char["size"] for char in line["chars"])
            rows.append(_Row(text, line["top"] / page.height, line["x0"], line["x1"], size))
    return rows


def _with_bold(text: str, chars: Sequence[dict[str, Any]]) -> str:
    """Mark bold the way markdown does, because headings are often only bold."""
    drawn = [char for char in chars if char["text"].strip()]
    if len(drawn) != len(re.sub(r"\s", "", text)):
        return text  # ligatures: letters and glyphs cannot be matched
    flags = iter(bool(_BOLD_FONT.search(char["fontname"])) for char in drawn)
    marked, is_bold = "", False
    for char in text:
        if not char.isspace() and next(flags) != is_bold:
            is_bold = not is_bold
            marked += "**"
        marked += char
    return marked + ("**" if is_bold else "")


def _without_radicals(text: str) -> str:
    """Replace radicals by the characters they look like; many pdf writers mix them up.

    >>> _without_radicals("⽤⼾⾸⻚")
    '用户首页'
    """
    return _KANGXI.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text.translate(_RADICALS))


def _without_furniture(pages: Sequence[Sequence[_Row]]) -> list[list[_Row]]:
    """Drop page numbers, and lines that stand in the margin of most pages."""
    repeated = Counter[str]()
    for number, page in enumerate(pages, 1):
        repeated.update({_shape(row, number) for row in page if _in_margin(row)})
    often = max(2, len(pages) // 2)
    kept = []
    for number, page in enumerate(pages, 1):
        margin = {row for row in page if _in_margin(row)}
        furniture = {
            row
            for row in margin
            if _PAGE_NUMBER.fullmatch(row.text) or repeated[_shape(row, number)] >= often
        }
        kept.append([row for row in page if row not in furniture])
    return kept


def _paragraphs(pages: Sequence[Sequence[_Row]]) -> list[str]:
    """Join lines into paragraphs, over page breaks, too."""
    rows = [row for page in pages for row in page]
    right_edge = _right_edge(rows)
    paragraphs: list[str] = []
    previous: _Row | None = None
    for row in rows:
        if previous is not None and _goes_on(previous, row, right_edge):
            both_latin = paragraphs[-1][-1].isascii() and row.text[0].isascii()
            joined = paragraphs[-1] + (" " if both_latin else "") + row.text
            paragraphs[-1] = joined.replace("****", "")  # bold that goes on over the line's end
        else:
            paragraphs.append(row.text)
        previous = row
    return paragraphs


def _goes_on(previous: _Row, row: _Row, right_edge: float) -> bool:
    """Tell whether a line goes on in the next one: it is full, and the next begins nothing new."""
    opens_item = any(not marker.weak for marker in read_markers(row.text))
    is_full = previous.right >= right_edge - 2.5 * previous.size
    is_indented = row.left > previous.left + 1.2 * row.size
    same_size = abs(previous.size - row.size) < 0.5
    is_broken = is_full and not _ends_paragraph(previous, right_edge)
    return is_broken and same_size and not is_indented and not opens_item


def _ends_paragraph(row: _Row, right_edge: float) -> bool:
    """A sentence that ends before the last character's place most likely ends its paragraph."""
    return ends_sentence(row.text) and row.right < right_edge - 0.6 * row.size


def _right_edge(rows: Sequence[_Row]) -> float:
    """Where full lines end: the most frequent right end among the longer half of the lines."""
    ends = sorted(row.right for row in rows)
    longer = Counter(round(end) for end in ends[len(ends) // 2 :])
    return float(longer.most_common(1)[0][0]) if longer else 0.0


def _in_margin(row: _Row) -> bool:
    return row.top < _MARGIN_SHARE or row.top > 1 - _MARGIN_SHARE


def _shape(row: _Row, page_number: int) -> str:
    """The text of a margin line without its page's number, so that it is the same on every page."""
    return re.sub(rf"(?<!\d){page_number}(?!\d)", "#", row.text)
