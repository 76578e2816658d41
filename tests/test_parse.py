"""The 58同城 policy and small documents, parsed: which clause holds what, and where it stands in the file."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.parse import parse_policy
from ingest.policy import Policy
from tests.conftest import clause_at
from tests.lost_text import find_lost


def paths(text: str) -> list[tuple[str, ...]]:
    return [clause.path for clause in parse_policy(text, "a.txt").clauses if clause.path]


def whole(policy: Policy, *path: str) -> str:
    clause = clause_at(policy, *path)
    return policy.text[clause.start : clause.end]


def test_policy_states_its_title_and_dates(policy: Policy) -> None:
    assert policy.title == "58同城隐私政策"
    assert policy.updated == dt.date(2021, 11, 8)
    assert policy.effective == dt.date(2021, 11, 16)
    assert policy.version == "2021-11-16"


def test_policy_has_eleven_top_clauses_and_a_preamble(policy: Policy) -> None:
    tops = [clause for clause in policy.clauses if len(clause.path) == 1]
    assert [clause.path[0] for clause in tops] == [
        "一",
        "二",
        "三",
        "四",
        "五",
        "六",
        "七",
        "八",
        "九",
        "十",
        "十一",
    ]
    assert tops[6].title == "您管理个人信息的权利"
    assert policy.clauses[0].label == "引言"
    assert policy.clauses[0].path == ()


def test_nothing_of_the_file_is_lost(policy: Policy) -> None:
    assert find_lost(policy) == []


def test_both_tables_of_contents_are_left_out_of_the_clauses(policy: Policy) -> None:
    assert "8、如何联系我们" not in policy.clauses[0].text
    assert "十一、争议解决" not in policy.clauses[0].text
    assert [span.of(policy.text)[:4] for span in policy.contents] == ["- 1、", "目录:\n"]


def test_items_that_run_on_in_one_paragraph_are_clauses_of_their_own(policy: Policy) -> None:
    items = policy.children(clause_at(policy, "三", "（二）", "1"))
    assert [item.path[-1] for item in items] == [f"{n}）" for n in range(1, 10)]
    assert whole(policy, "三", "（二）", "1", "3）").startswith("3) 您在发布房源信息时")


def test_a_page_break_inside_a_sentence_does_not_end_the_clause(policy: Policy) -> None:
    assert whole(policy, "三", "（二）", "1", "2）").endswith("以便商家能够准确为您提供服务。")


def test_a_page_break_inside_a_word_leaves_no_gap_in_the_text(policy: Policy) -> None:
    clause = clause_at(policy, "三", "（二）", "15", "4）")
    assert "当58同城系统发现您的账号信息疑似出现登录异常时" in clause.text


def test_numbers_that_start_anew_stay_below_the_same_clause(policy: Policy) -> None:
    items = policy.children(clause_at(policy, "三", "（二）", "14"))
    assert [item.path[-1] for item in items] == [f"{n}）" for n in [*range(1, 5), *range(1, 13)]]


def test_items_under_unnumbered_headings_carry_them_in_their_labels(policy: Policy) -> None:
    labels = [clause.label for clause in policy.children(clause_at(policy, "七", "（一）"))]
    assert labels == [
        "第七条（一）PC端 1",
        "第七条（一）PC端 2",
        "第七条（一）PC端 3",
        "第七条（一）APP端 1",
        "第七条（一）APP端 2",
    ]


def test_text_behind_a_list_belongs_to_the_clause_that_holds_the_list(policy: Policy) -> None:
    assert clause_at(policy, "三", "（三）").text.endswith("由您自行提供的信息不承担责任。")
    assert clause_at(policy, "三", "（三）", "8").text == "法律法规规定的其他情形。"


def test_an_enumeration_goes_on_behind_a_deeper_one(policy: Policy) -> None:
    assert clause_at(policy, "五", "（一）", "5").text == "以学术研究或公共利益为目的，且无害于您的重大利益；"


def test_a_title_is_what_stands_before_the_colon(policy: Policy) -> None:
    assert clause_at(policy, "二", "6").title == "儿童"
    assert clause_at(policy, "七", "（五）").title == "注销账户"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "第一章 总则\n第一条 目的。\n第二条 范围。\n第二章 附则\n第三条 施行。",
            [("第一章",), ("第一章", "第一条"), ("第一章", "第二条"), ("第二章",), ("第二章", "第三条")],
            id="articles_run_on_across_chapters",
        ),
        pytest.param(
            "第一千零四十二条 甲。\n第一千零四十三条 乙。\n第一千零四十四条 丙。\n第一千零四十五条 丁。",
            [("第一千零四十二条",), ("第一千零四十三条",), ("第一千零四十四条",), ("第一千零四十五条",)],
            id="thousands",
        ),
        pytest.param(
            "第十条 甲。\n第十条之一 乙。\n第十一条 丙。\n第十二条 依照第十条之一。",
            [("第十条",), ("第十条之一",), ("第十一条",), ("第十二条",)],
            id="inserted_articles",
        ),
        pytest.param(
            "一、甲\n1.1 子\n1.1.1 孙\n1.1.2 孙\n1.2 子\n二、乙",
            [("一",), ("一", "1.1"), ("一", "1.1", "1.1.1"), ("一", "1.1", "1.1.2"), ("一", "1.2"), ("二",)],
            id="decimals_below_han",
        ),
        pytest.param(
            "（1）甲\n（一）子\n（二）子\n（2）乙\n（一）子\n（3）丙",
            [
                ("（1）",),
                ("（1）", "（一）"),
                ("（1）", "（二）"),
                ("（2）",),
                ("（2）", "（一）"),
                ("（3）",),
            ],
            id="what_is_resumed_encloses_against_the_usual_order",
        ),
        pytest.param(
            "1. 甲\n  1. 子\n  2. 子\n2. 乙\n  1. 子\n3. 丙",
            [("1",), ("1", "1"), ("1", "2"), ("2",), ("2", "1"), ("3",)],
            id="same_style_nested_by_indent",
        ),
        pytest.param(
            "1、甲\n(i) 子\n(ii) 子\n2、乙\n(h) 非首项\n3、丙",
            [("1",), ("1", "（i）"), ("1", "（ii）"), ("2",), ("3",)],
            id="roman_numerals_are_no_letters",
        ),
        pytest.param(
            "**1\\.** 甲\n** 2 、** 乙\n__3.__ 丙\n（ 1 ）子\n（2  ）子",
            [("1",), ("2",), ("3",), ("3", "（1）"), ("3", "（2）")],
            id="markdown_and_spaces_inside_markers",
        ),
        pytest.param(
            "1. 1、甲\n2. 2、乙\n3. 3、丙\n4. 4、丁",
            [("1",), ("2",), ("3",), ("4",)],
            id="html_list_numbers_in_front_of_the_real_ones",
        ),
        pytest.param(
            "一、甲\n二、乙\n四、丁\n五、戊",
            [("一",), ("二",), ("四",), ("五",)],
            id="a_number_is_skipped",
        ),
    ],
)
def test_nesting_follows_the_document(text: str, expected: list[tuple[str, ...]]) -> None:
    assert paths(text) == expected


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("7*24h全天候的人工审查。", id="hours"),
        pytest.param("4006040010；客服电话。", id="telephone"),
        pytest.param("2020年1月15日生效。", id="date"),
        pytest.param("1.5亿元以上的罚款。", id="amount"),
        pytest.param("第三条第二款规定的情形除外。", id="reference_to_an_article"),
        pytest.param("（一）、（二）项规定的情形除外。", id="reference_to_items"),
        pytest.param("七（7）天内公告。", id="number_spelled_twice"),
    ],
)
def test_what_only_looks_like_a_number_opens_no_clause(line: str) -> None:
    text = f"一、甲条款的内容。\n{line}\n二、乙条款的内容。\n三、丙条款的内容。"
    assert paths(text) == [("一",), ("二",), ("三",)]


def test_a_skipped_number_is_reported() -> None:
    policy = parse_policy("一、甲。\n二、乙。\n四、丁。\n五、戊。", "a.txt")
    assert policy.warnings == ("编号不连续：二 之后是 四",)


def test_an_enumeration_inside_one_sentence_is_no_list_of_clauses() -> None:
    text = "一、甲：（1）子；（2）丑；（3）寅。\n二、乙。\n三、丙。"
    assert paths(text) == [("一",), ("二",), ("三",)]


def test_items_that_begin_inside_a_line_count_if_they_go_on_at_line_starts() -> None:
    text = "一、以下情形：（1）子；\n（2）丑；（3）寅；\n（4）卯。\n二、乙。"
    assert paths(text) == [("一",), *[("一", f"（{n}）") for n in range(1, 5)], ("二",)]


def test_without_numbers_headings_part_the_text() -> None:
    policy = parse_policy("# 服务说明\n\n## 总则\n甲。\n\n## 附则\n乙。\n", "a.md")
    assert [(clause.path, clause.label) for clause in policy.clauses] == [
        (("服务说明",), "服务说明"),
        (("服务说明", "总则"), "总则"),
        (("服务说明", "附则"), "附则"),
    ]


def test_without_headings_paragraphs_part_the_text() -> None:
    policy = parse_policy("甲说明一。\n\n乙说明二。\n", "a.txt")
    assert [(clause.label, clause.text) for clause in policy.clauses] == [
        ("第1段", "甲说明一。"),
        ("第2段", "乙说明二。"),
    ]


def test_a_file_without_title_is_called_by_its_name() -> None:
    assert parse_policy("一、甲。\n二、乙。\n三、丙。", "员工手册.txt").title == "员工手册"
