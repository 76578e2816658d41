"""Title, issuer, number and dates as texts and sidecars state them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from errors import PolicyFileError
from ingest.parse import parse_policy
from ingest.read import PolicyFile

BODY = "一、甲。\n二、乙。\n三、丙。\n"


def test_a_notice_states_number_and_dates() -> None:
    policy = parse_policy(
        f"关于加强管理的通知\n甲办发〔2021〕12号\n2021年3月5日发布\n自2021年4月1日起施行\n{BODY}", "a.txt"
    )
    assert policy.title == "关于加强管理的通知"
    assert policy.number == "甲办发〔2021〕12号"
    assert policy.updated == dt.date(2021, 3, 5)
    assert policy.effective == dt.date(2021, 4, 1)


def test_dates_in_chinese_numerals_are_read() -> None:
    policy = parse_policy(f"甲办法\n生效日期：二〇二一年十一月十六日\n{BODY}", "a.txt")
    assert policy.effective == dt.date(2021, 11, 16)


def test_an_impossible_date_is_no_date() -> None:
    assert parse_policy(f"甲办法\n生效日期：2021年13月40日\n{BODY}", "a.txt").effective is None


def test_an_issuer_is_read() -> None:
    assert parse_policy(f"甲政策\n运营者：甲科技有限公司\n{BODY}", "a.txt").issuer == "甲科技有限公司"


def test_a_sidecar_goes_before_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"甲办法\n生效日期：2021年1月1日\n{BODY}", encoding="utf-8")
    (tmp_path / "policy.toml").write_text(
        '["a.txt"]\ntitle = "甲管理办法"\nissuer = "甲委员会"\neffective = 2022-02-02\n', encoding="utf-8"
    )
    policy = PolicyFile(tmp_path / "a.txt", "a.txt").parse()
    assert (policy.title, policy.issuer, policy.version) == ("甲管理办法", "甲委员会", "2022-02-02")


@pytest.mark.parametrize(
    "toml",
    [
        "[broken",
        '["a.txt"]\ncolour = "red"\n',
        '["a.txt"]\neffective = "2022-02-02"\n',
        '["a.txt"]\ntitle = 3\n',
    ],
)
def test_a_wrong_sidecar_is_named(tmp_path: Path, toml: str) -> None:
    (tmp_path / "a.txt").write_text(BODY, encoding="utf-8")
    (tmp_path / "policy.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(PolicyFileError, match=r"policy\.toml") as caught:
        PolicyFile(tmp_path / "a.txt", "a.txt").parse()
    assert "policy.toml" in caught.value.user_message


def test_changing_the_sidecar_changes_the_hash(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BODY, encoding="utf-8")
    file = PolicyFile(tmp_path / "a.txt", "a.txt")
    before = file.hash()
    (tmp_path / "policy.toml").write_text('["a.txt"]\ntitle = "甲"\n', encoding="utf-8")
    assert file.hash() != before
