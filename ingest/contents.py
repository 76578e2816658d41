"""Tables of contents: lists of headings that are repeated further down as the headings themselves.

`ingest/parse.py` leaves them out of the clauses. A table is known by what it does, not by the word 目录: its
lines come again, in order, with text between them. Numbers and wording may differ from the body's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from ingest.lines import Line, LineKind, ends_sentence
from ingest.markers import Marker, is_first, read_markers

_MAX_TITLE_CHARS = 45
_MIN_ENTRIES = 3
_MIN_FOUND_SHARE = 0.6
_MIN_EXACT_SHARE = 0.3
_MIN_SIMILARITY = 0.62
_MAX_ENTRIES = 300
_OPENERS = re.compile(r"(?:目\s*录|contents|索引)\s*[:：]?", re.IGNORECASE)
_PROMISE = re.compile(r"目\s*录|(?:了解|说明|阅读|查阅|包[含括]|如下|以下|索引).{0,12}[:：]$")
_PAGE_NUMBER = re.compile(r"[\s.…·]{2,}\d{1,4}$")
_NOT_WORDS = re.compile(r"[\W_]+")
_IN_ONE_LINE = re.compile(
    r"(?:(?<=\s)|^)(?=[一二三四五六七八九十]{1,3}、|\d{1,2}[、.．]\D|（[一二三四五六七八九十]+）)"
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line that could be a heading: its index among the lines, its words and its number."""

    index: int
    words: str
    marker: Marker | None


def find_contents(lines: Sequence[Line]) -> frozenset[int]:
    """Find the lines that belong to tables of contents.

    Returns:
        Indices into `lines`, with the line 目录 above a table where there is one.
    """
    headings = _Headings(lines)
    found: set[int] = set()
    for run in reversed(_runs(lines)):  # a table may be repeated by another one below it, not by the body
        table = _table(run, headings)
        headings.forget(entry.index for entry in table)
        found.update(entry.index for entry in table)
        if table:
            found.update(_opener(lines, table[0].index))
    found.update(i for i, line in enumerate(lines) if _is_table_line(i, line, headings))
    return frozenset(found)


class _Headings:
    """Looks up where the words of a heading come again further down."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._words: list[tuple[int, str]] = []
        self._by_words: dict[str, list[int]] = {}
        for index, line in enumerate(lines):
            words = _words(line.clean) if line.kind is LineKind.TEXT else ""
            if words and (len(line.clean) <= _MAX_TITLE_CHARS or read_markers(line.clean)):
                self._words.append((index, words))
                self._by_words.setdefault(words, []).append(index)

    def forget(self, indices: Iterable[int]) -> None:
        """Take lines out that turned out to be part of a table."""
        gone = set(indices)
        self._words = [pair for pair in self._words if pair[0] not in gone]
        for places in self._by_words.values():
            places[:] = [place for place in places if place not in gone]

    def exact(self, words: str, after: int) -> int | None:
        """The first line behind `after` that has these words and no others."""
        return next((index for index in self._by_words.get(words, ()) if index > after), None)

    def near(self, words: str, after: int, last: int) -> int | None:
        """The first line behind `after`, up to `last`, that begins with these words or much like them."""
        for index, other in self._words:
            if after < index <= last and (other.startswith(words) or _similar(words, other)):
                return index
        return None

    def is_announced(self, first: int) -> bool:
        """Tell whether the text above a line promises a table, as 本政策将帮助您了解以下内容： does."""
        above = next((line for line in reversed(self._lines[:first]) if line.kind is LineKind.TEXT), None)
        return above is not None and bool(_PROMISE.search(above.clean))

    def have_text_between(self, places: Sequence[int]) -> bool:
        """Tell whether most of some lines are parted by lines of text."""
        ordered = sorted(set(places))
        num_parted = sum(
            any(self._lines[i].kind is LineKind.TEXT for i in range(first + 1, second))
            for first, second in pairwise(ordered)
        )
        return num_parted >= (len(ordered) - 1) / 2


def _runs(lines: Sequence[Line]) -> list[list[_Entry]]:
    """Group neighbouring heading-like lines; separator lines do not part them."""
    runs: list[list[_Entry]] = [[]]
    for index, line in enumerate(lines):
        if line.kind is not LineKind.TEXT:
            continue
        words = _words(line.clean)
        marker = next(iter(read_markers(line.clean)), None)
        is_title = marker is not None or not ends_sentence(line.clean)
        if words and is_title and len(line.clean) <= _MAX_TITLE_CHARS and not _OPENERS.fullmatch(line.clean):
            runs[-1].append(_Entry(index, words, marker))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) >= _MIN_ENTRIES]


def _table(run: list[_Entry], headings: _Headings) -> list[_Entry]:
    """Cut the table of contents out of a run of heading-like lines; empty where there is none."""
    run = run[:_MAX_ENTRIES]
    for first, entry in enumerate(run):
        opens = entry.marker is not None and is_first(entry.marker)
        if opens or headings.exact(entry.words, entry.index) is not None:
            table = _before_repetition(run[first:])
            if len(table) >= _MIN_ENTRIES and _comes_again(table, headings):
                return table
    return []


def _before_repetition(run: list[_Entry]) -> list[_Entry]:
    """Keep the lines before the one that repeats an earlier line or the first number: the body's first."""
    opening, seen = run[0].marker, set[str]()
    for position, entry in enumerate(run):
        number = entry.marker and (entry.marker.style, entry.marker.value)
        restarts = position > 0 and opening is not None and number == (opening.style, opening.value)
        if restarts or entry.words in seen:
            return run[:position]
        seen.add(entry.words)
    return run


