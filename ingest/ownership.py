"""Which clause a paragraph belongs to, and which numbered items are no clauses but part of the preamble.

`ingest/outline.py` calls this once all markers have their places. Text behind the last item of a list usually
belongs to the clause that holds the list, not to the item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ingest.lines import ends_sentence, is_broken
from ingest.markers import is_first
from ingest.tree import Node, Piece

MAX_TITLE_CHARS = 40
_MAX_PREFACE_SHARE = 0.3


def give_text(pieces: Sequence[Piece], root: Node) -> None:
    """Give every piece of text to the clause it belongs to."""
    current, pending = root, list[Piece]()
    previous = ""
    for piece in pieces:
        if piece.node is not None:
            _settle(pending, current, closed_by=piece.node)
            pending, current = [], piece.node
            current.own.append(piece.span)
            current.is_title_only = is_title(piece.clean)
        elif not pending and (not previous or is_broken(previous, piece.clean)) and current is not root:
            current.own.append(piece.span)
            current.is_title_only = current.is_title_only and not ends_sentence(piece.clean)
            if previous:
                piece.clean = previous + piece.clean
        else:
            pending.append(piece)
        previous = piece.clean
    _settle(pending, current, closed_by=None)


def _settle(pending: Sequence[Piece], current: Node, closed_by: Node | None) -> None:
    """Give the paragraphs behind a clause's first line to the clause, or to the one that holds its list."""
    if not pending:
        return
    owner = current
    if current.parent is not None and _ends_list(current, closed_by) and not _has_paragraphs(current):
        owner = current.parent
    owner.own.extend(piece.span for piece in pending)
    owner.num_paragraphs += len(pending)


def _ends_list(current: Node, closed_by: Node | None) -> bool:
    """Tell whether a clause is the last item of a list that another clause, or the preamble, holds."""
    assert current.parent is not None  # the root ends no list
    if current.parent.marker is None and not _changes_style(current, closed_by):
        return False
    goes_on = closed_by is not None and closed_by.parent in (current, current.parent)
    return not goes_on or _restarts(current, closed_by) or _changes_style(current, closed_by)


def _has_paragraphs(node: Node) -> bool:
    """Tell whether text behind a clause's first line is likely its own."""
    if node.is_title_only or node.marker is None or node.marker.style == "第条":
        return True
    siblings = node.parent.children if node.parent else []
    return any(other.num_paragraphs and not other.is_title_only for other in siblings if other is not node)


def _restarts(current: Node, following: Node | None) -> bool:
    if following is None or following.marker is None:
        return False
    return following.parent is current.parent and is_first(following.marker)


def take_preface(root: Node) -> tuple[Node, ...]:
    """Take the numbered items in front of the main clauses out of the top clauses.

    A preamble may hold a list of its own (definitions, a summary). Its items are known by another style than
    that of the clauses that make up most of the file, and by their small share of it.
    """
    styles = [node.marker.style if node.marker else "" for node in root.children]
    num_chars = Counter[str]()
    for style, node in zip(styles, root.children, strict=True):
        num_chars[style] += node.num_chars()
    if not num_chars:
        return ()
    num_before = styles.index(num_chars.most_common(1)[0][0])
    preface = root.children[:num_before]
    if sum(node.num_chars() for node in preface) > _MAX_PREFACE_SHARE * num_chars.total():
        return ()
    del root.children[:num_before]
    return tuple(preface)


def _changes_style(current: Node, following: Node | None) -> bool:
    """Tell whether top clauses of another style begin: what came before was a list of the preamble."""
    if following is None or following.parent is not current.parent:
        return False
    if current.marker is None or following.marker is None:
        return False
    return following.marker.style != current.marker.style


def is_title(text: str) -> bool:
    """Tell whether a text reads like a heading: short and no sentence."""
    return 0 < len(text) <= MAX_TITLE_CHARS and not ends_sentence(text)
