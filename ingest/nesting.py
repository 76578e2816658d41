"""How deep a marker stands: decided from the document at hand, not from a fixed table of styles.

`ingest/outline.py` shows every marker it meets, in order. `Nesting` keeps the open clauses as a stack and
finds the place of the next one from three facts: which open enumeration it continues; which enumerations go
on *behind* it (what is resumed later encloses what starts before); and which styles enclose which elsewhere
in the document. `_USUAL_ORDER` breaks ties only.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.markers import Marker, follows, is_first

MAX_DEPTH = 12
_MAX_GAP = 3
_USUAL_ORDER = (
    *("第编", "第分编", "第卷", "第篇", "第部分", "第章", "第节", "第条", "第款", "一、", "一", "（一）"),
    *("1、", "1.", "1", "1.1", "1.1.1", "1.1.1.1", "1.1.1.1.1", "1.1.1.1.1.1", "（1）", "1）", "①"),
    *("A.", "（A）", "A）", "Ⅰ", "a.", "（a）", "a）", "i.", "（i）", "i）"),
)
_USUAL_RANK = {style: rank for rank, style in enumerate(_USUAL_ORDER)}
_SAME_FAMILY = {"1、": ("1.",), "1.": ("1、",), "一": ("一、",), "一、": ("一",), "1": ("1.", "1、")}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A marker at the start of a line.

    Attributes:
        line: index of the line.
        indent: columns before it.
        readings: what it may be, the likelier first.
        is_title: the line reads like a heading.
        is_doubtful: the line before it breaks off inside a sentence.
    """

    line: int
    indent: int
    readings: Sequence[Marker]
    is_title: bool
    is_doubtful: bool


@dataclass(slots=True)
class Open:
    """An open clause: its marker and the indent of its line."""

    marker: Marker
    indent: int


