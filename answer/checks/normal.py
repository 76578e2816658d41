"""One way of writing for sentences and clauses before they are compared. Used by every check.

Full-width forms become half-width, letters lower case, Chinese numerals before a unit Arabic ones:
十五天 and １５天 are both 15天. Nothing here knows what a check looks for.
"""

from __future__ import annotations

import re
import unicodedata

from ingest.numerals import HAN_DIGITS, read_han

_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]+\)")
_SPACES = re.compile(r"(?<=[^a-z0-9])[^\S\n]+|[^\S\n]+(?=[^a-z0-9])", re.IGNORECASE)
_NUMERAL = f"[{HAN_DIGITS}]{{1,7}}"
_UNITS = (
    "个工作日|工作日|个小时|小时|分钟|秒|个月|个星期|星期|礼拜|周岁|周(?!边|围|期)|岁|天|日(?!志|历|常|益)|年|月|"
    "万|亿|元|块|角|倍|成(?!为|功|员|年|立|交)|折|%|条(?!款|件|例)|款(?!项)|项|章|节|层|楼|号|室|次|家|名|位|种|类|大类|份|页|人"
)
_HAN_FIGURE = re.compile(rf"({_NUMERAL})(?=大?(?:{_UNITS}))")
_HAN_PERCENT = re.compile(rf"百分之({_NUMERAL})")
_HAN_YEAR = re.compile(r"[零〇一二两三四五六七八九]{4}(?=年)")
_HALF = re.compile(r"半(个月|年|小时|天)")
_HALVES = {"个月": "15天", "年": "6个月", "小时": "30分钟", "天": "12小时"}
_ARTICLE_UNITS = "次家名位种类份页人条款项"  # 一位, 一种: an article rather than a number


def normalise(text: str) -> str:
    """Write a text the one way.

    >>> normalise("１５天内，百分之五，半年，第二十七条，二〇二一年十一月八日，一种方式")
    '15天内,5%,6个月,第27条,2021年11月8日,一种方式'
    """
    plain = unicodedata.normalize("NFKC", _LINK.sub(r"\1", text)).lower().replace("*", "")
    plain = _SPACES.sub("", plain)
    plain = _HAN_YEAR.sub(lambda match: str(read_han(match[0])), plain)
    plain = _HAN_PERCENT.sub(lambda match: f"{read_han(match[1])}%", plain)
    plain = _HALF.sub(lambda match: _HALVES[match[1]], plain)
    return _HAN_FIGURE.sub(_arabic, plain)


def split_segments(text: str) -> list[str]:
    """Cut a normalised text at its commas, full stops and line breaks; nothing empty is returned."""
    return [part for part in re.split(r"[,。;:!?…\n]+", text) if part.strip()]


def _arabic(match: re.Match[str]) -> str:
    written = match[1]
    following = match.string[match.end()]
    before = match.string[match.start() - 1] if match.start() else ""
    is_article = written == "一" and following in _ARTICLE_UNITS and before != "第"
    return written if is_article else str(read_han(written))
