"""The words of this project as data: `Policy`, its tree of `Clause`s, and `Span`.

Made by `ingest/parse.py`, read by every other package. All offsets count characters (code points) of
`Policy.text`, the file as decoded, end exclusive; nothing here refers to cleaned text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

PREAMBLE_LABEL = "引言"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of `Policy.text`: characters `start` to `end`, end exclusive."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span needs 0 <= start <= end, got [{self.start}, {self.end})")

    def of(self, text: str) -> str:
        """Return the piece of `text` that the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Clause:
    """A node of a policy's tree.

    `start` to `end` is the whole clause, from its marker to the end of its last sub-clause. `own` are the
    pieces of that which belong to no sub-clause, without the marker, ascending. The preamble is the
    clause with an empty path and an empty marker.

    Attributes:
        path: the markers from the top down, as printed but without 、 or . after them and with
            full-width brackets, e.g. ("七", "（五）").
        label: the path as people write it, e.g. "第七条（五）", with unnumbered sub-headings.
        title: the heading of the clause; empty where it has none.
        text: the own text without the marker, paragraphs joined by newlines.
        marker: where the number stands in the file.
        parent: position of the parent in `Policy.clauses`, None at the top.
        position: position of the clause itself in `Policy.clauses`.
    """

    path: tuple[str, ...]
    label: str
    title: str
    text: str
    start: int
    end: int
    marker: Span
    own: tuple[Span, ...]
    parent: int | None
    position: int

    def __post_init__(self) -> None:
        inside = all(self.start <= span.start and span.end <= self.end for span in self.own)
        if not (self.start <= self.end and inside):
            raise ValueError(f"clause {self.label!r} spans [{self.start}, {self.end}) but owns {self.own}")


@dataclass(frozen=True, slots=True)
class Policy:
    """A document with its clauses in document order, parents before their sub-clauses.

    `contents` are the tables of contents, `furniture` separator lines; both are part of `text` but of no
    clause.

    Attributes:
        title: its name, without 《》.
        issuer: who issued it, where that is known.
        number: its document number (文号), e.g. "国办发〔2021〕12号".
        updated: when it was last changed or published.
        effective: from when it is in force.
        supersedes: the title of the policy it replaces, where it names another one.
        warnings: what looked odd while reading, in Chinese.
    """

    title: str
    issuer: str | None
    number: str | None
    updated: dt.date | None
    effective: dt.date | None
    supersedes: str | None
    file_name: str
    text: str
    clauses: tuple[Clause, ...]
    contents: tuple[Span, ...]
    furniture: tuple[Span, ...]
    warnings: tuple[str, ...]

    @property
    def version(self) -> str | None:
        """The date that names this version, ISO: the effective date, else the update date."""
        day = self.effective or self.updated
        return day.isoformat() if day else None

    def ancestors(self, clause: Clause) -> Iterator[Clause]:
        """Yield the clauses above `clause`, nearest first."""
        while clause.parent is not None:
            clause = self.clauses[clause.parent]
            yield clause

    def children(self, clause: Clause) -> tuple[Clause, ...]:
        """Return the clauses directly below `clause`, in document order."""
        return tuple(other for other in self.clauses if other.parent == clause.position)
