"""From lines to a tree of clauses: which marker opens a clause.

`ingest/parse.py` is the only caller. Every marker at the start of a line gets its place from
`ingest/nesting.py`; the text between markers is given away by `ingest/ownership.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.lines import SENTENCE_END, Line, LineKind, is_broken
from ingest.markers import Marker, is_first, read_inline_markers, read_markers
from ingest.nesting import Nesting, Sighting
from ingest.ownership import give_text, is_title, take_preface
from ingest.policy import Span
from ingest.tree import Node, Piece

_LIST_NUMBER = ("1.", "1")
_INNER_HEADING = re.compile(r"[\s#]*")


@dataclass(frozen=True, slots=True)
class Outline:
    """The tree of a file.

    Attributes:
        root: its own text is the preamble, its children are the top clauses.
        preface: numbered items of the preamble, which are no top clauses.
        skipped: pairs of neighbours between whose numbers one is missing.
    """

    root: Node
    preface: tuple[Node, ...]
    skipped: tuple[tuple[Node, Node], ...]


def build_outline(lines: Sequence[Line], contents: frozenset[int]) -> Outline:
    """Build the tree of clauses of a file.

    Args:
        lines: all lines of the file.
        contents: indices of the lines that belong to tables of contents; they are passed over.

    Returns:
        The tree; empty below the root where the file has no numbered clause.
    """
    builder = _Builder(lines, contents)
    pieces = builder.cut()
    give_text(pieces, builder.root)
    return Outline(builder.root, take_preface(builder.root), tuple(builder.skipped))


class _Builder:
    """Walks over the lines once and cuts them into pieces at the markers that open clauses."""

    def __init__(self, lines: Sequence[Line], contents: frozenset[int]) -> None:
        self.root = Node(None, None, 0)
        self.skipped: list[tuple[Node, Node]] = []
        self._lines = [
            line for i, line in enumerate(lines) if line.kind is LineKind.TEXT and i not in contents
        ]
        sightings = [self._sight(i) for i in range(len(self._lines))]
        self._sightings = {sighting.line: sighting for sighting in sightings if sighting.readings}
        self._nesting = Nesting(list(self._sightings.values()))
        self._path: list[Node] = []
        self._numbered_level = min((lv for i in self._sightings if (lv := self._lines[i].heading)), default=0)
        self._section_levels = self._find_section_levels()

    def cut(self) -> list[Piece]:
        """Cut all lines into pieces, opening clauses on the way."""
        pieces: list[Piece] = []
        for index, line in enumerate(self._lines):
            pieces.extend(self._cut_line(index, line))
        return pieces

    def _sight(self, index: int) -> Sighting:
        line = self._lines[index]
        readings = _believable_readings(line)
        behind = line.clean[readings[0].end :] if readings else line.clean
        previous = self._lines[index - 1].clean if index else ""
        doubtful = bool(previous) and is_broken(previous, line.clean)
        reads_as_title = line.heading > 0 or line.bold or is_title(behind)
        return Sighting(index, line.indent, readings, reads_as_title, doubtful)

    def _cut_line(self, index: int, line: Line) -> list[Piece]:
        starts: list[tuple[int, Node | None]] = []
        sighting = self._sightings.get(index)
        placed = self._nesting.place(sighting) if sighting else None
        after = 0
        if placed:
            marker, depth = placed
            starts.append((0, self._open(marker, depth, line, at=0)))
            after = marker.end
            second = self._second_marker(line, marker)
            if second:
                starts.append((second.start, self._open(second, depth + 1, line, at=second.start)))
                after = second.end
        elif line.heading in self._section_levels and (self._path or self._leads_to_number(index)):
            starts.append((0, self._open_section(line)))
        starts.extend(self._inline(index, line, after))
        if not starts or starts[0][0] > 0:
            starts.insert(0, (0, None))
        return [_piece(line, starts, i) for i in range(len(starts))]

    def _open(self, marker: Marker, depth: int, line: Line, *, at: int) -> Node:
        """Open a clause that begins at a character of a line's clean text."""
        base = 1 if self._path and self._path[0].marker is None else 0
        before = self._nesting.stack[depth].marker if depth < len(self._nesting.stack) else None
        self._nesting.push(marker, depth, line.indent)
        parent = self._path[base + depth - 1] if base + depth else self.root
        node = Node(marker, parent, line.offsets[at])
        if before and _skips(before, marker):
            self.skipped.append((self._path[base + depth], node))
        parent.children.append(node)
        del self._path[base + depth :]
        self._path.append(node)
        return node

    def _second_marker(self, line: Line, first: Marker) -> Marker | None:
        """Find a marker right behind another one; it opens a clause inside it, as in 第三条 （一）…."""
        at = first.end + len(line.clean[first.end :]) - len(line.clean[first.end :].lstrip())
        readings = [m for m in read_markers(line.clean, at) if not m.weak and m.style != first.style]
        return readings[0] if readings and is_first(readings[0]) else None

    def _find_section_levels(self) -> frozenset[int]:
        """Levels of the headings without number that part the numbered headings, at their level or above."""
        first = min(self._sightings, default=len(self._lines))
        levels = {
            line.heading for i, line in enumerate(self._lines) if i > first and i not in self._sightings
        }
        return frozenset(level for level in levels if 0 < level <= self._numbered_level)

    def _leads_to_number(self, index: int) -> bool:
        """Tell whether the next heading or number behind a heading is a number."""
        for later in range(index + 1, len(self._lines)):
            if later in self._sightings or self._lines[later].heading:
                return later in self._sightings
        return False

    def _open_section(self, line: Line) -> Node:
        """Open a clause for a heading without number; numbers start anew below it."""
        self._nesting.close(0)
        node = Node(None, self.root, line.offsets[0], heading=line.clean)
        self.root.children.append(node)
        self._path[:] = [node]
        return node

    def _inline(self, index: int, line: Line, after: int) -> list[tuple[int, Node]]:
        """Open the clauses that begin inside a line."""
        found: list[tuple[int, Node]] = []
        candidates = read_inline_markers(line.clean, after)
        for position, readings in enumerate(candidates):
            before = line.clean[: readings[0].start].rstrip()
            placed = self._nesting.continuing_inline(readings) if before[-1:] in SENTENCE_END else None
            if not placed and before[-1:] in "：:" and is_first(readings[-1]):
                placed = self._starting_inline(candidates[position:], index)
            if placed:
                marker, depth = placed
                found.append((marker.start, self._open(marker, depth, line, at=marker.start)))
        return found

    def _starting_inline(
        self, candidates: Sequence[Sequence[Marker]], index: int
    ) -> tuple[Marker, int] | None:
        """An enumeration that begins inside a line counts only if it goes on at the start of a later line."""
        first = candidates[0][-1]
        last = 0
        for readings in candidates:
            if readings[-1].style == first.style and readings[-1].value == (last + 1,):
                last += 1
        if self._nesting.next_in_style(first.style, index) != (last + 1,):
            return None
        sighting = Sighting(index, self._lines[index].indent, [first], False, False)
        return self._nesting.place(sighting)


