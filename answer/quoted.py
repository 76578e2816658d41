"""The policy's own words for a question, with what a model needs to write about the same clauses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from answer.records import Answer
from index.search import Hit


@dataclass(frozen=True, slots=True)
class Quoted:
    """An answer without a model, and what it was made of.

    Attributes:
        answer: the extractive answer or the refusal.
        whole: the question, made whole from the one before it.
        hits: the clauses, best first.
        is_final: there is nothing for a model to write: a refusal, or a clause asked for by its number.
        refuse: makes the refusal, for a model that finds no answer in the clauses.
    """

    answer: Answer
    whole: str
    hits: tuple[Hit, ...]
    is_final: bool
    refuse: Callable[[], Answer]
