"""What counts as found in the table of retrieval."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.bench_retrieval import Labelled, measure, read_questions

HITS = ["另一条", "**三 十** 日内答复", "无", "向市局申请"]


@pytest.mark.parametrize(
    ("evidence", "needs_all", "depth"),
    [
        (("三十日内",), False, 2),
        (("向市局申请", "三十日内"), False, 2),
        (("向市局申请", "三十日内"), True, 4),
        (("三十日内", "不在这里"), False, 2),
        (("三十日内", "不在这里"), True, None),
        (("不在这里",), False, None),
    ],
)
def test_a_question_needs_so_many_hits(evidence: tuple[str, ...], needs_all: bool, depth: int | None) -> None:
    assert Labelled("问", evidence, needs_all).depth(HITS) == depth


def test_shares_are_counted_at_every_depth() -> None:
    questions = [Labelled("问", (evidence,), needs_all=False) for evidence in ("另一条", "无", "没有这个")]
    assert measure(questions, lambda _: HITS) == pytest.approx([1 / 3, 2 / 3, 2 / 3, 2 / 3])


def test_questions_without_an_answer_are_left_out_and_follow_ups_made_whole(tmp_path: Path) -> None:
    rows = [
        {
            "question": "那要多久",
            "history": ["怎么注销"],
            "answerable": True,
            "evidence": ["甲 乙"],
            "any": False,
        },
        {"question": "怎么去火星", "history": [], "answerable": False, "evidence": []},
        {"question": "怎么退票", "history": [], "answerable": True, "evidence": ["丙", "丁"]},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert read_questions(path, one_is_enough=False) == [
        Labelled("怎么注销 那要多久", ("甲乙",), needs_all=True),
        Labelled("怎么退票", ("丙", "丁"), needs_all=False),
    ]
    assert not read_questions(path, one_is_enough=True)[0].needs_all