def _skips(before: Marker, marker: Marker) -> bool:
    """Tell whether a number is missing between two markers of one enumeration."""
    is_next = before.style == marker.style and before.value[:-1] == marker.value[:-1] and not is_first(marker)
    return is_next and marker.value[-1] != before.value[-1] + 1


def _believable_readings(line: Line) -> list[Marker]:
    """The readings of a line's marker; the number of an html list in front of the text's own is skipped."""
    readings = read_markers(line.clean)
    if readings and readings[0].style in _LIST_NUMBER:
        blank = _INNER_HEADING.match(line.clean, readings[0].end)
        at = blank.end() if blank else readings[0].end
        inner = [m for m in read_markers(line.clean, at) if not m.weak and at > readings[0].end]
        if inner and inner[0].style not in ("①", "A.", "a."):
            return inner
    return readings


def _piece(line: Line, starts: Sequence[tuple[int, Node | None]], i: int) -> Piece:
    at, node = starts[i]
    text_at = node.marker.end if node and node.marker else at
    until = starts[i + 1][0] if i + 1 < len(starts) else len(line.clean)
    start = line.offsets[text_at] if text_at < len(line.offsets) else line.end
    end = line.offsets[until] if until < len(line.clean) else line.end
    return Piece(Span(min(start, end), end), node, line.clean[text_at:until].strip())