@dataclass(slots=True)
class Nesting:
    """The open clauses while a document is read from top to bottom.

    `place` finds where a marker belongs; `push` opens it there. `repeated` and `skipped` collect oddities.
    """

    sightings: Sequence[Sighting]
    stack: list[Open] = field(default_factory=list)
    _numbers: dict[str, list[tuple[int, tuple[int, ...]]]] = field(default_factory=dict)
    _encloses: Counter[tuple[str, str]] = field(default_factory=Counter)
    _last: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for sighting in self.sightings:
            for marker in sighting.readings:
                self._numbers.setdefault(marker.style, []).append((sighting.line, marker.value))
        for inner, places in self._numbers.items():
            for line, value in places:
                if value[-1] == 1:
                    self._encloses.update(
                        (outer, inner) for outer in self._numbers if self._runs_across(outer, line)
                    )

    def place(self, sighting: Sighting) -> tuple[Marker, int] | None:
        """Find the reading of a marker and the depth at which it opens a clause.

        Returns:
            The reading and its depth (0 at the top, at most the stack's length), or None where the marker
            is not believable and is plain text.
        """
        for find in (self._continuing, self._starting, self._skipping):
            for marker in sighting.readings:
                depth = find(marker, sighting)
                if depth is not None and depth < MAX_DEPTH:
                    return marker, depth
        return None

    def continuing_inline(self, readings: Sequence[Marker]) -> tuple[Marker, int] | None:
        """Find the open enumeration that a marker inside a line continues."""
        for marker in readings:
            for depth in reversed(range(len(self.stack))):
                opened = self.stack[depth].marker
                if opened.style == marker.style and follows(marker, opened.value):
                    return marker, depth
        return None

    def next_in_style(self, style: str, line: int) -> tuple[int, ...] | None:
        """The number of the next marker of a style that begins a line behind `line`."""
        places = self._numbers.get(style, [])
        position = bisect_right(places, line, key=lambda place: place[0])
        return places[position][1] if position < len(places) else None

    def push(self, marker: Marker, depth: int, indent: int) -> None:
        """Open a clause at a depth and close what stood there and deeper."""
        del self.stack[depth:]
        self.stack.append(Open(marker, indent))
        self._last[marker.style] = marker.value

    def close(self, depth: int) -> None:
        """Close the clauses at a depth and deeper."""
        del self.stack[depth:]

    def _continuing(self, marker: Marker, sighting: Sighting) -> int | None:
        if marker.weak and not sighting.is_title:
            return None
        for styles in ((marker.style,), _SAME_FAMILY.get(marker.style, ())):
            depths = [
                depth
                for depth, opened in enumerate(self.stack)
                if opened.marker.style in styles and follows(marker, opened.marker.value)
            ]
            if depths:
                same_indent = [depth for depth in depths if self.stack[depth].indent == sighting.indent]
                return (same_indent or depths)[-1]
        return None

    def _starting(self, marker: Marker, sighting: Sighting) -> int | None:
        if not is_first(marker) or not self._believable_start(marker, sighting):
            return None
        if len(marker.value) > 1:
            depth = self._decimal_depth(marker)
            if depth is not None:
                return depth
        same = self._same_style(marker.style)
        if same is not None:
            nested = sighting.indent > self.stack[same].indent and marker.style in ("1.", "1、", "a.", "A.")
            return self._below(marker, floor=same) if nested else same
        return self._below(marker, floor=self._resumed_first(sighting.line))

    def _skipping(self, marker: Marker, sighting: Sighting) -> int | None:
        """A number out of order: one was skipped, repeated, or its enumeration began unseen."""
        if marker.weak or (sighting.is_doubtful and not self._goes_on(marker, sighting.line)):
            return None
        goes_on = self._goes_on(marker, sighting.line)
        if len(marker.value) > 1:
            depth = self._decimal_depth(marker)
            if depth is not None:
                return depth
        same = self._same_style(marker.style)
        if same is not None:
            gap = marker.value[-1] - self.stack[same].marker.value[-1]
            believable = 0 < gap <= _MAX_GAP or (gap == 0 and sighting.is_title) or goes_on
            return same if believable else None
        runs_on = marker.style in self._last and follows(marker, self._last[marker.style])
        if goes_on or runs_on or (marker.value[-1] <= _MAX_GAP and not sighting.is_doubtful):
            return self._below(marker, floor=self._resumed_first(sighting.line))
        return None

    def _believable_start(self, marker: Marker, sighting: Sighting) -> bool:
        if marker.weak:
            return sighting.is_title and self._goes_on(marker, sighting.line)
        return not sighting.is_doubtful or self._goes_on(marker, sighting.line)

    def _decimal_depth(self, marker: Marker) -> int | None:
        """The depth of 1.2.1: below 1.2, else (4.1) below a single number 4, else beside another 1.1.1."""
        for depth in reversed(range(len(self.stack))):
            if self.stack[depth].marker.value == marker.value[:-1]:
                return depth + 1
        return self._same_style(marker.style)

    def _same_style(self, style: str) -> int | None:
        depths = [depth for depth, opened in enumerate(self.stack) if opened.marker.style == style]
        return depths[-1] if depths else None

    def _below(self, marker: Marker, floor: int | None) -> int:
        """The depth below the deepest open clause whose style encloses the marker's.

        What is resumed later (`floor`) encloses in any case.
        """
        lowest = -1 if floor is None else floor
        for depth in reversed(range(lowest + 1, len(self.stack))):
            if self._is_above(self.stack[depth].marker.style, marker.style):
                return depth + 1
        return lowest + 1

    def _resumed_first(self, line: int) -> int | None:
        """The depth of the open clause whose enumeration goes on first behind a line."""
        found: list[tuple[int, int]] = []
        for depth, opened in enumerate(self.stack):
            places = self._numbers.get(opened.marker.style, [])
            position = bisect_right(places, line, key=lambda place: place[0])
            if position < len(places) and follows(
                _at(opened.marker, places[position][1]), opened.marker.value
            ):
                found.append((places[position][0], depth))
        return min(found)[1] if found else None

    def _goes_on(self, marker: Marker, line: int) -> bool:
        following = self.next_in_style(marker.style, line)
        return following is not None and follows(_at(marker, following), marker.value)

    def _runs_across(self, style: str, line: int) -> bool:
        """Tell whether an enumeration of this style has one item before and its next item behind a line."""
        places = self._numbers[style]
        behind = bisect_right(places, line, key=lambda place: place[0])
        before = bisect_left(places, line, key=lambda place: place[0]) - 1
        if before < 0 or behind >= len(places):
            return False
        marker = Marker(style, places[behind][1], "", 0, 0)
        return follows(marker, places[before][1])

    def _is_above(self, outer: str, inner: str) -> bool:
        seen = self._encloses[outer, inner] - self._encloses[inner, outer]
        both_named = outer.startswith("第") and inner.startswith("第")
        if seen and not both_named:  # articles run on across chapters, but their names say who is above
            return seen > 0
        return _USUAL_RANK[outer] < _USUAL_RANK[inner]


def _at(marker: Marker, value: tuple[int, ...]) -> Marker:
    return Marker(marker.style, value, "", 0, 0)
