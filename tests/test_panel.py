"""The clause panel as HTML: in its place, with its references, and with nothing taken for markup."""

from __future__ import annotations

import re

import pytest

from answer.assistant import Assistant
from ingest.parse import parse_policy
from ingest.policy import Policy, Span
from tests.conftest import clause_at
from web.panel import Panel, copied
from web.places import Place, Places
from web.talk import TalkPages


def test_references_that_resolve_are_links(policy: Policy) -> None:
    places = Places([policy])
    clause = clause_at(policy, "三", "（二）", "1", "1）")
    html = Panel(places).render(Place(0, clause.position, Span(0, 0)))
    target = clause_at(policy, "三", "（二）", "8")
    assert f'data-cite="{places.address(policy, target)}" title="第三条（二）8 ' in html
    assert ">本条第8款</a>" in html


def test_a_quote_is_marked_word_for_word(policy: Policy, assistant: Assistant) -> None:
    places = Places([policy])
    citation = assistant.ask("浏览记录保存多久").citations[0]
    html = Panel(places).render(Place(0, citation.clause.position, citation.span))
    (marked,) = re.findall("<mark>(.*?)</mark>", html)
    assert re.sub("<.*?>", "", marked) == citation.quote
    assert "<strong>不会超过 1 个月</strong>" in html


def test_every_clause_can_be_shown(policy: Policy) -> None:
    panel = Panel(Places([policy]))
    for clause in policy.clauses:
        html = panel.render(Place(0, clause.position, clause.own[0] if clause.own else Span(0, 0)))
        assert html.count("<a ") == html.count("</a>")
        assert html.count("<mark>") == html.count("</mark>")
        assert "\ue000" not in html


def test_what_is_copied_names_policy_date_and_clause(policy: Policy) -> None:
    text = copied(policy, clause_at(policy, "七", "（五）"))
    assert text.startswith("《58同城隐私政策》（2021年11月16日生效）第七条（五）注销账户：您可以")


def test_a_clause_that_is_gone_says_so(policy: Policy) -> None:
    assert "没有找到这条条款" in Panel(Places([policy])).render(None)


@pytest.mark.parametrize(
    "bad", ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", '"onclick=alert(1) x="']
)
def test_markup_in_a_policy_or_its_file_name_is_shown_as_text(bad: str) -> None:
    text = f"一、{bad}\n甲{bad}乙。\n二、范围\n（一）个人；\n（二）企业{bad}。"
    hostile = parse_policy(text, f"{bad}.md")
    places = Places([hostile])
    for clause in hostile.clauses:
        html = Panel(places).render(Place(0, clause.position, clause.own[0] if clause.own else Span(0, 0)))
        assert bad not in html
    assert bad not in TalkPages(places).greeting([bad])
    assert bad not in TalkPages(places).header()
