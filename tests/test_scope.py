"""Many policies: a question goes to the one it names or its asker chose; answers say whose they are."""

from __future__ import annotations

import datetime as dt

import pytest

from answer.answerability import Answerability
from answer.assistant import Assistant
from index.build import index_in_memory
from index.encoder import Encoder
from index.scope import PolicyNames, Scope
from index.search import ClauseIndex
from ingest.parse import parse_policy
from ingest.policy import Policy
from prompts import render
from settings import BUNDLED_ENCODER

LIBRARY = "青禾图书馆隐私政策"
LAW = "中华人民共和国借阅法"


TEXTS = (
    f"""{LIBRARY}
一、收集的信息
我们收集您的借书记录，保存三个月。
二、注销读者证
在服务台可以注销读者证。
三、联系我们
请到服务台。
""",
    """白鹿书店用户协议
一、退书
图书七日内可以退回。
二、注销会员
在门店可以注销会员。
三、保存
购书记录保存五年。
""",
    f"""{LAW}
第一条 为了保护读者，制定本法。
第二条 读者可以借书。
第三条 借书应当按期归还。
""",
)


def policies() -> list[Policy]:
    return [parse_policy(text, f"{number}.txt") for number, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def many(encoder: Encoder) -> ClauseIndex:
    return index_in_memory(policies(), encoder)


@pytest.fixture(scope="module")
def asked(many: ClauseIndex) -> Assistant:
    return Assistant(many, Answerability.load(str(BUNDLED_ENCODER)))


@pytest.mark.parametrize(
    ("question", "titles", "rest"),
    [
        ("青禾图书馆怎么注销读者证", {LIBRARY}, "怎么注销读者证"),
        ("《青禾图书馆隐私政策》第一条", {LIBRARY}, "第一条"),
        ("借阅法第三条", {LAW}, "第三条"),
        ("白鹿书店的退书规定和青禾图书馆的区别", {"白鹿书店用户协议", LIBRARY}, "的退书规定和的区别"),
        ("白鹿书店会员卡", set(), "白鹿书店会员卡"),
        ("怎么注销", set(), "怎么注销"),
        ("借阅法", {LAW}, "借阅法"),
    ],
)
def test_a_question_names_policies(question: str, titles: set[str], rest: str) -> None:
    served = policies()
    named = PolicyNames(served).read(question)
    assert {served[position].title for position in named.policies or ()} == titles
    assert named.rest == rest
    assert named.elsewhere == ""


@pytest.mark.parametrize(
    ("question", "elsewhere"),
    [("《劳动法》第三十条", "劳动法"), ("劳动法第三十条", "劳动法"), ("借阅法第二条", ""), ("第三十条", "")],
)
def test_a_law_that_is_not_served_is_told(question: str, elsewhere: str) -> None:
    assert PolicyNames(policies()).read(question).elsewhere == elsewhere


@pytest.mark.parametrize(
    ("question", "service"),
    [
        ("抖音怎么注销账号", "抖音"),
        ("闲鱼上卖书要实名吗", "闲鱼"),
        ("能用抖音登录吗", ""),
        ("拼多多客服电话多少", "拼多多"),
    ],
)
def test_a_question_about_another_service_is_told(asked: Assistant, question: str, service: str) -> None:
    assert PolicyNames(policies()).read(question).service == service
    is_told = asked.ask(question).text.startswith(render("refusal_service", service=service or "抖音"))
    assert is_told == bool(service)


def test_a_service_that_a_policy_mentions_may_be_asked_about() -> None:
    served = parse_policy(
        "甲平台隐私政策\n一、登录\n您可以用抖音登录。\n二、注销\n可以。\n三、其他\n无。\n", "a.txt"
    )
    assert PolicyNames([served]).read("抖音账号绑定了怎么办").service == ""


def test_an_article_of_a_named_law_is_looked_up(asked: Assistant) -> None:
    answer = asked.ask("借阅法第三条怎么说")
    assert [citation.policy.title for citation in answer.citations] == [LAW]
    assert "借书应当按期归还。 [1]" in answer.text


def test_an_article_of_another_law_is_not_answered_from_ours(asked: Assistant) -> None:
    answer = asked.ask("《劳动法》第二条")
    assert answer.refused
    assert answer.text.startswith(render("refusal_elsewhere", policy="劳动法"))


def test_a_number_that_no_policy_has_is_told_for_the_one_that_was_named_or_for_all(asked: Assistant) -> None:
    assert asked.ask("借阅法第三十条").text.startswith(f"《{LAW}》没有第三十条，它的条款编到第3条。")
    assert asked.ask("第三十条").text.startswith("这里收录的政策都没有第三十条。")


def test_a_number_that_several_policies_have_is_given_with_each_policys_name(asked: Assistant) -> None:
    lines = asked.ask("第二条").text.split("\n")
    assert lines[0] == f"根据《{LIBRARY}》第二条“注销读者证”："
    assert "另见《白鹿书店用户协议》第二条“注销会员”：" in lines
    assert f"另见《{LAW}》第二条：" in lines


def test_the_asker_chooses_policies(many: ClauseIndex) -> None:
    found = many.search("记录保存多久", scope=Scope(frozenset(["白鹿书店用户协议"])))
    assert {hit.policy.title for hit in found} == {"白鹿书店用户协议"}
    assert many.search("记录保存多久", scope=Scope(frozenset())) == []


def test_the_asker_chooses_the_day(versions: tuple[Policy, Policy], encoder: Encoder) -> None:
    old, new = versions
    index = index_in_memory(versions, encoder)
    for day, version in ((dt.date(2023, 6, 1), old), (dt.date(2025, 1, 1), new)):
        assert {hit.policy.version for hit in index.search("读者证", scope=Scope(as_of=day))} == {
            version.version
        }
        assert index.policies_in_force(Scope(as_of=day)) == [version]


def test_a_clause_named_beside_words_is_what_answers(assistant: Assistant) -> None:
    answer = assistant.ask("第七条里怎么注销账号和绑定的手机还有别的什么办法")
    assert answer.citations
    assert all(citation.clause.label.startswith("第七条") for citation in answer.citations)
