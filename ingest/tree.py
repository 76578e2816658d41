"""Clauses in the making: `Node`s, and the `Piece`s of text between the markers that open them.

`ingest/outline.py` makes both, `ingest/ownership.py` gives every piece to a node, `ingest/parse.py` turns
nodes into clauses.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.markers import Marker
from ingest.policy import Span


@dataclass(slots=True, eq=False)
class Node:
    """A clause in the making.

    Attributes:
        marker: its number; None for the root and for headings without a number.
        parent: the clause above, None for the root.
        start: offset of its marker in the file.
        own: its own text, without the marker, in order.
        heading: the words of a heading without number.
        is_addressed_by_heading: the file has no numbers, so the heading takes the number's place in paths.
        is_title_only: its first line is a heading without a sentence.
        num_paragraphs: paragraphs of its own text behind its first line.
    """

    marker: Marker | None
    parent: Node | None
    start: int
    heading: str = ""
    is_addressed_by_heading: bool = False
    own: list[Span] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    is_title_only: bool = False
    num_paragraphs: int = 0

    def num_chars(self) -> int:
        """Characters of its own text and of all below it."""
        return sum(span.end - span.start for span in self.own) + sum(
            node.num_chars() for node in self.children
        )


@dataclass(slots=True)
class Piece:
    """A stretch of one line between markers; `node` is the clause it opens, if any."""

    span: Span
    node: Node | None
    clean: str
