"""The question sets of `tests/questions`: what is asked, whether the policy answers it, and where."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "questions"
SETS = ("users", "agents", "followups", "near_answerable", "unanswerable")
_ENOUGH_OF_EVIDENCE = 0.6


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with what is known about its answer.

    Attributes:
        id: its name.
        question: as asked.
        history: the questions before it.
        is_answerable: whether the policy answers it.
        evidence: verbatim passages that answer it.
        needs_all: every passage is needed; else each suffices.
        kind: what kind of question it is.
        top_clauses: the numbers of the top clauses that answer it.
    """

    id: str
    question: str
    history: tuple[str, ...]
    is_answerable: bool
    evidence: tuple[str, ...]
    needs_all: bool
    kind: str
    top_clauses: tuple[str, ...]

    def is_told_by(self, text: str) -> bool:
        """Tell whether a text holds the evidence, or most of it in one piece; white space does not count."""
        held = [_longest_shared(squeeze(e), squeeze(text)) >= _enough(e) for e in self.evidence]
        return all(held) if self.needs_all else any(held)

    def stands_in(self, text: str) -> bool:
        """Tell whether a clause with this text is a right one: it has one of the passages."""
        return any(squeeze(e) in squeeze(text) for e in self.evidence)


def squeeze(text: str) -> str:
    """Remove white space and emphasis.

    >>> squeeze("**注销 账户**")
    '注销账户'
    """
    return "".join(char for char in text if not char.isspace() and char != "*")


def read_questions(path: Path) -> list[GoldQuestion]:
    """Read a JSON Lines file of questions."""
    with path.open(encoding="utf-8") as lines:
        return [
            GoldQuestion(
                id=row["id"],
                question=row["question"],
                history=tuple(row["history"]),
                is_answerable=row["answerable"],
                evidence=tuple(row["evidence"]),
                needs_all=row.get("any") is False,
                kind=row["type"],
                top_clauses=tuple(dict.fromkeys(clause.split("/")[0] for clause in row["clauses"])),
            )
            for row in map(json.loads, lines)
        ]


def _enough(evidence: str) -> int:
    return max(1, round(_ENOUGH_OF_EVIDENCE * len(squeeze(evidence))))


def _longest_shared(one: str, other: str) -> int:
    """Length of the longest run of characters that both texts have.

    >>> _longest_shared("保存期限为六个月", "其保存期限一般为六个月")
    4
    """
    lengths, longest = [0] * (len(other) + 1), 0
    for char in one:
        lengths = [0, *(lengths[at] + 1 if char == mark else 0 for at, mark in enumerate(other))]
        longest = max(longest, *lengths)
    return longest


def share(flags: Iterable[bool]) -> float:
    """The share of flags that are set; 0 where there is none."""
    listed = list(flags)
    return sum(listed) / len(listed) if listed else 0.0
