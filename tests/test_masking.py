"""Personal data is masked before it is written or sent; what is nobody's stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answer.masking import mask
from tests.conftest import Make
from tests.scripted_model import says, serve

PIECES = st.sampled_from(
    [
        "13812345678",
        "我叫",
        "王小明",
        "＠",
        "a@b.cn",
        " ",
        "-",
        "0755",
        "-82345678",
        "6222021234567890123",
        "第",
        "条",
        "〔",
    ]
)


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("13812345678", "〔手机号〕"),
        ("+86 138-1234-5678打不通", "〔手机号〕打不通"),
        ("我号码是１３８１２３４５６７８", "我号码是〔手机号〕"),
        ("座机010-62345678或(0755)82345678", "座机〔电话〕或〔电话〕"),
        ("身份证11010119900307123x", "身份证〔身份证号〕"),
        ("老身份证110101900307123", "老身份证〔身份证号〕"),
        ("卡号6222 0212 3456 7890 123", "卡号〔银行卡号〕"),
        ("卡号6222021234567890", "卡号〔银行卡号〕"),
        ("发到wang.xm@qq.com和李＠163.com", "发到〔邮箱〕和李＠163.com"),
        ("我叫王小明，我的名字是欧阳娜娜", "我叫〔姓名〕，我的名字是〔姓名〕"),
        ("本人姓名：李雷", "本人姓名：〔姓名〕"),
    ],
)
def test_personal_data_is_replaced_by_what_it_is(said: str, masked: str) -> None:
    assert mask(said) == masked


@pytest.mark.parametrize(
    "said",
    [
        "第三条（二）14、1）是什么",
        "客服电话4008135858，400-813-5858",
        "2021年11月16日生效，2021-11-16",
        "赔3000000元，15个工作日，7.5",
        "我叫什么你知道吗",
        "我叫客服给我处理",
        "我叫了车没来",
        "这三个条款我叫不准",
        "编号12345678901",
    ],
)
def test_what_is_no_person_s_stays(said: str) -> None:
    assert mask(said) == said


@given(st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=40))
def test_what_is_masked_is_not_masked_again(said: str) -> None:
    once = mask(said)
    assert mask(once) == once


def test_a_very_long_text_is_masked_as_well() -> None:
    assert mask("1 " * 50_000 + "13812345678").endswith("1 〔手机号〕")
    assert mask("1" * 100_000) == "1" * 100_000


def test_the_model_gets_no_personal_data(make: Make) -> None:
    with serve(says("您可以在产品里直接申请注销账户[1]。")) as model:
        answer = make(model.base_url).ask(
            "我叫王小明，手机13812345678，怎么注销账户", ["我的邮箱是a@b.cn，还要吗"]
        )
        assert answer.mode == "model"
        assert "13812345678" in answer.question
        asked = str(model.asked)
    assert "〔手机号〕" in asked
    for secret in ("13812345678", "王小明", "a@b.cn"):
        assert secret not in asked
