"""Feedback: votes and refusals in SQLite, and what happens when the file cannot be used."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from errors import FeedbackError
from web.feedback import Feedback


@pytest.fixture
def feedback(tmp_path: Path) -> Feedback:
    return Feedback(tmp_path / "made" / "feedback.sqlite", keeps_refusals=True)


def test_complaints_come_by_frequency_with_their_reasons(feedback: Feedback) -> None:
    feedback.vote("a", "怎么注销", "甲", is_helpful=False)
    feedback.vote("a", "怎么注销", "甲", is_helpful=False, reason="引用有误")
    feedback.vote("b", "怎么注销", "甲", is_helpful=False, reason="答非所问")
    feedback.vote("c", "存多久", "乙", is_helpful=True)
    feedback.refuse("d", "会下雨吗")
    listed = [(c.question, c.num_refused, c.num_down, set(c.reasons)) for c in feedback.complaints()]
    assert listed == [("怎么注销", 0, 2, {"引用有误", "答非所问"}), ("会下雨吗", 1, 0, set())]


def test_a_vote_that_was_changed_no_longer_complains(feedback: Feedback) -> None:
    feedback.vote("a", "怎么注销", "甲", is_helpful=False)
    feedback.vote("a", "怎么注销", "甲", is_helpful=True)
    assert feedback.complaints() == []


def test_words_that_look_like_sql_are_kept_as_they_are(feedback: Feedback) -> None:
    feedback.refuse("a", "'); DROP TABLE refusals; --")
    assert [c.question for c in feedback.complaints()] == ["'); DROP TABLE refusals; --"]


def test_an_unknown_reason_is_the_callers_mistake(feedback: Feedback) -> None:
    with pytest.raises(ValueError, match="reason '不喜欢' is none of"):
        feedback.vote("a", "怎么注销", "甲", is_helpful=False, reason="不喜欢")


def test_a_locked_file_is_told_in_chinese(tmp_path: Path) -> None:
    path = tmp_path / "feedback.sqlite"
    Feedback(path, keeps_refusals=True).refuse("a", "会下雨吗")
    lock = sqlite3.connect(path, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        with pytest.raises(FeedbackError, match="locked") as caught:
            Feedback(path, keeps_refusals=True).refuse("b", "会下雨吗")
    finally:
        lock.close()
    assert caught.value.user_message.startswith("您的评价这次没能记下")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FeedbackError, match="cannot be used"):
        Feedback(tmp_path / "file" / "feedback.sqlite").complaints()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "feedback.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(FeedbackError, match="not a database"):
        Feedback(path).complaints()


def test_refused_questions_are_kept_only_when_that_is_switched_on(tmp_path: Path) -> None:
    path = tmp_path / "feedback.sqlite"
    Feedback(path).refuse("a", "会下雨吗")
    assert not path.exists()


def test_personal_data_is_masked_before_it_is_kept(feedback: Feedback, tmp_path: Path) -> None:
    feedback.refuse("a", "我叫王小明，13812345678能注销吗")
    feedback.vote("b", "邮箱a@b.cn怎么改", "请致电13812345678", is_helpful=False)
    kept = (tmp_path / "made" / "feedback.sqlite").read_bytes().decode("utf-8", "replace")
    assert "〔手机号〕能注销吗" in kept
    assert not [secret for secret in ("王小明", "13812345678", "a@b.cn") if secret in kept]


def test_what_is_older_than_the_retention_is_gone_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "feedback.sqlite"
    Feedback(path, keeps_refusals=True).refuse("a", "很久以前的问题")
    Feedback(path).vote("b", "很久以前的评价", "答", is_helpful=False)
    Feedback(path, keeps_refusals=True).refuse("c", "今天的问题")
    connection = sqlite3.connect(path)
    for table in ("votes", "refusals"):
        connection.execute(f"UPDATE {table} SET at = datetime('now', '-31 days') WHERE turn IN ('a', 'b')")
    connection.commit()
    connection.close()
    assert [c.question for c in Feedback(path, retention_days=30).complaints()] == ["今天的问题"]
    assert "很久以前".encode() not in path.read_bytes()
