"""Which policies a question is put to: those that its asker chose, or that it names itself.

民法典第一千零四十三条 asks the 民法典 and nothing else; 《劳动法》第三十条, where no such law is served, must
not be answered from the thirtieth clause of another one. A question about 抖音 is not for 58同城.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.addresses import HAN
from ingest.policy import Policy

_STATE = "中华人民共和国"
_BRACKETS = re.compile(r"[《》〈〉“”\"「」]")
_PART = re.compile(r"[·•]")
_GENERIC = re.compile(
    r"(?:用户|会员|个人信息|隐私权?|服务|使用|平台|网站|软件|客户端|app|产品|儿童|注册|登录|账号|保护|处理|收集|共享|清单"
    r"|政策|协议|条款|声明|指引|指南|规则|规范|规定|须知|公约|说明|通知|总则|附则|及|和|与|的|一般|相关|\W)*",
    re.IGNORECASE,
)
_KIND = re.compile(r"(?:隐私|用户|服务|会员|个人信息|使用|注册|儿童|平台|软件).{0,14}$")
# What stands behind the owner of a policy: 微信怎么注销 asks its policy, 微信登录 may ask any.
_OWNS = r"的|里|中|上|对|把|会(?!员|议|话)|能|要|可以|怎么|如何|怎样|是否|有没有|多久|收集|app|平台|网|，|,|$"
_LENDS = r"登录|授权|绑定|支付|分享|账号登录|小程序|号登录"  # what any service may take from another
_NUMBER = rf"的?\s*第\s*(?:{HAN}|\d{{1,4}})\s*[编章节条款]"
_ELSEWHERE = re.compile(
    rf"《(?P<quoted>[^》]{{2,40}})》{_NUMBER}"
    rf"|(?P<bare>[\u4e00-\u9fff]{{1,20}}(?:法|法典|条例|办法|细则)){_NUMBER}"
)
_MIN_CHARS = 2


@dataclass(frozen=True, slots=True)
class Scope:
    """What an asker chose.

    Attributes:
        titles: titles of the policies; None for all.
        as_of: the day whose versions answer; None for today.
    """

    titles: frozenset[str] | None = None
    as_of: dt.date | None = None


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Named:
    """What a question says about where it is to be looked up.

    Attributes:
        policies: positions of the policies it names; None where it names none.
        rest: the question without these names, or all of it where nothing else is left.
        elsewhere: a law or policy that is not served and whose clause the question asks for; "" for none.
        service: a well-known service that the question is about and no served policy mentions; "" for none.
    """

    policies: frozenset[int] | None
    rest: str
    elsewhere: str
    service: str


class PolicyNames:
    """The names by which people call policies."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self._positions: dict[str, set[int]] = {}
        for position, policy in enumerate(policies):
            for name in _names_of(policy.title) | _owners_of(policy.title):
                self._positions.setdefault(name.casefold(), set()).add(position)
        titles = {name for policy in policies for name in _names_of(policy.title)}
        owners = {name for policy in policies for name in _owners_of(policy.title)} - titles
        texts = [policy.text.casefold() for policy in policies]
        others = [name for name in _services() if not any(name.casefold() in text for text in texts)]
        other = f"(?:{_any_of(others)})"
        about = (
            rf"^(?:请问|你好|在)?\W*(?P<first>{other})(?!{_LENDS})|(?P<owner>{other})(?={_OWNS}|号|账户|会员)"
        )
        self._others = re.compile(about, re.IGNORECASE)
        self._pattern = re.compile(rf"{_any_of(titles)}|(?:{_any_of(owners)})(?={_OWNS})", re.IGNORECASE)

    def read(self, question: str) -> Named:
        """Find the policies that a question names."""
        found = list(self._pattern.finditer(question))
        policies = frozenset(p for match in found for p in self._positions[match[0].casefold()])
        rest = question
        for match in reversed(found):
            rest = rest[: match.start()] + rest[match.end() :]
        rest = _BRACKETS.sub("", rest) if found else rest
        elsewhere = _ELSEWHERE.search(question)
        is_served = elsewhere is None or any(
            match.start() < elsewhere.end() and elsewhere.start() < match.end() for match in found
        )
        return Named(
            policies or None,
            rest if rest.strip() else question,
            "" if elsewhere is None or is_served else elsewhere["quoted"] or elsewhere["bare"],
            "" if found else self._other_service(question),
        )

    def _other_service(self, question: str) -> str:
        match = self._others.search(question)
        return match["first"] or match["owner"] if match else ""


def _services() -> list[str]:
    lines = (Path(__file__).parent / "other_services.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _any_of(names: Collection[str]) -> str:
    """A pattern for the longest of some names; for none where there are none."""
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)"


def _names_of(title: str) -> set[str]:
    """The names of a policy: its title and its parts. A title that any policy could have is no name.

    >>> sorted(_names_of("中华人民共和国民法典·总则编")), _names_of("隐私政策")
    (['中华人民共和国民法典', '中华人民共和国民法典·总则编', '总则编', '民法典', '民法典·总则编'], set())
    """
    whole = _BRACKETS.sub("", title).strip()
    short = whole.removeprefix(_STATE)
    names = {whole, short, *_PART.split(whole), *_PART.split(short)}
    return {name for name in names if len(name) >= _MIN_CHARS and not _GENERIC.fullmatch(name)}


def _owners_of(title: str) -> set[str]:
    """Whose policy it is, as far as the title says so.

    >>> _owners_of("58同城隐私政策")
    {'58同城'}
    """
    owner = _KIND.sub("", _BRACKETS.sub("", title).strip())
    return {owner} if len(owner) >= _MIN_CHARS and not _GENERIC.fullmatch(owner) else set()
