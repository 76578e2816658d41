"""Masking: what is personal is replaced by what it is, and what policies are asked about stays."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answer.masking import mask
from ingest.policy import Policy
from settings import ROOT
from tests.conftest import Make
from tests.scripted_model import says, serve

_MASKED = re.compile("〔(.+?)〕")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13800138000", "〔手机号〕"),
        ("138 0013 8000", "〔手机号〕"),
        ("138-0013-8000", "〔手机号〕"),
        ("1380 013 8000", "〔手机号〕"),
        ("1 3 8 0 0 1 3 8 0 0 0", "〔手机号〕"),
        ("+86 138 0013 8000", "〔手机号〕"),
        ("(+86)138-0013-8000", "〔手机号〕"),
        ("008613800138000", "〔手机号〕"),
        ("１３８００１３８０００", "〔手机号〕"),
        ("＋８６－１３８００１３８０００", "〔手机号〕"),
        ("一三八零零一三八零零零", "〔手机号〕"),
        ("周一13800138000找我", "周一〔手机号〕找我"),
        ("13800138000、13900139000", "〔手机号〕、〔手机号〕"),
        ("010-62345678", "〔电话〕"),
        ("01062345678", "〔电话〕"),
        ("(0755)88888888", "〔电话〕"),
        ("（０７５５）8888 8888", "〔电话〕"),
        ("0571 8888888转801", "〔电话〕"),
        ("+86 10 6234 5678", "〔电话〕"),
        ("座机是62345678", "座机是〔电话〕"),
        ("110101199001011234", "〔身份证号〕"),
        ("11010119900101123X", "〔身份证号〕"),
        ("110101 19900101 123x", "〔身份证号〕"),
        ("１１０１０１１９９００１０１１２３Ｘ", "〔身份证号〕"),
        ("110101900101123", "〔身份证号〕"),
        ("4111111111111111", "〔银行卡号〕"),
        ("6222021234567890123", "〔银行卡号〕"),
        ("6222 0212 3456 7890", "〔银行卡号〕"),
        ("6222-0212-3456-7890-123", "〔银行卡号〕"),
        ("622202 1234567890123", "〔银行卡号〕"),
        ("999999999999999999", "〔银行卡号〕"),  # 18 digits, of whatever
        ("13800138000110101199001011234", "〔银行卡号〕"),  # two numbers run together
        ("写信给zhang.san@qq.com吧", "写信给〔邮箱〕吧"),
        ("ｚｈａｎｇ＠ｑｑ．ｃｏｍ", "〔邮箱〕"),
        ("13800138000@139.com", "〔邮箱〕"),
        ("我叫张三，想注销", "我叫〔姓名〕，想注销"),
        ("我叫张三怎么注销", "我叫〔姓名〕怎么注销"),
        ("我叫李小明想注销", "我叫〔姓名〕想注销"),
        ("我叫欧阳娜娜要注销", "我叫〔姓名〕要注销"),
        ("我叫做“张三丰”", "我叫做“〔姓名〕”"),
        ("我的名字是王伟", "我的名字是〔姓名〕"),
        ("本人姓名：司马光", "本人姓名：〔姓名〕"),
        ("本人姓名赵云", "本人姓名〔姓名〕"),
        ("发到wang.xm@qq.com和李＠163.com", "发到〔邮箱〕和李＠163.com"),
        ("我叫王小明，我的名字是欧阳娜娜", "我叫〔姓名〕，我的名字是〔姓名〕"),
        ("我叫王芳手机号13800138000", "我叫〔姓名〕手机号〔手机号〕"),
    ],
)
def test_what_is_personal_is_replaced_by_what_it_is(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "第三条（二）14、1）怎么说",
        "七（五）和7.5.1.2",
        "第1380013800条",
        "2021-11-16 12:30:45",
        "20211116-20221116",
        "2021年11月16日至2022年12月31日",
        "2019 2020 2021 2022",
        "15天、30日还是180天",
        "赔13800138000元吗",
        "¥13800138000",
        "12,345,678.90元",
        "400-810-8888",
        "4008108888",
        "800-820-8820",
        "95588、12315、10086",
        "GB/T 35273-2020",
        "（2021）京01民终1234号",
        "编号12345678901",
        "这三个条款我叫不准",
        "我叫什么",
        "我叫客服给我处理",
        "我叫了车",
        "我叫车的时候",
        "我叫单车",
        "我叫师傅上门",
        "我叫任何人都行",
        "我叫高级会员",
        "我的名字是什么",
        "本人姓名会公开吗",
        "姓名、电话、地址算不算个人信息",
        "姓名是高度敏感的信息吗",
    ],
)
def test_what_policies_are_asked_about_stays(text: str) -> None:
    assert mask(text) == text


def test_of_the_policy_and_our_questions_only_contacts_are_masked(policy: Policy) -> None:
    questions = [path.read_text("utf-8") for path in (ROOT / "tests" / "questions").glob("*.jsonl")]
    for text in (policy.text, *questions):
        words = set(_MASKED.findall(mask(text))) - set(_MASKED.findall(text))
        assert words <= {"邮箱", "电话"}


_NUMBERS = (
    "13800138000|010-62345678|110101199001011234|6222 0212 3456 7890|+86|2021-11-16|一三八零零一三八零零零"
)
_WORDS = "我叫张三|我的名字是|电话|转|〔手机号〕|a@b.cn| |-|."
_PIECES = st.one_of(
    st.sampled_from(f"{_NUMBERS}|{_WORDS}".split("|")),
    st.text(alphabet="0123456789 -+()@.xX元年张我叫王姓名是:电话一三八零〔〕¥a", max_size=12),
    st.text(max_size=5),
)


@given(st.lists(_PIECES, max_size=10).map("".join))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_number_between_any_words_is_gone(before: str, after: str) -> None:
    assert "13800138000" not in mask(f"{before}，13800138000，{after}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1" * 100_000, id="digits"),
        pytest.param("1" * 100_000 + "元", id="an_amount"),
        pytest.param(" " * 100_000, id="spaces"),
        pytest.param("1 " * 50_000, id="spaced_digits"),
        pytest.param("138-0013-" * 11_000, id="half_numbers"),
        pytest.param("6222 " * 20_000, id="groups"),
        pytest.param("a" * 100_000, id="letters"),
        pytest.param("a@" * 50_000, id="at_signs"),
        pytest.param("a." * 50_000, id="dots"),
        pytest.param("a@" + "b" * 100_000, id="a_domain_without_end"),
        pytest.param("我叫张" * 33_000, id="introductions"),
        pytest.param("一" * 100_000, id="numerals"),
    ],
)
def test_hostile_texts_take_no_longer_than_others(text: str) -> None:
    started = time.perf_counter()
    mask(text)
    assert time.perf_counter() - started < 2  # it takes 0.05 s; what grows with the square takes minutes


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
