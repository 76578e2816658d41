"""What changed between two versions of a policy: clauses paired, their words compared. Pure text, no HTML.

A clause that only got another number is not a change of its words, so clauses are paired by what they say
before they are paired by their number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

from ingest.policy import Clause, Policy

Change: TypeAlias = Literal["same", "added", "removed", "changed", "renumbered"]
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[.@_-][A-Za-z0-9]+)*|\s+|.", re.DOTALL)
_MIN_ALIKE = 0.3
_MIN_COMMON_CHARS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A clause in both versions.

    Attributes:
        old: the clause in the older version; None where it was added.
        new: the clause in the newer version; None where it was removed.
        change: what happened to it.
    """

    old: Clause | None
    new: Clause | None
    change: Change


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, and whether the other version has it."""

    text: str
    is_common: bool


def compare(old: Policy, new: Policy) -> list[Row]:
    """Pair the clauses of two versions, in the order of the new one; removed ones stand where they stood."""
    partner = _pair(old, new)
    rows: list[Row] = []
    removed = [clause for clause in old.clauses if clause.position not in partner.values()]
    for clause in new.clauses:
        before = old.clauses[partner[clause.position]] if clause.position in partner else None
        if before is not None:
            while removed and removed[0].position < before.position:
                rows.append(Row(removed.pop(0), None, "removed"))
        rows.append(Row(before, clause, _change(before, clause)))
        following = before.position + 1 if before else 0
        while removed and removed[0].position == following:
            rows.append(Row(removed.pop(0), None, "removed"))
            following += 1
    return rows + [Row(clause, None, "removed") for clause in removed]


def compare_words(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Compare two texts; the pieces of each joined give the text back.

    Common stretches of a single character between two changes are taken into the change, for reading.

    >>> [[piece.text for piece in side] for side in compare_words("在十五日内答复", "在三十日内答复")]
    [['在', '十五', '日内答复'], ['在', '三十', '日内答复']]
    """
    ours, theirs = _TOKEN.findall(old), _TOKEN.findall(new)
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    left: list[Piece] = []
    right: list[Piece] = []
    i = j = 0
    for block in blocks:
        common = "".join(ours[block.a : block.a + block.size])
        is_edge = (block.a == 0 and block.b == 0) or (
            block.a + block.size == len(ours) and block.b + block.size == len(theirs)
        )
        if len(common) < _MIN_COMMON_CHARS and not is_edge:
            continue
        _add(left, "".join(ours[i : block.a]), is_common=False)
        _add(right, "".join(theirs[j : block.b]), is_common=False)
        _add(left, common, is_common=True)
        _add(right, common, is_common=True)
        i, j = block.a + block.size, block.b + block.size
    return left, right


def _add(pieces: list[Piece], text: str, *, is_common: bool) -> None:
    if text:
        pieces.append(Piece(text, is_common))


def _change(old: Clause | None, new: Clause) -> Change:
    if old is None:
        return "added"
    if _said(old) != _said(new):
        return "changed"
    return "same" if old.label == new.label else "renumbered"


def _pair(old: Policy, new: Policy) -> dict[int, int]:
    """Pair positions of the new version with positions of the old one, the surest pairs first."""
    partner: dict[int, int] = {}
    keys: Sequence[Callable[[Clause], Hashable]] = (
        lambda c: (c.path, _said(c)),
        lambda c: _said(c) if len(_said(c)) >= 4 else None,
        lambda c: c.title or None,
    )
    for key in keys:
        partner |= _pair_by(key, old, new, partner)
    return partner | dict(_pair_alike(old, new, partner))


def _pair_by(
    key: Callable[[Clause], Hashable], old: Policy, new: Policy, partner: dict[int, int]
) -> dict[int, int]:
    """Pair the clauses that have a key to themselves in both versions."""
    ours = _unique(key, [c for c in old.clauses if c.position not in partner.values()])
    theirs = _unique(key, [c for c in new.clauses if c.position not in partner])
    return {theirs[k]: ours[k] for k in theirs.keys() & ours.keys()}


def _unique(key: Callable[[Clause], Hashable], clauses: Sequence[Clause]) -> dict[Hashable, int]:
    found: dict[Hashable, list[int]] = {}
    for clause in clauses:
        if (value := key(clause)) is not None:
            found.setdefault(value, []).append(clause.position)
    return {value: positions[0] for value, positions in found.items() if len(positions) == 1}


def _pair_alike(old: Policy, new: Policy, partner: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Pair what has the same number and is not a different text altogether."""
    free = [c for c in old.clauses if c.position not in partner.values()]
    for clause in new.clauses:
        if clause.position in partner:
            continue
        same = next((c for c in free if c.label == clause.label), None)
        if same and SequenceMatcher(None, _said(same), _said(clause), autojunk=False).ratio() >= _MIN_ALIKE:
            free.remove(same)
            yield clause.position, same.position


def _said(clause: Clause) -> str:
    return re.sub(r"\s+", "", clause.text)
