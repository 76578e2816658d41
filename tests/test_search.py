"""Searching the real policy with the real encoder: numbers, fragments, words, and versions in force."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from index.build import open_index
from index.encoder import Encoder
from index.search import ClauseIndex
from settings import ROOT


def labels(index: ClauseIndex, question: str, limit: int = 10) -> list[str]:
    return [hit.clause.label for hit in index.search(question, limit=limit)]


def test_a_number_finds_its_clause_with_certainty(index: ClauseIndex) -> None:
    (hit,) = index.search("第七条（五）")
    assert hit.clause.title == "注销账户"
    assert hit.relevance == 1.0


def test_a_number_with_sub_clauses_finds_them_behind_it(index: ClauseIndex) -> None:
    assert labels(index, "第九条") == ["第九条", *(f"第九条{n}" for n in range(1, 7))]


def test_an_exact_number_needs_no_words_that_fit(index: ClauseIndex) -> None:
    (hit,) = index.search("劳驾翻一翻第八条第3款")
    assert (hit.clause.label, hit.relevance) == ("第八条3", 1.0)


def test_a_telephone_number_finds_its_clause(index: ClauseIndex) -> None:
    hits = index.search("400-813-5858", limit=1)
    assert hits[0].relevance == 1.0
    assert "4008135858" in hits[0].clause.text


def test_a_fragment_comes_first_whatever_its_punctuation(index: ClauseIndex) -> None:
    assert labels(index, "客户念的“SSL、信息加密存储、数据中心的访问控制”在哪", 1) == ["第六条（二）"]


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("注销账户的入口在哪里", "第七条（五）"),
        ("你们的办公地址", "第十条"),
        ("Cookie 有什么用", "第四条"),
        ("指纹登录需要什么权限", "第三条（二）15、3）"),
        ("满几岁才不算儿童", "第二条6"),
    ],
)
def test_words_find_the_clause_among_the_first_three(index: ClauseIndex, question: str, label: str) -> None:
    assert label in labels(index, question, 3)


def test_a_number_beside_words_moves_its_clauses_to_the_front(index: ClauseIndex) -> None:
    found = index.search("第八条里监护人怎么联系", limit=3)
    assert [hit.clause.path[:1] for hit in found] == [("八",)] * 3


def test_hits_are_ordered_and_come_once(index: ClauseIndex) -> None:
    hits = index.search("个人信息保护", limit=30)
    assert [hit.relevance for hit in hits] == sorted((hit.relevance for hit in hits), reverse=True)
    assert len({hit.clause.position for hit in hits}) == len(hits)


def test_the_window_of_a_hit_is_text_of_its_clause(index: ClauseIndex) -> None:
    for hit in index.search("怎么更正我的简历", limit=10):
        assert hit.window is not None
        assert any(
            own.start <= hit.window.span.start and hit.window.span.end <= own.end for own in hit.clause.own
        )


def test_a_clause_without_text_of_its_own_is_found_by_its_number_only(
    tmp_path: Path, encoder: Encoder
) -> None:
    (tmp_path / "a.txt").write_text(
        "甲办法\n第一条（一）书面申请。\n（二）口头申请。\n第二条 收费。\n", encoding="utf-8"
    )
    index = open_index(tmp_path, tmp_path / "index", encoder)
    assert index.search("第一条")[0].window is None
    assert all(hit.window for hit in index.search("甲办法的口头申请"))


def test_nothing_is_found_for_nothing(index: ClauseIndex) -> None:
    assert index.search("  ") == []


def test_a_limit_below_one_is_refused(index: ClauseIndex) -> None:
    with pytest.raises(ValueError, match="limit must be at least 1, got 0"):
        index.search("注销", limit=0)


def test_a_missing_number_is_told_from_one_that_is_there(index: ClauseIndex) -> None:
    missing = index.missing_number("第十五条写了什么")
    assert missing is not None
    assert (missing.number, missing.title) == ("第十五条", "58同城隐私政策")
    assert index.missing_number("第七条（五）") is None
    assert index.missing_number("怎么注销") is None


def test_another_folder_serves_those_policies_and_nothing_else(
    tmp_path: Path, encoder: Encoder, index: ClauseIndex
) -> None:
    (tmp_path / "rules.txt").write_text(
        "青竹图书馆读者须知\n第一条 每人每次最多借五册图书。\n第二条 借期三十天。\n"
        "第三条 遗失图书的，按定价两倍赔偿。\n",
        encoding="utf-8",
    )
    other = open_index(tmp_path, tmp_path / "index", encoder)
    assert labels(other, "书弄丢了怎么赔", 1) == ["第三条"]
    assert {hit.policy.title for hit in other.search("注销账户", limit=10)} == {"青竹图书馆读者须知"}
    assert {hit.policy.title for hit in index.search("遗失图书", limit=10)} == {"58同城隐私政策"}


def test_only_the_version_in_force_answers(tmp_path: Path, encoder: Encoder) -> None:
    for year, count in ((2020, "三"), (2023, "五")):
        (tmp_path / f"rules_{year}.txt").write_text(
            f"青竹图书馆读者须知\n生效日期：{year}年1月1日\n第一条 每人每次最多借{count}册图书。\n"
            "第二条 借期三十天。\n第三条 遗失图书的，按定价赔偿。\n",
            encoding="utf-8",
        )
    index = open_index(tmp_path, tmp_path / "index", encoder)
    assert {hit.policy.version for hit in index.search("最多借几册", limit=10)} == {"2023-01-01"}
    assert {hit.policy.version for hit in index.search("第一条", limit=10)} == {"2023-01-01"}
    assert "五册" in index.search("“每人每次最多借”")[0].clause.text
    index._today = lambda: dt.date(2021, 6, 1)
    assert "三册" in index.search("最多借几册", limit=1)[0].clause.text


def test_the_policy_ships_as_it_was_given(index: ClauseIndex) -> None:
    shipped = (ROOT / "policies" / "58tongcheng_privacy_policy_20211116.md").read_text(encoding="utf-8")
    assert [policy.text for policy in index.policies] == [shipped]
