"""Answers and refusals: what is quoted is verbatim and located, what is not there is not claimed."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from answer.answerability import Answerability
from answer.assistant import Assistant
from answer.contact import find_contact
from answer.courtesy import reply_to
from answer.records import MAX_ANSWER_CHARS, MAX_CITATIONS, Answer, Citation
from errors import BadQuestionError
from index.build import open_index
from index.encoder import Encoder
from ingest.parse import parse_policy
from ingest.policy import Policy, Span
from prompts import render
from tests.conftest import clause_at

QUESTIONS = [
    "怎么注销账户",
    "浏览记录保存多长时间",
    "你们的办公地址在哪",
    "谁能看到我投的简历",
    "监护人不同意怎么办",
    "把手机号给第三方要经过我同意吗",
    "第七条",
    "第三条（二）14",
    "个人信息",
]


def squeeze(text: str) -> str:
    return re.sub(r"[\s*]+", "", text)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quote_is_verbatim_and_stands_where_it_says(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert not answer.refused
    assert answer.mode == "extractive"
    assert 1 <= len(answer.citations) <= MAX_CITATIONS
    assert len(answer.text) <= MAX_ANSWER_CHARS
    for citation in answer.citations:
        source = citation.policy.text[citation.span.start : citation.span.end]
        assert squeeze(source) == squeeze(citation.quote) != ""
        assert f"{citation.quote} [{citation.n}]" in answer.text
        assert squeeze(citation.quote) in squeeze(citation.clause.text)


def test_the_lead_line_names_policy_and_clause(assistant: Assistant) -> None:
    answer = assistant.ask("注销账户的入口在哪里")
    assert answer.text.split("\n")[0] == "根据《58同城隐私政策》第七条（五）“注销账户”："
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))


@pytest.mark.parametrize(
    "question",
    [
        "明天会下雨吗",
        "给我写一首关于春天的诗",
        "asdf",
    ],
)
def test_what_is_not_in_the_policy_is_refused_without_citations(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.refused
    assert answer.citations == ()
    assert answer.text.startswith(render("refusal"))


@pytest.mark.parametrize(
    ("said", "wording"),
    [
        ("你好", "greeting"),
        ("在吗？", "greeting"),
        ("谢谢啦", "thanks"),
        ("好的，明白了", "thanks"),
        ("拜拜～", "farewell"),
        ("你是机器人吗", "ability"),
        ("What is the capital of France?", "language"),
        ("asdf qwer zxcv", "language"),
        ("的", "nothing"),
        ("收集收集" * 200, "nothing"),
    ],
)
def test_what_is_no_question_gets_a_fitting_reply(assistant: Assistant, said: str, wording: str) -> None:
    answer = assistant.ask(said)
    assert answer.text == render(f"courtesy_{wording}")
    assert answer.refused
    assert answer.related == ()


@pytest.mark.parametrize("question", ["你好，怎么注销账户", "cookie", "在哪里注销账户"])
def test_a_question_is_no_courtesy(assistant: Assistant, question: str) -> None:
    assert not assistant.ask(question).refused


@pytest.mark.parametrize(("word", "wording"), [("在", "greeting"), ("好的", "thanks")])
def test_a_word_said_again_and_again_is_read_at_once(word: str, wording: str) -> None:
    reply, started = render(f"courtesy_{wording}"), time.perf_counter()
    assert reply_to(word * 26) == reply
    assert reply_to(f"{word * 26}，怎么注销账户") != reply
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("earlier", ["我看过的东西你们会存多久", "怎么注销账户", "谁能看到我投的简历"])
def test_a_new_topic_is_refused_whatever_was_asked_before(assistant: Assistant, earlier: str) -> None:
    assert assistant.ask("怎么给帖子置顶", [earlier]).refused


def test_a_refusal_names_the_policys_own_contact_clause(assistant: Assistant) -> None:
    answer = assistant.ask("明天会下雨吗")
    assert answer.related[-1].clause.label == "第十条"
    assert "第十条“如何联系我们”" in answer.text


def test_a_clause_number_nobody_has_is_said_to_be_missing(assistant: Assistant) -> None:
    answer = assistant.ask("第十五条讲什么")
    assert answer.refused
    assert answer.text.startswith("《58同城隐私政策》没有第十五条，它的条款编到第11条。")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("第" + " " * 1900 + "九十九条", "没有第九十九条，"),
        ("附录" + " " * 1900 + "三", "没有附录三。"),
        ("第一条" * 666, "没有第一条第一条"),
        ("第1条" + "1." * 990, "没有第1条1.1."),
    ],
)
def test_a_number_that_goes_on_for_pages_is_told_in_a_line(
    assistant: Assistant, asked: str, told: str
) -> None:
    answer = assistant.ask(asked)
    assert answer.refused
    assert told in answer.text
    assert len(answer.text) < 250


def test_an_annex_nobody_has_is_said_to_be_missing(assistant: Assistant) -> None:
    answer = assistant.ask("附件三里的合作方有哪些")
    assert answer.refused
    assert answer.text.startswith("这里收录的政策都没有附件三。")


def test_a_follow_up_leans_on_the_question_before_it(assistant: Assistant) -> None:
    alone = assistant.ask("手机上呢？")
    following = assistant.ask("手机上呢？", ["电脑上怎么更正我的简历？"])
    assert any("简历" in citation.quote for citation in following.citations)
    assert not any("简历" in citation.quote for citation in alone.citations)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", "问题是空的"),
        (" \n", "问题是空的"),
        ("问" * 2001, "2001 个字"),
        ("注\x00销", "U+0000"),
        ("\udcff", "U+DCFF"),
    ],
)
def test_what_is_no_question_is_refused_with_a_reason(assistant: Assistant, question: str, said: str) -> None:
    with pytest.raises(BadQuestionError) as caught:
        assistant.ask(question)
    assert said in caught.value.user_message


def test_a_sentence_longer_than_an_answer_is_cut_at_a_comma(tmp_path: Path, encoder: Encoder) -> None:
    endless = "本条说明注销账户的步骤，" + "先打开设置页面，再点击下一步，" * 60
    (tmp_path / "a.txt").write_text(f"甲办法\n一、{endless}\n二、附则。\n三、施行。\n", encoding="utf-8")
    index = open_index(tmp_path, tmp_path / "index", encoder)
    answer = Assistant(index, Answerability(None, threshold=0.0)).ask("第一条")
    (citation,) = answer.citations
    assert len(answer.text) <= MAX_ANSWER_CHARS
    assert citation.quote.endswith("，")
    assert endless.startswith(citation.quote)


def test_a_quote_from_outside_its_clause_is_impossible(policy: Policy) -> None:
    clause = clause_at(policy, "七", "（五）")
    with pytest.raises(ValueError, match="is no text of clause '第七条（五）'"):
        Citation(1, policy, clause, Span(0, 10))


def test_a_refusal_with_citations_is_impossible(policy: Policy) -> None:
    clause = clause_at(policy, "七", "（五）")
    citation = Citation(1, policy, clause, clause.own[0])
    with pytest.raises(ValueError, match="a refusal has no citations"):
        Answer("问", "答", True, "extractive", (citation,), (), 1.0)


def test_the_contact_clause_is_the_one_that_promises_and_holds_an_address(policy: Policy) -> None:
    clause = find_contact(policy)
    assert clause is not None
    assert clause.label == "第十条"


def test_a_policy_without_contact_has_no_contact_clause() -> None:
    assert find_contact(parse_policy("一、甲。\n二、乙。\n三、丙。", "a.txt")) is None
