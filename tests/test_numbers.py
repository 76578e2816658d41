"""Clause numbers as people type them find exactly the clause they name."""

from __future__ import annotations

import time

import pytest

from index.numbers import NumberIndex, read_number
from ingest.addresses import MAX_STEPS
from ingest.parse import parse_policy
from ingest.policy import Policy

LAW = """第一章 总则
第一条 为了规范管理，制定本法。
第二条 适用范围如下：
（一）企业；
（二）个人。
第二章 罚则
第一节 一般规定
第三条 违反规定的，处罚款。
第四条 情节严重的：
1. 责令停业；
2. 吊销执照。
"""


def find(policy: Policy, question: str) -> list[str]:
    number = read_number(question)
    assert number is not None, f"{question!r} names no clause"
    return [policy.clauses[entry].label for entry in NumberIndex([policy]).find(number)]


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("第七条（五）", "第七条（五）"),
        ("第七条(五)", "第七条（五）"),
        ("七(五)", "第七条（五）"),
        ("七（五）是什么", "第七条（五）"),
        ("7.5", "第七条（五）"),
        ("第七条第五款", "第七条（五）"),
        ("第三条第二款第4项", "第三条（二）4"),
        ("第三条（二）第12项", "第三条（二）12"),
        ("3.2.12", "第三条（二）12"),
        ("3.2.12(3)", "第三条（二）12、3）"),
        ("三、(二)、12、3)", "第三条（二）12、3）"),
        ("第十一条 2", "第十一条2"),
        ("请问第九条讲的是什么内容？", "第九条"),
        ("四的1）写了什么", "第四条1）"),
        ("第6条", "第六条"),
    ],
)
def test_a_number_finds_its_clause(policy: Policy, question: str, label: str) -> None:
    assert find(policy, question) == [label]


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("第二条第（一）项", "第二条（一）"),
        ("第二章第三条", "第三条"),
        ("第二章第一节", "第二章第一节"),
        ("第四条第2项", "第四条2"),
    ],
)
def test_chapters_may_be_named_or_left_out(question: str, label: str) -> None:
    assert find(parse_policy(LAW, "law.txt"), question) == [label]


def test_a_number_nobody_has_finds_nothing(policy: Policy) -> None:
    assert find(policy, "第十五条") == []
    assert find(policy, "第七条（九）") == []


def test_the_largest_number_is_known(policy: Policy) -> None:
    assert NumberIndex([policy]).last_top(policy) == 11
    law = parse_policy(LAW, "law.txt")
    assert NumberIndex([law]).last_top(law) == 4


@pytest.mark.parametrize(
    "question",
    [
        "我今年16岁能用吗",
        "58同城",
        "发烧38.5度怎么办",
        "多少天能回复，3天还是5天",
        "95588",
        "2021年11月16日",
        "一般怎么注销",
    ],
)
def test_amounts_and_names_are_no_clause_numbers(question: str) -> None:
    assert read_number(question) is None


def test_a_number_beside_other_words_does_not_ask_for_the_whole_clause() -> None:
    number = read_number("第七条里怎么注销账号")
    assert number is not None
    assert not number.is_whole
    assert number.text == "第七条"


@pytest.mark.parametrize("word", ["条款", "一下"])
def test_words_that_can_be_read_in_two_ways_take_no_time(word: str) -> None:
    started = time.perf_counter()
    number = read_number(f"第三条{word * 26}x")  # two to the power of 26 ways
    assert time.perf_counter() - started < 1
    assert number is not None
    assert not number.is_whole


@pytest.mark.parametrize("piece", ["1 ", "①", "一", "第一条", "1.1 ", "（一）"])
def test_a_question_made_of_numbers_is_read_in_no_time(piece: str) -> None:
    started = time.perf_counter()
    number = read_number("第一条" + piece * (2000 // len(piece)))
    assert time.perf_counter() - started < 1
    assert number is not None
    assert len(number.steps) <= MAX_STEPS + 1