def _comes_again(table: list[_Entry], headings: _Headings) -> bool:
    """Tell whether enough lines come again below a table, with text between them.

    A list that is merely repeated (the same exceptions in two clauses) comes again line by line.
    """
    last_line = table[-1].index
    exact = {entry.index: headings.exact(entry.words, last_line) for entry in table}
    places = [place for place in exact.values() if place is not None]
    needed = 1 if headings.is_announced(table[0].index) else max(2, _MIN_EXACT_SHARE * len(table))
    if len(places) < needed:
        return False
    furthest = max(places) + _MAX_ENTRIES
    for entry in table:
        if exact[entry.index] is None:
            place = headings.near(entry.words, last_line, furthest)
            places += [place] if place is not None else []
    return len(places) >= _MIN_FOUND_SHARE * len(table) and headings.have_text_between(places)


def _opener(lines: Sequence[Line], first: int) -> list[int]:
    """The line 目录 above a table, if it stands there."""
    for index in range(first - 1, max(first - 6, -1), -1):
        if lines[index].kind is LineKind.TEXT:
            return [index] if _OPENERS.fullmatch(lines[index].clean) else []
    return []


def _is_table_line(index: int, line: Line, headings: _Headings) -> bool:
    """Tell whether a single line holds a whole table: 一、甲 二、乙 三、丙 四、丁."""
    cuts = [match.start() for match in _IN_ONE_LINE.finditer(line.clean)]
    if len(cuts) <= _MIN_ENTRIES:
        return False
    pieces = [line.clean[a:b] for a, b in zip(cuts, [*cuts[1:], len(line.clean)], strict=True)]
    if any(len(piece) > _MAX_TITLE_CHARS for piece in pieces):
        return False
    again = [place for piece in pieces if (place := headings.near(_words(piece), index, index + 10**6))]
    return len(again) >= _MIN_FOUND_SHARE * len(pieces) and again == sorted(again)


def _words(clean: str) -> str:
    """The words of a heading: without its number, punctuation, link target and page number."""
    clean = _PAGE_NUMBER.sub("", re.sub(r"\]\([^)]*\)", "]", clean))
    markers = read_markers(clean)
    return _NOT_WORDS.sub("", clean[markers[0].end :] if markers else clean).casefold()


def _similar(words: str, other: str) -> bool:
    matcher = SequenceMatcher(None, words, other[: len(words) + 6], autojunk=False)
    return matcher.real_quick_ratio() >= _MIN_SIMILARITY <= matcher.ratio()
