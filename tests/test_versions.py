"""Of several versions of a policy the one in force on the day answers."""

from __future__ import annotations

import datetime as dt

import pytest

from index.versions import in_force
from ingest.parse import parse_policy
from ingest.policy import Policy


def version(title: str, effective: str, tail: str = "") -> Policy:
    dated = f"生效日期：{effective}\n" if effective else ""
    return parse_policy(f"{title}\n{dated}一、甲。\n二、乙。\n三、丙。{tail}\n", "a.txt")


OLD = version("甲平台隐私政策", "2020年1月1日")
NEW = version("甲平台隐私政策（2023年修订版）", "2023年6月1日")
OTHER = version("乙平台用户协议", "")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2019-12-31", {0, 2}),
        ("2020-01-01", {0, 2}),
        ("2023-05-31", {0, 2}),
        ("2023-06-01", {1, 2}),
        ("2026-01-01", {1, 2}),
    ],
)
def test_the_latest_effective_version_is_in_force(day: str, expected: set[int]) -> None:
    assert in_force([OLD, NEW, OTHER], dt.date.fromisoformat(day)) == expected


def test_a_policy_that_another_one_supersedes_is_not_in_force() -> None:
    law = version("丙管理办法", "2022年3月1日", tail="自2022年3月1日起施行，《丙暂行规定》同时废止。")
    old = version("丙暂行规定", "2010年1月1日")
    assert law.supersedes == "丙暂行规定"
    assert in_force([old, law], dt.date(2022, 2, 28)) == {0, 1}
    assert in_force([old, law], dt.date(2022, 3, 1)) == {1}
