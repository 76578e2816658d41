"""The published figures hold: none of them may get worse by more than a margin."""

from __future__ import annotations

import json

import pytest

from answer.answerability import Answerability
from index.search import ClauseIndex
from settings import BUNDLED_ENCODER
from tests.evaluation.__main__ import EXPECTED
from tests.evaluation.measure import Outcome, ask_all, risks, summarize
from tests.evaluation.questions import FOLDER, SETS, GoldQuestion, read_questions

MARGIN = 0.03
LARGER_IS_BETTER = ("hit_at_1", "hit_at_3", "hit_at_10", "right", "citation_precision", "refused")


@pytest.fixture(scope="module")
def outcomes(index: ClauseIndex) -> dict[str, list[Outcome]]:
    answerability = Answerability.load(str(BUNDLED_ENCODER))
    return {name: ask_all(read_questions(FOLDER / f"{name}.jsonl"), index, answerability) for name in SETS}


@pytest.mark.parametrize("name", SETS)
def test_no_figure_is_worse_than_published(outcomes: dict[str, list[Outcome]], name: str) -> None:
    published = json.loads(EXPECTED.read_text(encoding="utf-8"))[name]
    figures = summarize(outcomes[name])
    for figure in LARGER_IS_BETTER:
        assert getattr(figures, figure) >= published[figure] - MARGIN, figure
    assert figures.false_refusals <= published["false_refusals"] + MARGIN


def test_every_quote_of_every_answer_is_verbatim(outcomes: dict[str, list[Outcome]]) -> None:
    answers = [outcome.answer for of_set in outcomes.values() for outcome in of_set]
    citations = [citation for answer in answers for citation in (*answer.citations, *answer.related)]
    assert len(citations) > 500
    for citation in citations:
        source = citation.span.of(citation.policy.text)
        assert "".join(source.split()).replace("*", "") == "".join(citation.quote.split())


def test_the_surest_answers_are_the_least_risky(outcomes: dict[str, list[Outcome]]) -> None:
    everything = [outcome for of_set in outcomes.values() for outcome in of_set]
    points = risks(everything)
    assert points[len(points) // 4][1] < points[len(points) // 2][1] < points[-1][1]


def test_evidence_counts_when_most_of_it_is_told_in_one_piece() -> None:
    gold = GoldQuestion("x", "？", (), True, ("保存期限为六个月整", "另有规定"), True, "factoid", ("六",))
    assert gold.is_told_by("保存期限为六个月，**另有 规定**的除外")
    assert not gold.is_told_by("保存期限，六个月，另有规定")
    assert not gold.is_told_by("保存期限为六个月整")
