"""Clauses of a file without clause numbers: its headings, else its paragraphs.

`ingest/parse.py` calls it when `ingest/outline.py` found next to no numbers. A clause's path then holds
headings instead of numbers, 第1段 and so on where there are not even those.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.lines import Line, LineKind, ends_sentence, is_broken
from ingest.policy import Span
from ingest.tree import Node

_BOLD_LEVEL = 7
_BRACKET_LEVEL = 8
_MAX_HEADING_CHARS = 40
_MIN_HEADINGS = 2


def build_unnumbered(lines: Sequence[Line], contents: frozenset[int]) -> Node:
    """Build the tree of a file without clause numbers."""
    texts = [line for i, line in enumerate(lines) if line.kind is LineKind.TEXT and i not in contents]
    levels = [_level(line) for line in texts]
    root = Node(None, None, 0)
    if sum(level > 0 for level in levels) >= _MIN_HEADINGS:
        _by_headings(texts, levels, root)
    else:
        _by_paragraphs(texts, root)
    return root


def _by_headings(texts: Sequence[Line], levels: Sequence[int], root: Node) -> None:
    path: list[tuple[int, Node]] = []
    for line, level in zip(texts, levels, strict=True):
        span = _span(line)
        if level:
            while path and path[-1][0] >= level:
                path.pop()
            parent = path[-1][1] if path else root
            node = _headed(line.clean.strip("【】：: "), parent, span)
            path.append((level, node))
        else:
            (path[-1][1] if path else root).own.append(span)


def _by_paragraphs(texts: Sequence[Line], root: Node) -> None:
    previous = ""
    for line in texts:
        if root.children and is_broken(previous, line.clean):
            root.children[-1].own.append(_span(line))
        else:
            _headed(f"第{len(root.children) + 1}段", root, _span(line))
        previous = line.clean


def _headed(heading: str, parent: Node, span: Span) -> Node:
    node = Node(None, parent, span.start, heading=heading, is_addressed_by_heading=True, own=[span])
    parent.children.append(node)
    return node


def _level(line: Line) -> int:
    """The level of a heading, 0 for text."""
    if not 0 < len(line.clean) <= _MAX_HEADING_CHARS or ends_sentence(line.clean.rstrip("：:")):
        return 0
    if line.heading:
        return line.heading
    if line.clean.startswith("【") and line.clean.endswith("】"):
        return _BRACKET_LEVEL
    return _BOLD_LEVEL if line.bold else 0


def _span(line: Line) -> Span:
    return Span(line.offsets[0], line.end)
