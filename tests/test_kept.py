"""A conversation kept by the browser: it comes back as it was, and nothing forged gets in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from answer.assistant import Assistant
from index.search import ClauseIndex
from web.kept import MAX_TURNS, keep, read_kept
from web.places import Places
from web.talk import TalkPages, Turn


@pytest.fixture
def places(index: ClauseIndex) -> Places:
    return Places(index.policies)


def turn_of(assistant: Assistant, question: str) -> Turn:
    answer = assistant.ask(question)
    return Turn("0" * 32, question, answer, answer.text.count("\n") + 1, ("第十条是什么？",), vote="up")


def test_a_conversation_comes_back_as_it_was(assistant: Assistant, places: Places) -> None:
    turns = [turn_of(assistant, question) for question in ("怎么注销账户", "明天会下雨吗")]
    back = read_kept(keep(turns, places), places)
    pages = TalkPages(places)
    assert pages.conversation(back, "") == pages.conversation(turns, "")


def test_only_the_last_turns_are_kept(assistant: Assistant, places: Places) -> None:
    turn = turn_of(assistant, "怎么注销账户")
    turns = [replace(turn, id=f"{number:032x}") for number in range(MAX_TURNS + 5)]
    back = read_kept(keep(turns, places), places)
    assert len(back) == MAX_TURNS
    assert back[-1].id == turns[-1].id


def test_an_answer_whose_quote_has_changed_comes_back_without_it(
    assistant: Assistant, places: Places
) -> None:
    rows = json.loads(keep([turn_of(assistant, "怎么注销账户")], places))
    rows[0]["citations"][0]["text"] = "您不能注销账户。"
    (back,) = read_kept(json.dumps(rows), places)
    assert back.is_outdated
    assert "政策更新过，旧的回答不再显示" in TalkPages(places).conversation([back], "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "x"),
        ("question", 3),
        ("vote", "sideways"),
        ("reason", "<b>"),
        ("citations", [{}]),
        ("mode", "oracle"),
        ("text", "长" * 601),
    ],
)
def test_what_does_not_fit_the_form_is_dropped(
    assistant: Assistant, places: Places, field: str, value: object
) -> None:
    rows = json.loads(keep([turn_of(assistant, "怎么注销账户")], places))
    rows[0][field] = value
    assert read_kept(json.dumps(rows), places) == []


@pytest.mark.parametrize("kept", [None, "", "[", "{}", 3, [1], '[{"id": 1}]'])
def test_what_is_no_conversation_gives_an_empty_one(places: Places, kept: object) -> None:
    assert read_kept(kept, places) == []


def test_a_citation_that_is_not_there_takes_the_answer_away(assistant: Assistant, places: Places) -> None:
    rows = json.loads(keep([turn_of(assistant, "怎么注销账户")], places))
    rows[0]["text"] += "\n编造的话 [7]"
    assert read_kept(json.dumps(rows), places)[0].answer is None
