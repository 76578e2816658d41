"""Clause numbers as they are printed: 第三条, 一、, （一）, 1., 1.1, （1）, 1）, ①, (a), A., iv.

`ingest/outline.py` decides which of them open a clause and how they nest; here they are only read. A
marker's `style` says how it is written, never how deep it stands: that differs from file to file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.numerals import CIRCLED, HAN_DIGITS, read_han, read_roman

_HAN = f"[{HAN_DIGITS}]{{1,7}}"
_UNITS = "分编|编|部分|章|节|条|款|篇|卷"
_NUMBER = rf"(?:{_HAN}|\d{{1,4}})"
_OPEN, _CLOSE, _STOP = "[（(]", "[）)]", "[、.．]"
_BLANK = r"[\s\u3000]*"

_UNIT_MARKER = re.compile(
    rf"第{_BLANK}(?P<number>{_NUMBER}){_BLANK}(?P<unit>{_UNITS})(?:之(?P<after>{_HAN}))?{_BLANK}[、：:.．]?"
)
_DECIMAL = re.compile(r"(?P<number>\d{1,2}(?:[.．]\d{1,3}){1,5})[.．、]?(?![\d%％])")
_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("一、", re.compile(rf"(?P<number>{_HAN}){_BLANK}{_STOP}(?!\d)")),
    ("（一）", re.compile(rf"{_OPEN}{_BLANK}(?P<number>{_HAN}){_BLANK}{_CLOSE}{_STOP}?")),
    ("（1）", re.compile(rf"{_OPEN}{_BLANK}(?P<number>\d{{1,3}}){_BLANK}{_CLOSE}{_STOP}?")),
    ("1）", re.compile(rf"(?P<number>\d{{1,3}}){_BLANK}{_CLOSE}{_STOP}?")),
    ("1、", re.compile(rf"(?P<number>\d{{1,3}}){_BLANK}、")),
    ("1.", re.compile(r"(?P<number>\d{1,3})\s{0,2}[.．](?!\d)")),
    ("①", re.compile(rf"(?P<number>[{CIRCLED}]){_STOP}?")),
    ("（a）", re.compile(rf"{_OPEN}{_BLANK}(?P<number>[a-z]|[ivx]{{1,4}}){_BLANK}{_CLOSE}")),
    ("（A）", re.compile(rf"{_OPEN}{_BLANK}(?P<number>[A-Z]){_BLANK}{_CLOSE}")),
    ("a）", re.compile(rf"(?P<number>[a-z]|[ivx]{{1,4}}){_CLOSE}")),
    ("A）", re.compile(rf"(?P<number>[A-Z]){_CLOSE}")),
    ("a.", re.compile(r"(?P<number>[a-z]|[ivx]{1,4})\s?[.．、](?![A-Za-z0-9])")),
    ("A.", re.compile(r"(?P<number>[A-Z])\s?[.．、](?![A-Za-z]{2}|\d)")),
    ("Ⅰ", re.compile(r"(?P<number>[Ⅰ-Ⅻ]|[ⅰ-ⅻ])[.．、]?")),
)
_WEAK = (
    ("一", re.compile(rf"(?P<number>{_HAN})(?=[\s\u3000]+\S)")),
    ("1", re.compile(r"(?P<number>\d{1,2})(?=[\s\u3000]+[^\s\d:/.~\-])")),
)
_INLINE_STYLES = frozenset({"（一）", "（1）", "1）", "1、", "1.", "①", "（a）", "a）"})
_INLINE_START = re.compile(r"(?<=[。；;！？!?：:\s])(?=[（(\d①-⑳a-z])")
_REFERENCE_BEHIND_UNIT = re.compile(
    r"\s*(?:的|规定|所|之|第|款|项|目|、第?|和|或|及|与|至|到|中|，|,|。|；|;|）|\)|”|》|约定|所述|（[一二三四五六七八九十]+）[款项、和或的])"
)
_REFERENCE_BEHIND = re.compile(
    r"\s*(?:(?<=、)[（(]|[款项](?=[的规所中之、和或至及，。；]|情形|内容)|[、，]\s*[（(]|至\s*[（(第]|和\s*[（(第]|或\s*[（(第]|中的|所述|规定的)"
)
_QUANTITY_BEHIND = re.compile(r"\s?(?:[%％万亿倍℃]|(?:元|岁|米|小时|分钟|GB|MB|KB|版本)(?![一-龥]{6}))")
_MAX_ROMAN_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Marker:
    """A number that may open a clause.

    Attributes:
        style: how it is written, e.g. "（一）"; "1.1" and "1.1.1" are styles of their own.
        value: its number; decimals have one entry a part, 第X条之Y has (X, Y).
        text: the number as a path writes it, e.g. "（五）", "14", "第三条", "4.10".
        start: where it begins in the line's clean text.
        end: where the text behind it begins.
        weak: only white space tells it from a sentence ("1 定义"); needs support from its neighbours.
    """

    style: str
    value: tuple[int, ...]
    text: str
    start: int
    end: int
    weak: bool = False


def read_markers(clean: str, at: int = 0) -> list[Marker]:
    """Read the marker that stands at a position of a line, in all its readings.

    A letter that is also a Roman numeral has two readings. References (第三条第二款规定的 …) and quantities
    (1.5亿元) are none.

    Returns:
        The readings, the likelier first; empty where no marker stands.

    >>> [(m.style, m.value, m.text) for m in read_markers("(五) 注销账户")]
    [('（一）', (5,), '（五）')]
    >>> [(m.style, m.value) for m in read_markers("（i）姓名")]
    [('（a）', (9,)), ('（i）', (1,))]
    >>> read_markers("第三条第二款规定的情形")
    []
    """
    unit = _UNIT_MARKER.match(clean, at)
    if unit:
        return _read_unit(unit, clean)
    decimal = _DECIMAL.match(clean, at)
    if decimal and not _QUANTITY_BEHIND.match(clean, decimal.end()):
        return _read_decimal(decimal, clean)
    for style, pattern in _STYLES:
        match = pattern.match(clean, at)
        if match and not _REFERENCE_BEHIND.match(clean, match.end()):
            return list(_readings(style, match))
    for style, pattern in _WEAK:
        match = pattern.match(clean, at)
        if match:
            return [_made(style, _value(match["number"]), match, weak=True)]
    return []


def read_inline_markers(clean: str, after: int) -> list[list[Marker]]:
    """Read the markers that stand behind a sentence mark or a space inside a line.

    Args:
        clean: the line's clean text.
        after: where to begin; the line's own marker ends there.

    >>> line = "1) 招聘信息。2) 黄页信息，见(二)。3) 房源信息"
    >>> [[m.text for m in readings] for readings in read_inline_markers(line, 2)]
    [['2）'], ['3）']]
    """
    found = []
    for match in _INLINE_START.finditer(clean, after):
        readings = [m for m in read_markers(clean, match.start()) if m.style in _INLINE_STYLES and not m.weak]
        if readings:
            found.append(readings)
    return found


def is_first(marker: Marker) -> bool:
    """Tell whether a marker can open an enumeration: 一, 1, a, 1.1, but also 0 and 1.0."""
    return marker.value[-1] in (0, 1)


def follows(marker: Marker, value: tuple[int, ...]) -> bool:
    """Tell whether a marker is the next one behind `value` in an enumeration of its own style.

    >>> follows(Marker("1.1", (4, 10), "4.10", 0, 4), (4, 9))
    True
    """
    if marker.style.startswith("第") and len(value) + len(marker.value) > 2:
        return _next_inserted(marker.value, value)
    return marker.value[:-1] == value[:-1] and marker.value[-1] == value[-1] + 1


def _next_inserted(new: tuple[int, ...], old: tuple[int, ...]) -> bool:
    """The order of inserted articles: 第十条, 第十条之一, 第十条之二, 第十一条."""
    if len(new) == 1:
        return new[0] == old[0] + 1
    return new[0] == old[0] and new[1] == (old[1] + 1 if len(old) > 1 else 1)


def _read_unit(match: re.Match[str], clean: str) -> list[Marker]:
    behind = clean[match.end() :]
    if behind and match.end() == match.end("unit") and _REFERENCE_BEHIND_UNIT.match(behind):
        return []
    number = _value(match["number"])
    value = (number, read_han(match["after"])) if match["after"] else (number,)
    text = re.sub(r"\s", "", match[0]).rstrip("、：:.．")
    return [Marker(f"第{match['unit']}", value, text, match.start(), match.end())]


def _read_decimal(match: re.Match[str], clean: str) -> list[Marker]:
    text = match["number"].replace("．", ".")
    value = tuple(int(part) for part in text.split("."))
    style = ".".join("1" * len(value))
    if _REFERENCE_BEHIND.match(clean, match.end()) or re.match(r"\s*的", clean[match.end() :]):
        return []
    return [Marker(style, value, text, match.start(), match.end())]


def _readings(style: str, match: re.Match[str]) -> Iterator[Marker]:
    number = match["number"]
    if style in ("（a）", "a）", "a."):
        if len(number) == 1:
            yield _made(style, ord(number) - ord("a") + 1, match)
        if all(char in "ivx" for char in number):
            yield _made(style.replace("a", "i"), read_roman(number), match)
    elif style in ("（A）", "A）", "A."):
        yield _made(style, ord(number) - ord("A") + 1, match)
    elif style == "①":
        yield _made(style, CIRCLED.index(number) + 1, match)
    elif style == "Ⅰ":
        yield _made(style, ord(number.upper()) - ord("Ⅰ") + 1, match)
    else:
        yield _made(style, _value(number), match)


def _made(style: str, value: int, match: re.Match[str], *, weak: bool = False) -> Marker:
    text = re.sub(r"\s", "", match[0]).rstrip("、.．").translate(str.maketrans("()", "（）"))
    return Marker(style, (value,), text, match.start(), match.end(), weak)


def _value(number: str) -> int:
    return int(number) if number.isdigit() else read_han(number)
