"""Figures: every date, duration, age, amount, share and number of a sentence stands in the cited clauses.

Besides the value its meaning counts: 生效 and 更新 belong to their own dates, 未满 and 年满 to their own
ages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DATE = re.compile(
    r"(?<!\d)(?:(?P<year>\d{4})(?:年|[-/.](?=\d{1,2}[-/.]\d)))?(?P<month>\d{1,2})(?:月(?!份)|[-/.])(?P<day>\d{1,2})(?:日|号)?(?!\d)"
    r"|(?<!\d)(?P<only_year>\d{4})年(?:(?P<only_month>\d{1,2})月)?"
)
_NUMBER = re.compile(
    r"(?<![\d.a-z@_-])(?P<value>\d+(?:\.\d+)?)(?P<scale>万|亿)?"
    r"(?P<unit>个工作日|工作日|个小时|小时|分钟|秒|个月|个星期|星期|礼拜|周岁|岁|周|天|日|年|月|元|块|角|倍|成|折|%|"
    r"大类|大|条|款|项|章|节|层|楼|号|室|次|家|名|位|种|类|份|页|人)?"
)
_SAME_UNITS = {
    "个工作日": "工作日",
    "个小时": "小时",
    "个月": "月",
    "周岁": "岁",
    "日": "天",
    "块": "元",
    "楼": "层",
    "大类": "类",
    "大": "类",
    "种": "类",
    "名": "人",
    "位": "人",
}
_WEEKS = frozenset({"周", "星期", "个星期", "礼拜"})
_AT_MOST = re.compile(r"(?:不超过|不会超过|未满|不满|不足|低于|少于|最多|最长|至多|不多于|小于)[^,。;]{0,4}$")
_AT_LEAST = re.compile(
    r"(?:(?<!不)(?<!不会)超过|年满|已满|(?<![未不])满|至少|最少|不少于|不低于|高于|大于)[^,。;]{0,4}$"
)
_AT_MOST_AFTER = re.compile(r"^(?:以下|以内|之内|内|及以下)")
_AT_LEAST_AFTER = re.compile(r"^(?:以上|及以上|起)")
_COUNT = re.compile(r"(\d+)([项家种类个人])")
_EVENTS = (("生效", "施行", "实施"), ("更新", "修订", "修改", "发布", "公布"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is compared.

    Attributes:
        value: value and unit, e.g. "15天" or "2021-11-16"; unknown parts of a date are "*".
        bound: "most" for 不超过 and 以下, "least" for 以上 and 年满, else "".
        event: what happens on a date: 0 for taking effect, 1 for a change, None where nothing is said.
    """

    value: str
    bound: str = ""
    event: int | None = None


def read_figures(text: str) -> list[Figure]:
    """Read the figures of a normalised text in the order they stand.

    >>> [figure.value for figure in read_figures("2021年11月8日更新,15天内,不超过1个月,18周岁,2周")]
    ['2021-11-8', '15天', '1月', '18岁', '14天']
    """
    figures, rest = [], []
    at = 0
    for match in _DATE.finditer(text):
        if _is_date(match):
            figures.append(Figure(_written_date(match), event=_event(text, match)))
            rest.append((at, match.start()))
            at = match.end()
    rest.append((at, len(text)))
    for start, end in rest:
        figures.extend(_numbers(text, start, end))
    return figures


def unsupported_figures(sentence: str, clauses: str, known: str) -> list[str]:
    """Find the figures of a sentence that its clauses do not have.

    Args:
        sentence: normalised, without contacts, clause numbers and citation marks.
        clauses: the cited clauses, normalised likewise.
        known: names whose digits are no figures, e.g. the title of the policy.

    Returns:
        The values without support, in the order of the sentence.
    """
    held = read_figures(clauses)
    names = set(re.findall(r"\d+", known))
    return [
        figure.value
        for figure in read_figures(sentence)
        if figure.value not in names
        and not any(_supports(other, figure) for other in held)
        and not _is_count(figure, held, clauses)
    ]


def _is_count(said: Figure, held: list[Figure], clauses: str) -> bool:
    """Tell whether a number counts a list of the clauses (七项原则) that they do not count themselves."""
    match = _COUNT.fullmatch(said.value)
    if not match or any(other.value.endswith(match[2]) for other in held):
        return False
    lists = re.split(r"[,。;:\n]", clauses)
    return any(part.count("、") + 1 == int(match[1]) for part in lists if "、" in part)


def _supports(held: Figure, said: Figure) -> bool:
    if held.bound and said.bound and held.bound != said.bound:
        return False
    if held.event is not None and said.event is not None and held.event != said.event:
        return False
    if "-" in said.value:
        said_parts, held_parts = said.value.split("-"), held.value.split("-")
        return len(held_parts) == 3 and all(
            said_part in ("*", held_part) for said_part, held_part in zip(said_parts, held_parts, strict=True)
        )
    return held.value == said.value


def _is_date(match: re.Match[str]) -> bool:
    if match["only_year"]:
        return True
    in_range = 1 <= int(match["month"]) <= 12 and 1 <= int(match["day"]) <= 31
    return in_range and (match["year"] is not None or "月" in match[0])


def _written_date(match: re.Match[str]) -> str:
    if match["only_year"]:
        return f"{match['only_year']}-{int(match['only_month']) if match['only_month'] else '*'}-*"
    return f"{match['year'] or '*'}-{int(match['month'])}-{int(match['day'])}"


def _event(text: str, match: re.Match[str]) -> int | None:
    """What the words around a date, up to the next comma, say that happens."""
    before = re.split(r"[,。;\n]", text[: match.start()])[-1][-12:]
    after = re.split(r"[,。;\n]", text[match.end() :])[0][:6]
    for around in (after, before):
        for event, words in enumerate(_EVENTS):
            if any(word in around for word in words):
                return event
    return None


def _numbers(text: str, start: int, end: int) -> Iterator[Figure]:
    for match in _NUMBER.finditer(text, start, end):
        value, unit = float(match["value"]), match["unit"] or ""
        following = text[match.end() : match.end() + 1]
        if not unit and following.isascii() and following.isalpha():
            continue  # part of a name such as 58app
        value *= {"万": 1e4, "亿": 1e8}.get(match["scale"] or "", 1)
        if unit in _WEEKS:
            value, unit = value * 7, "天"
        written = f"{value:g}" if value < 1e6 else str(int(value))
        yield Figure(written + _SAME_UNITS.get(unit, unit), _bound(text, match))


def _bound(text: str, match: re.Match[str]) -> str:
    before, after = text[max(0, match.start() - 8) : match.start()], text[match.end() : match.end() + 4]
    if _AT_MOST.search(before) or _AT_MOST_AFTER.search(after):
        return "most"
    return "least" if _AT_LEAST.search(before) or _AT_LEAST_AFTER.search(after) else ""
