"""A Word file → text, with the numbers Word draws itself.

`ingest/read.py` calls it. Automatic numbers are not in the text of a docx: they are counted here from the
numbering definitions (ECMA-376 part 1, 17.9), because a clause without its number cannot be cited.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml.etree import XMLSyntaxError

from ingest.numerals import CIRCLED, write_han, write_letter, write_roman

_NUM_LEVELS = 9
_DAMAGED = (  # python-docx lets the errors of zipfile, zlib and lxml through
    *(PackageNotFoundError, BadZipFile, XMLSyntaxError, zlib.error, RuntimeError, NotImplementedError),
    *(KeyError, ValueError, AttributeError, IndexError, TypeError, OSError, EOFError),
)
_HAN_FORMATS = {
    *("chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "ideographDigital"),
    *("japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"),
}


def read_docx(data: bytes) -> str:
    """Turn a Word file into text, a paragraph a line, blank lines between them.

    Raises:
        ValueError: it is no Word file, or damaged.
    """
    try:
        document = docx.Document(io.BytesIO(data))
        numbering = _Numbering(document)
        lines = [line for block in document.iter_inner_content() for line in _lines(block, numbering)]
    except _DAMAGED as exc:
        raise ValueError(f"is no readable Word file: {exc}") from exc
    return "\n\n".join(line for line in lines if line.strip()) + "\n"


def _lines(block: Paragraph | Table, numbering: _Numbering) -> Iterator[str]:
    if isinstance(block, Table):
        for row in block.rows:
            cells = [" ".join(cell.text.split()) for cell in row.cells]
            yield " | ".join(dict.fromkeys(cells))  # a merged cell is reported once a column
        return
    number = numbering.next_number(block)
    text = "".join(_run(run) for run in block.iter_inner_content()).replace("****", "")
    rows = re.split(r"[\v\n]", text)
    rows[0] = _heading_marks(block, number + rows[0])
    yield from rows


def _run(run: Run | Hyperlink) -> str:
    """A run of text; bold is marked the way markdown does, because headings are often only bold."""
    if isinstance(run, Hyperlink) or not run.bold or not run.text.strip():
        return run.text
    lead = len(run.text) - len(run.text.lstrip())
    tail = len(run.text.rstrip())
    return f"{run.text[:lead]}**{run.text[lead:tail]}**{run.text[tail:]}"


def _heading_marks(paragraph: Paragraph, text: str) -> str:
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    if not text.strip():
        return ""
    if style == "Title":
        return f"# {text}"
    if style.startswith("Heading ") and style[8:].isdigit():
        return f"{'#' * min(int(style[8:]), 6)} {text}"
    return text


class _Numbering:
    """Counts automatic numbers while paragraphs are read in order."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, dict[int, Any]] = {}
        self._abstract_of: dict[str, str] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._started = set[str]()
        for relation in document.part.rels.values():
            if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
                self._read(relation.target_part.element)

    def next_number(self, paragraph: Paragraph) -> str:
        """The number Word draws in front of a paragraph, with the space behind it; "" for none."""
        num_id, level = self._numbered(paragraph)
        if num_id not in self._abstract_of:
            return ""
        abstract = self._abstract_of[num_id]
        definition = self._levels.get(abstract, {}).get(level)
        if definition is None:
            return ""
        counters = self._count(num_id, abstract, level)
        return self._write(abstract, definition, counters)

    def _numbered(self, paragraph: Paragraph) -> tuple[str, int]:
        """The list and the level of a paragraph, from itself or its styles; list "" for none."""
        style = paragraph.style
        properties = [paragraph._p.pPr]  # python-docx has no public way to numbering
        while style is not None:
            properties.append(style.element.pPr)
            style = style.base_style
        num_id, level = "", ""
        for each in properties:
            numbering = each.find(qn("w:numPr")) if each is not None else None
            if numbering is None:
                continue
            num_id = num_id or _value(numbering, "w:numId")
            level = level or _value(numbering, "w:ilvl")
        if not level and paragraph.style is not None:
            return num_id, self._level_of_style(num_id, paragraph.style.style_id)
        return num_id, int(level or 0)

    def _level_of_style(self, num_id: str, style_id: str) -> int:
        """Headings are often tied to a level by the level's definition."""
        levels = self._levels.get(self._abstract_of.get(num_id, ""), {})
        return next((level for level, lvl in levels.items() if _value(lvl, "w:pStyle") == style_id), 0)

    def _read(self, root: Any) -> None:
        for abstract in root.findall(qn("w:abstractNum")):
            levels = {int(lvl.get(qn("w:ilvl"))): lvl for lvl in abstract.findall(qn("w:lvl"))}
            self._levels[abstract.get(qn("w:abstractNumId"))] = levels
        for num in root.findall(qn("w:num")):
            num_id = num.get(qn("w:numId"))
            self._abstract_of[num_id] = _value(num, "w:abstractNumId")
            self._starts[num_id] = {
                int(override.get(qn("w:ilvl"))): int(start)
                for override in num.findall(qn("w:lvlOverride"))
                if (start := _value(override, "w:startOverride"))
            }

    def _count(self, num_id: str, abstract: str, level: int) -> list[int | None]:
        """Advance the counters; all lists of one definition share them until a list says it starts anew."""
        counters = self._counters.setdefault(abstract, [None] * _NUM_LEVELS)
        if num_id not in self._started:
            self._started.add(num_id)
            for at, start in self._starts[num_id].items():
                counters[at] = start - 1
        current = counters[level]
        counters[level] = self._start(abstract, level) if current is None else current + 1
        counters[level + 1 :] = [None] * (_NUM_LEVELS - level - 1)
        return counters

    def _start(self, abstract: str, level: int) -> int:
        definition = self._levels[abstract].get(level)
        return int(_value(definition, "w:start") or 1) if definition is not None else 1

    def _write(self, abstract: str, definition: Any, counters: list[int | None]) -> str:
        text = _value(definition, "w:lvlText")
        if _format(definition) in ("bullet", "none"):
            return ""
        for level in range(_NUM_LEVELS):
            if f"%{level + 1}" in text and level in self._levels[abstract]:
                value = counters[level] or self._start(abstract, level)
                is_legal = definition.find(qn("w:isLgl")) is not None
                kind = "decimal" if is_legal else _format(self._levels[abstract][level])
                text = text.replace(f"%{level + 1}", write_number(kind, value))
        return f"{text} " if text else ""


def _value(element: Any, name: str) -> str:
    """The `w:val` of a child; "" where there is no such child."""
    child = element.find(qn(name))
    return child.get(qn("w:val")) or "" if child is not None else ""


def _format(definition: Any) -> str:
    return _value(definition, "w:numFmt") or "decimal"


def write_number(kind: str, value: int) -> str:
    """Write a number in one of Word's formats; an unknown format is written in digits.

    >>> [write_number(kind, 4) for kind in ("decimal", "chineseCounting", "lowerLetter", "upperRoman")]
    ['4', '四', 'd', 'IV']
    """
    if kind in _HAN_FORMATS and 1 <= value <= 9999:
        return write_han(value)
    if kind in ("lowerLetter", "upperLetter") and value >= 1:
        return write_letter(value) if kind == "lowerLetter" else write_letter(value).upper()
    if kind in ("lowerRoman", "upperRoman") and 1 <= value <= 39:
        return write_roman(value) if kind == "lowerRoman" else write_roman(value).upper()
    if kind.startswith("decimalEnclosedCircle") and 1 <= value <= len(CIRCLED):
        return CIRCLED[value - 1]
    return str(value)
