"""A question and the questions before it → what a search finds. Every front searches through `look_up`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from answer.questions import make_whole
from index.scope import EVERYTHING, Scope
from index.search import CERTAIN, ClauseIndex, Hit


@dataclass(frozen=True, slots=True)
class Found:
    """What was searched for and what was found.

    Attributes:
        whole: the question, made whole from the one before it.
        hits: the clauses, best first.
    """

    whole: str
    hits: tuple[Hit, ...]

    @property
    def is_certain(self) -> bool:
        """Whether a clause number or a fragment was looked up."""
        return bool(self.hits) and self.hits[0].relevance == CERTAIN


def look_up(
    index: ClauseIndex, question: str, history: Sequence[str], *, limit: int, scope: Scope = EVERYTHING
) -> Found:
    """Search for a question. What can be looked up alone needs no earlier question.

    Args:
        index: what is searched.
        question: checked already.
        history: the earlier questions of the conversation, oldest first.
        limit: hits wanted at most.
        scope: what the asker chose.
    """
    alone = Found(question, tuple(index.search(question, limit=limit, scope=scope)))
    whole = make_whole(question, history)
    if whole == question or alone.is_certain:
        return alone
    return Found(whole, tuple(index.search(whole, limit=limit, scope=scope)))
