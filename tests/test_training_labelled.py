"""Reading labelled policies and pairs: excerpts are found again, held-out policies stay hidden."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.training import labelled
from index.training.corpus import SOURCES, Pairs, read_lines, read_pairs
from index.training.labelled import (
    FITTING_BUCKET,
    HELD_OUT_BUCKET,
    LabelledPolicy,
    bucket_of,
    read_labelled,
    squeeze,
)
from tests.training_data import CLAUSES, SIDE_NOTES, policy_names, policy_text, write_training_data


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Invented training data, and no questions of our own beside it."""
    (tmp_path / "own.jsonl").write_text("", encoding="utf-8")
    monkeypatch.setattr(labelled, "OWN_QUESTIONS", tmp_path / "own.jsonl")
    write_training_data(tmp_path)
    return tmp_path


def read_one(data: Path, excerpt: str, change: Callable[[str], str] = str) -> LabelledPolicy:
    """Ask one question about an excerpt of one policy, whose text is changed first."""
    name = policy_names()[0]
    (data / "policies" / name).write_text(change(policy_text(0)), encoding="utf-8")
    row = {"policy": name, "heading": "", "clause": excerpt, "questions": ["问"]}
    (data / "policy_questions.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (policy,) = [policy for policy in read_labelled(data) if policy.name == name]
    return policy


def right_windows(policy: LabelledPolicy, question: int = 0) -> list[str]:
    return [policy.windows[i] for i in np.flatnonzero(policy.is_right[question])]


def test_a_name_has_one_bucket_on_every_machine() -> None:
    assert [bucket_of(name) for name in ("0506.txt", "0640.txt", "rules0.txt")] == [6, 1, 2]


def test_names_spread_over_all_buckets() -> None:
    counts = np.bincount([bucket_of(f"{number}.txt") for number in range(2000)], minlength=10)
    assert counts.shape == (10,)
    assert counts.min() > 150


def test_squeezed_characters_know_where_they_stood() -> None:
    text = " 甲**乙\n丙 "
    squeezed, offsets = squeeze(text)
    assert squeezed == "甲乙丙" == "".join(text[at] for at in offsets)


def test_every_question_has_a_window_that_holds_its_excerpt(data: Path) -> None:
    policies = read_labelled(data)
    assert [policy.name for policy in policies] == sorted(policy_names())
    for policy in policies:
        assert len(policy.questions) == 3 * len(CLAUSES)
        assert len(policy.excerpts) == len(CLAUSES)
        for number, asked in enumerate(policy.asked):
            assert policy.excerpts[asked] in "".join(right_windows(policy, number))
        assert policy.near_misses == ("借书证丢了怎么补办",)


def test_policies_nobody_asks_about_are_left_out(data: Path) -> None:
    assert "lonely.md" not in {policy.name for policy in read_labelled(data)}


def test_windows_of_other_clauses_are_wrong(data: Path) -> None:
    policy = read_labelled(data)[0]
    for number, asked in enumerate(policy.asked):
        others = [text for i, text in enumerate(policy.excerpts) if i != asked]
        assert not any(other in window for window in right_windows(policy, number) for other in others)


def test_an_excerpt_is_found_whatever_its_white_space_and_asterisks(data: Path) -> None:
    excerpt = CLAUSES["罚款"][0]
    policy = read_one(data, f"**{excerpt[:9]}** \n{excerpt[9:]}")
    assert excerpt in "".join(right_windows(policy))


def test_asterisks_in_the_policy_hide_no_excerpt(data: Path) -> None:
    excerpt = CLAUSES["罚款"][0]
    policy = read_one(data, excerpt, lambda text: text.replace("滞纳金", "**滞纳金**"))
    assert "".join(right_windows(policy)).replace("*", "").count(excerpt) >= 1


def test_an_excerpt_that_stands_twice_is_right_in_both_places(data: Path) -> None:
    excerpt = CLAUSES["停车"][0]
    policy = read_one(data, excerpt, lambda text: f"{text}\n第九条 附则\n{excerpt}\n")
    clauses = {int(policy.clauses[i]) for i in np.flatnonzero(policy.is_right[0])}
    labels = {policy.policy.clauses[position].label for position in clauses}
    assert labels == {"第三条", "第九条"}


@pytest.mark.parametrize(
    ("excerpt", "complaint"),
    [("本馆出售冰淇淋以及各种冷饮", "no window of 'rules1.txt' overlaps"), (" * ", "an excerpt is empty")],
)
def test_an_excerpt_that_is_not_there_is_named(data: Path, excerpt: str, complaint: str) -> None:
    name = policy_names()[0]
    with pytest.raises(ValueError, match=complaint.replace("rules1.txt", name)):
        read_one(data, excerpt)


def test_our_own_questions_point_at_a_place_in_the_policy(data: Path) -> None:
    name, (clause, _) = policy_names()[1], CLAUSES["宠物"]
    start = policy_text(1).index(clause)
    row: dict[str, Any] = {"policy": name, "start": start, "end": start + len(clause)}
    row |= {"questions": ["鹦鹉能进馆吗"], "near_misses": ["鹦鹉吃什么"]}
    (data / "own.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (policy,) = [policy for policy in read_labelled(data) if policy.name == name]
    assert policy.questions[-1] == "鹦鹉能进馆吗"
    assert policy.excerpts[policy.asked[-1]] == clause
    assert clause in "".join(right_windows(policy, len(policy.questions) - 1))
    assert policy.near_misses[-1] == "鹦鹉吃什么"


def test_policies_are_split_by_their_names(data: Path) -> None:
    buckets = [policy.bucket for policy in read_labelled(data)]
    assert sorted(buckets) == [0, 1, 2, 3, 4, 5, FITTING_BUCKET, HELD_OUT_BUCKET]


def test_pairs_come_from_every_source_without_those_that_only_look_alike(data: Path) -> None:
    pairs = read_pairs(data, held_out=[])
    assert [source.source for source in pairs] == list(SOURCES)
    assert [len(source.left) for source in pairs] == [len(CLAUSES) * len(SIDE_NOTES)] * len(SOURCES)
    assert "能借书吗" not in pairs[0].left


def test_pairs_and_lines_that_stand_in_a_held_out_policy_are_left_out(data: Path) -> None:
    hidden = [f"第一条 关于 停车：{CLAUSES['停车'][0]}**{note}**" for note in SIDE_NOTES]
    (first, *_) = read_pairs(data, held_out=hidden)
    assert len(first.right) == (len(CLAUSES) - 1) * len(SIDE_NOTES)
    assert not any("停车" in text for text in first.right)
    lines = read_lines(data, held_out=[f"旧办法规定停车： {CLAUSES['停车'][0]}"])
    assert len(lines) == 4 * (len(CLAUSES) - 1)
    assert lines[0] == f"旧办法规定借书：{CLAUSES['借书'][0]}"


def test_pairs_of_different_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="甲: 2 left texts but 1 right ones"):
        Pairs("甲", ("一", "二"), ("三",))
