"""Export: Markdown with citations and links, and nothing in it that Markdown would take for markup."""

from __future__ import annotations

import datetime as dt

from answer.assistant import Assistant
from answer.suggest import MAX_SUGGESTIONS, Suggester
from web.export import answer_as_text, conversation_as_markdown

NOW = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)


def test_a_conversation_is_written_with_its_citations(assistant: Assistant) -> None:
    answer = assistant.ask("怎么注销账户")
    text = conversation_as_markdown([("怎么注销账户", answer)], origin="http://h:1", now=NOW)
    assert text.startswith("# 政策问答对话\n\n导出时间：2026-01-02 03:04\n\n## 问：怎么注销账户\n")
    link = "http://h:1/?clause=58同城隐私政策/七/（五）&version=2021-11-16"
    assert f"- [1] [《58同城隐私政策》（2021年11月16日生效）第七条（五） 注销账户]({link})" in text
    assert text.count("\n> ") == len(answer.citations)


def test_a_refusal_is_written_with_the_nearest_clauses(assistant: Assistant) -> None:
    answer = assistant.ask("明天会下雨吗")
    text = conversation_as_markdown([("明天会下雨吗", answer)], origin="", now=NOW)
    assert "相近条款：" in text
    assert "第十条 如何联系我们](/?clause=58同城隐私政策/十&version=2021-11-16)" in text


def test_markup_in_a_question_stays_text() -> None:
    text = conversation_as_markdown([("# [点我](http://x) <script>\n换行", None)], origin="", now=NOW)
    assert "## 问：\\# \\[点我\\](http://x) \\<script\\> 换行" in text


def test_an_answer_is_pasted_with_where_it_stands(assistant: Assistant) -> None:
    text = answer_as_text(assistant.ask("怎么注销账户"))
    assert "出处：\n[1] 《58同城隐私政策》（2021年11月16日生效）第七条（五） 注销账户" in text


def test_suggestions_are_answered_and_not_asked_yet(assistant: Assistant) -> None:
    suggester, answer = Suggester(assistant), assistant.ask("怎么注销账户")
    suggested = suggester.suggest(answer)
    assert len(suggested) == MAX_SUGGESTIONS
    assert not any(assistant.ask(question).refused for question in suggested)
    assert set(suggester.suggest(answer, suggested)).isdisjoint(suggested)


def test_a_refusal_suggests_nothing(assistant: Assistant) -> None:
    assert Suggester(assistant).suggest(assistant.ask("明天会下雨吗")) == ()
