"""What kind of answer a question wants, and whether a passage holds one: features of `answer/judge.py`.

多少钱 wants an amount of money; a passage without any cannot answer it, however close its topic is.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NUMBER = r"(?:\d|[一二两三四五六七八九十百千万半])"


class Expectation(NamedTuple):
    """A kind of answer.

    Attributes:
        asked: found in questions that want it.
        held: found in passages that hold it.
    """

    asked: re.Pattern[str]
    held: re.Pattern[str]


_UNIT = r"(?:个|多|余)?\s*(?:工作)?(?:天|日|月|年|小时|分钟|周|岁|次|条|人|位|元|%|％|MB|KB|米|倍)"
_KINDS = {
    "how many, how long, how old": (
        r"几|多[少久长大快]|上限|[期时]限|最多|至少",
        rf"{_NUMBER}+\s*{_UNIT}",
    ),
    "when": (
        r"[什啥]么?时候|何时|哪[天年月]|日期|时间|之前|以前",
        r"\d{4}\s*年|\d+\s*[月日]|[时日]起|之日|期间|期限|立即|及时",
    ),
    "how much money": (
        r"钱|费|价|贵|便宜|免单|折|赔",
        r"元|费|价|金额|收益|赔偿|补偿|违约金",
    ),
    "contact": (
        r"电话|热线|号码|邮箱|邮件|地址|网址|联系|微信号|客服",
        r"\d{5,}|@|https?:|www\.|[路街道]\s*\d+\s*号|邮箱|电话|热线|客服",
    ),
    "how, where to click": (
        r"怎[么样]|咋|如何|步骤|流程|入口|路径|哪[里儿]|[在从]哪",
        r"点击|页面|设置|—|→|>|进入|提交|申请|联系|登录|通过|打开|关闭|勾选",
    ),
    "who": (
        r"谁|哪[家些个][^，。？]{0,4}(?:公司|部门|机构|人|方|平台)",
        r"公司|第三方|关联|合作|机构|部门|我们|人员|用户|商",
    ),
    "why, what for": (
        r"为什么|为啥|干[啥嘛吗什]|图[啥个什]|做[什啥]|用途|目的|原因|凭[什啥]",
        r"为了?|用于|以便|目的|因|由于|需要|以[向对为]",
    ),
    "whether": (
        r"吗|[么不没][？?]?$|能不能|可不可以|会不会|是不是|有没有|要不要|行不行|[是能可]否",
        r"不|可以?|能|会|将|应当?|须|得|有权|无需|无法",
    ),
}
EXPECTATIONS = tuple(Expectation(re.compile(asked), re.compile(held)) for asked, held in _KINDS.values())


def expectations_met(question: str, passage: str) -> list[float]:
    """Compare what a question wants with what a passage holds.

    Returns:
        For every kind two numbers: 1 where it is asked for and held, 1 where it is asked for and missing.

    >>> expectations_met("多久回复", "十五天内回复")[:2], expectations_met("多久回复", "我们会回复您")[:2]
    ([1.0, 0.0], [0.0, 1.0])
    """
    met: list[float] = []
    for asked, held in EXPECTATIONS:
        is_asked = asked.search(question) is not None
        is_held = is_asked and held.search(passage) is not None
        met += [float(is_held), float(is_asked and not is_held)]
    return met
