"""References inside a policy lead to the clause they mean; those that do not are reported."""

from __future__ import annotations

from ingest.parse import parse_policy
from ingest.policy import Policy
from ingest.references import find_references

LAW = """甲办法
第一条 为了规范管理，制定本办法。
第二条 有下列情形之一的，应当报告：
（一）停业；
（二）转让。
前款第（二）项的报告应当书面作出。
第三条 违反本办法第二条第一款规定的，依照第九条处罚。
第四条 前条的处罚依照《中华人民共和国行政处罚法》第三十条执行。
第五条 本办法第二条、第三条不适用于个人。
"""


def resolved(policy: Policy) -> list[tuple[str, str, str | None]]:
    return [
        (
            policy.clauses[reference.clause].label,
            reference.text,
            None if reference.target is None else policy.clauses[reference.target].label,
        )
        for reference in find_references(policy)
    ]


def test_references_of_the_policy_are_resolved(policy: Policy) -> None:
    assert resolved(policy) == [
        ("引言", "本隐私政策第十条", "第十条"),
        ("第三条", "本条第（一）", "第三条（一）"),
        ("第三条", "第（二）款", "第三条（二）"),
        ("第三条（二）1、1）", "本条第8款", "第三条（二）8"),
        ("第七条（六）", "本条第一款", "第七条（一）"),
    ]


def test_the_reference_that_leads_astray_is_reported(policy: Policy) -> None:
    assert policy.warnings == (
        "第三条（二）1、1）提到的“本条第8款”指向第三条（二）8“支付/提现功能”，"
        "但内容像是在说第三条（二）9“简历投递服务”",
    )


def test_references_of_a_law_are_resolved_and_foreign_ones_left_alone() -> None:
    assert resolved(parse_policy(LAW, "a.txt")) == [
        ("第二条", "前款", "第二条"),
        ("第二条", "第（二）项", "第二条（二）"),
        ("第三条", "本办法第二条第一款", "第二条"),
        ("第三条", "第九条", None),
        ("第四条", "前条", "第三条"),
        ("第五条", "本办法第二条", "第二条"),
        ("第五条", "第三条", "第三条"),
    ]


def test_a_dangling_reference_is_reported() -> None:
    assert parse_policy(LAW, "a.txt").warnings == ("第三条提到的“第九条”找不到对应的条款",)


def test_spans_of_references_are_their_words(policy: Policy) -> None:
    for reference in find_references(policy):
        assert policy.text[reference.span.start : reference.span.end] == reference.text
