"""The log as JSON Lines: whatever a message quotes, personal data in it is masked."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from web.api.observe import json_formatter
from web.desk import Desk, said_on_failure
from web.feedback import Feedback
from web.live import Live


def written(message: str, *args: object, exc: BaseException | None = None) -> dict[str, str]:
    info = (type(exc), exc, exc.__traceback__) if exc else None
    record = logging.LogRecord("web", logging.WARNING, "web.py", 1, message, args, info)
    row: dict[str, str] = json.loads(json_formatter().format(record))
    return row


def test_personal_data_in_a_message_or_an_exception_is_masked() -> None:
    row = written("no policy %r", "张三的13800138000", exc=ValueError("a@b.cn"))
    assert row["event"] == "no policy '张三的〔手机号〕'"
    assert row["exception"] == "ValueError: 〔邮箱〕"
    assert (row["level"], row["logger"]) == ("warning", "web")
    assert "T" in row["timestamp"]


def test_a_request_that_is_refused_is_logged_without_what_was_typed(
    live: Live, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(live, Feedback(tmp_path / "feedback.sqlite"))
    with caplog.at_level(logging.INFO):
        assert "看不懂" in said_on_failure(desk.look_up)({"words": "我叫王小明" * 1000})
    assert "at most 2000 characters" in caplog.text
    assert "王小明" not in caplog.text
