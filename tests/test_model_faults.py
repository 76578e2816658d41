"""Every fault of a language model, over real HTTP, leads to the policy's own words with a reason, in time."""

from __future__ import annotations

import time

import pytest

from answer.events import Finished, Replaced, Verified
from answer.records import MAX_ANSWER_CHARS
from answer.writer import MAX_RETRIES
from tests.conftest import Make
from tests.scripted_model import (
    Play,
    drips,
    fails,
    is_cut_after,
    is_silent,
    never_stops,
    says,
    sends_raw,
    serve,
)

QUESTION = "怎么注销账户"
TRUE = "您可以在产品里直接申请注销账户[1]。"
TRUE_SHOWN = "您可以在产品里直接申请注销账户。 [1]"
NO_UTF8 = b'data: {"choices":[{"delta":{"content":"\xff\xfe"}}]}\n\n'
NO_ENDPOINT = "http://127.0.0.1:9/v1"  # the discard port: nothing listens there


@pytest.mark.parametrize(
    ("play", "why", "num_asked"),
    [
        pytest.param(fails(401), "模型服务不接受密钥（401）", 1, id="wrong_key"),
        pytest.param(fails(404), "404", 1, id="no_such_model"),
        pytest.param(fails(429), "请求太多（429）", 1 + MAX_RETRIES, id="busy"),
        pytest.param(fails(500), "模型服务出错（500）", 1 + MAX_RETRIES, id="broken"),
        pytest.param(says(""), "没有写出任何内容", 1, id="empty"),
        pytest.param(says(" \n"), "没有写出任何内容", 1, id="blank"),
        pytest.param(sends_raw(NO_UTF8), "无法识别", 1, id="no_utf8"),
        pytest.param(sends_raw(b"data: nonsense\n\n"), "无法识别", 1, id="no_json"),
        pytest.param(never_stops, "写个不停", 1, id="never_stops"),
        pytest.param(is_cut_after("账号"), "中途断开", 1, id="cut"),
    ],
)  # fmt: skip
def test_every_fault_leads_to_the_policys_words_with_a_reason(
    make: Make, play: Play, why: str, num_asked: int
) -> None:
    with serve(play) as model:
        *_, replaced, last = make(model.base_url).events(QUESTION)
    assert isinstance(replaced, Replaced)
    assert why in replaced.why
    assert replaced.why.endswith("。")
    assert isinstance(last, Finished)
    assert (last.answer.mode, last.answer.refused) == ("extractive", False)
    assert why in last.answer.text.split("\n")[0]
    assert last.answer.citations[0].clause.label == "第七条（五）"
    assert len(last.answer.text) <= MAX_ANSWER_CHARS
    assert len(model.asked) == num_asked


@pytest.mark.parametrize("play", [is_silent, drips], ids=["silent", "drips"])
def test_the_time_out_holds_for_silence_and_for_an_endless_trickle(make: Make, play: Play) -> None:
    with serve(play) as model:
        started = time.monotonic()
        answer = make(model.base_url, timeout_s=1.0).ask(QUESTION)
        took = time.monotonic() - started
    assert answer.text.startswith("模型在 1 秒内没有写完，以下是条款原文：")
    assert took < 5  # a second, and what a busy machine adds


def test_retries_end_with_the_time_out(make: Make) -> None:
    with serve(fails(429, retry_after="60")) as model:
        started = time.monotonic()
        answer = make(model.base_url, timeout_s=1.0).ask(QUESTION)
        took = time.monotonic() - started
    assert answer.text.startswith("模型在 1 秒内没有写完")
    assert took < 5


def test_an_endpoint_that_is_not_there_is_named(make: Make) -> None:
    answer = make(NO_ENDPOINT).ask(QUESTION)
    assert answer.text.startswith(f"连不上模型服务 {NO_ENDPOINT}，以下是条款原文：")


def test_a_busy_endpoint_is_asked_again(make: Make) -> None:
    with serve(fails(429), says(TRUE)) as model:
        answer = make(model.base_url).ask(QUESTION)
    assert (answer.mode, answer.text, len(model.asked)) == ("model", TRUE_SHOWN, 2)


def test_sentences_shown_before_the_cut_are_replaced(make: Make) -> None:
    with serve(is_cut_after(f"{TRUE}账号")) as model:
        verified, replaced, last = make(model.base_url).events(QUESTION)
    assert isinstance(verified, Verified)
    assert isinstance(replaced, Replaced)
    assert isinstance(last, Finished)
    assert last.answer.mode == "extractive"
