"""An html page → text with its structure: headings, lists with their numbers, paragraphs, tables.

`ingest/read.py` calls it. Numbers that a browser would draw for an ordered list are written out, because
people cite them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, Tag

from ingest.numerals import write_letter, write_roman

_SKIPPED = {
    "script",
    "style",
    "noscript",
    "template",
    "head",
    "nav",
    "footer",
    "svg",
    "button",
    "form",
    "select",
}
_BLOCKS = {
    *(
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "dd",
        "div",
        "dl",
        "dt",
        "figure",
        "h1",
        "h2",
        "h3",
    ),
    *(
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ),
}
_BOLD = {"b", "strong"}
_INDENT = "  "


def read_html(markup: str) -> str:
    """Turn a page into text, a paragraph a line, blank lines between them."""
    soup = BeautifulSoup(markup, "html.parser")
    lines = (line for line in _lines(soup, depth=0) if line.strip())
    return "\n\n".join(lines) + "\n"


def _lines(tag: Tag, depth: int) -> Iterator[str]:
    """The lines of a block: runs of inline content, and the lines of the blocks inside it."""
    inline: list[str] = []
    number = int(str(tag.get("start") or 1)) if str(tag.get("start") or "1").isdigit() else 1
    for child in tag.children:
        if isinstance(child, Tag) and child.name in _SKIPPED:
            continue
        if isinstance(child, Tag) and (child.name in _BLOCKS or child.find(list(_BLOCKS))):
            yield _squeeze(inline)
            inline = []
            if tag.name == "ol" and child.name == "li":
                yield from _item(child, depth, _list_number(str(tag.get("type") or "1"), number))
                number += 1
            elif child.name == "table":
                yield from _rows(child)
            else:
                yield from _block(child, depth)
        elif isinstance(child, Tag) and child.name == "br":
            yield _squeeze(inline)
            inline = []
        elif isinstance(child, Tag):
            inline.append(_inline(child))
        elif isinstance(child, NavigableString) and not isinstance(child, Comment):
            inline.append(str(child))
    yield _squeeze(inline)


def _block(tag: Tag, depth: int) -> Iterator[str]:
    deeper = depth + 1 if tag.name in ("ol", "ul") else depth
    lines = [line for line in _lines(tag, deeper) if line]
    if tag.name in ("h1", "h2", "h3", "h4", "h5", "h6") and lines:
        yield f"{'#' * int(tag.name[1])} {' '.join(lines)}"
    elif tag.name == "li":
        yield from _item(tag, depth, "")
    else:
        yield from lines


def _inline(tag: Tag) -> str:
    """Text inside a line; bold is marked the way markdown does, because headings are often only bold."""
    text = tag.get_text()
    is_bold = tag.name in _BOLD and bool(text.strip())
    return f"**{text.strip()}**" if is_bold else text


def _item(tag: Tag, depth: int, number: str) -> Iterator[str]:
    """A list item; a number of its own in the text goes before the list's."""
    indent = _INDENT * max(depth - 1, 0)
    is_first = True
    for line in _lines(tag, depth):
        if line:
            yield f"{indent}{number}{line}" if is_first else line
            is_first = False


def _rows(table: Tag) -> Iterator[str]:
    for row in table.find_all("tr"):
        cells = [_squeeze([cell.get_text(" ")]) for cell in row.find_all(["td", "th"])]
        if any(cells):
            yield " | ".join(cells)


def _list_number(kind: str, number: int) -> str:
    """What a browser draws in front of an item of an ordered list.

    >>> [_list_number(kind, 2) for kind in ("1", "a", "A", "i")]
    ['2. ', 'b. ', 'B. ', 'ii. ']
    """
    if kind in ("a", "A"):
        return f"{write_letter(number) if kind == 'a' else write_letter(number).upper()}. "
    if kind in ("i", "I") and number <= 39:
        return f"{write_roman(number) if kind == 'i' else write_roman(number).upper()}. "
    return f"{number}. "


def _squeeze(pieces: list[str]) -> str:
    return re.sub(r"\s+", " ", "".join(pieces)).strip()
