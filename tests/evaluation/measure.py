"""Asking the real assistant everything in a question set, and the figures that come of it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from answer.answerability import Answerability
from answer.assistant import Assistant
from answer.lookup import look_up
from answer.records import Answer
from index.search import ClauseIndex
from tests.evaluation.questions import GoldQuestion, share

NUM_HITS = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question.

    Attributes:
        gold: the question.
        rank: of the first right clause among the hits, from 0; None where there is none.
        answer: as given.
        is_right: it was answered, and the quotes tell the evidence.
        probability: that the policy answers, as judged.
        would_be_right: likewise if nothing were refused.
    """

    gold: GoldQuestion
    rank: int | None
    answer: Answer
    is_right: bool
    probability: float
    would_be_right: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares in [0, 1] over one set of questions; `num_questions` says over how many."""

    num_questions: int
    hit_at_1: float
    hit_at_3: float
    hit_at_10: float
    right: float
    false_refusals: float
    citation_precision: float
    citations_per_answer: float
    refused: float
    p95_ms: float


def ask_all(
    questions: Sequence[GoldQuestion], index: ClauseIndex, answerability: Answerability
) -> list[Outcome]:
    """Ask every question as a front would."""
    assistant = Assistant(index, answerability)
    never_refuses = Assistant(index, Answerability(None, threshold=0.0))

    def ask(gold: GoldQuestion) -> Outcome:
        answer = assistant.ask(gold.question, gold.history)
        forced = never_refuses.ask(gold.question, gold.history)
        hits = look_up(index, gold.question, gold.history, limit=NUM_HITS).hits
        rank = next((i for i, hit in enumerate(hits) if gold.stands_in(hit.clause.text)), None)
        probability = answerability.probability(gold.question, hits)
        return Outcome(gold, rank, answer, _is_right(gold, answer), probability, _is_right(gold, forced))

    return [ask(gold) for gold in questions]


def summarize(outcomes: Sequence[Outcome]) -> Figures:
    """Count. What needs answerable questions counts those only, `refused` the others only."""
    answerable = [outcome for outcome in outcomes if outcome.gold.is_answerable]
    others = [outcome for outcome in outcomes if not outcome.gold.is_answerable]
    answered = [outcome for outcome in answerable if not outcome.answer.refused]
    cited = [
        outcome.gold.stands_in(citation.clause.text)
        for outcome in answered
        for citation in outcome.answer.citations
    ]
    times = [outcome.answer.elapsed_ms for outcome in outcomes]

    def hit_at(count: int) -> float:
        return share(outcome.rank is not None and outcome.rank < count for outcome in answerable)

    return Figures(
        num_questions=len(outcomes),
        hit_at_1=hit_at(1),
        hit_at_3=hit_at(3),
        hit_at_10=hit_at(10),
        right=share(outcome.is_right for outcome in answerable),
        false_refusals=share(outcome.answer.refused for outcome in answerable),
        citation_precision=share(cited),
        citations_per_answer=len(cited) / max(len(answered), 1),
        refused=share(outcome.answer.refused for outcome in others),
        p95_ms=statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0],
    )


def group_by(
    outcomes: Sequence[Outcome], keys_of: Callable[[Outcome], Sequence[str]]
) -> dict[str, list[Outcome]]:
    """Group outcomes; one may be in several groups."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for key in keys_of(outcome):
            groups.setdefault(key, []).append(outcome)
    return dict(sorted(groups.items()))


def risks(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """Risk against coverage.

    Returns:
        For every threshold, the strictest first: the share of questions answered, and of those the share
        whose answer is wrong, be it that the policy says nothing or that the quotes miss the evidence.
    """
    ordered = sorted(outcomes, key=lambda outcome: -outcome.probability)
    wrong, points = 0, []
    for count, outcome in enumerate(ordered, 1):
        wrong += not outcome.would_be_right
        points.append((count / len(ordered), wrong / count))
    return points


def _is_right(gold: GoldQuestion, answer: Answer) -> bool:
    said = answer.text + "".join(citation.quote for citation in answer.citations)
    return gold.is_answerable and not answer.refused and gold.is_told_by(said)
