"""Facts of a policy as its text states them: title, issuer, document number, dates.

`ingest/parse.py` is the only caller. Only the text before the first clause and the last lines are read: dates
elsewhere belong to the matter, not to the document.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from ingest.lines import Line, LineKind
from ingest.markers import read_markers
from ingest.numerals import read_han

_TITLE_WORDS = re.compile(
    r"政策|协议|条款|声明|规则|办法|条例|规定|指引|公约|须知|细则|制度|章程|守则|准则|说明|通知|法$"
)
_NOT_TITLE = re.compile(r"[。；，,;]|^(?:引言|目录|提示|Apkid|版本|更新|生效|发布)|(?:请|阅读|了解)")
_MAX_TITLE_CHARS = 40
_NUM_HEAD_LINES = 60
_NUM_TAIL_LINES = 12
_NUM_TOP_LINES = 12
_DATE = (
    r"(?P<{p}year>\d{{4}}|[〇零一二三四五六七八九]{{4}})\s*[年./-]\s*"
    r"(?P<{p}month>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s*[月./-]\s*"
    r"(?P<{p}day>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s*日?"
)
_BEFORE, _BEHIND = _DATE.format(p="a"), _DATE.format(p="b")
_ANY_DATE = re.compile(_BEFORE)
_EFFECTIVE = re.compile(
    rf"(?:生效(?:日期|时间)?|上线时间|施行(?:日期)?|实施日期)\s*[为是:：]?\s*{_BEFORE}"
    rf"|自?\s*{_BEHIND}\s*起?(?:正式)?(?:生效|施行|实施)"
)
_UPDATED = re.compile(
    rf"(?:更新|修订|发布|公布|修改)(?:日期|时间)?\s*[为是:：]?\s*{_BEFORE}"
    rf"|{_BEHIND}\s*(?:更新|修订|发布|公布|通过)"
)


_ISSUER = re.compile(
    r"(?:发布(?:机关|单位|者)|制定(?:机关|单位)|运营(?:者|主体)|(?<!信息)主体)\s*[:：]\s*(?P<a>[^\s，。；（(]{4,40})"
    r"|(?P<b>全国人民代表大会(?:常务委员会)?|国务院(?!令))(?=[^，。]{0,12}(?:通过|公布|发布))"
)
_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{2,12}[〔\[［(（]\s*\d{4}\s*[〕\]］)）]\s*\d{1,4}\s*号|[\u4e00-\u9fff]{2,24}令\s*第?\s*\d{1,4}\s*号"
)
_SUPERSEDES = re.compile(r"(?:原)?《(?P<title>[^》]{2,50})》(?:[（(][^）)]{0,40}[）)])?\s*同时(?:废止|失效)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a policy; None where nothing is. Fields as in `Policy`."""

    title: str | None = None
    issuer: str | None = None
    number: str | None = None
    updated: dt.date | None = None
    effective: dt.date | None = None
    supersedes: str | None = None

    def or_else(self, other: Facts) -> Facts:
        """Fill what is unknown here from other facts."""
        known = {name: value for name, value in asdict(self).items() if value is not None}
        return replace(other, **known)


def read_facts(lines: Sequence[Line]) -> Facts:
    """Read facts from the head and the tail of a file."""
    texts = [line for line in lines if line.kind is LineKind.TEXT]
    head = [line.clean for line in texts[:_NUM_HEAD_LINES]]
    near = head + [line.clean for line in texts[_NUM_HEAD_LINES:][-_NUM_TAIL_LINES:]]
    top = head[:_NUM_TOP_LINES]
    return Facts(
        title=_title(texts[:_NUM_HEAD_LINES]),
        issuer=_first(_ISSUER, near),
        number=_first(_NUMBER, [line for line in top if len(line) <= _MAX_TITLE_CHARS]),
        updated=_first_date(_UPDATED, near),
        effective=_first_date(_EFFECTIVE, near),
        supersedes=_first(_SUPERSEDES, near),
    )


def _title(lines: Sequence[Line]) -> str | None:
    """The first heading that names a kind of document, else the first line that does."""
    for candidates in ([line for line in lines if line.heading], lines):
        for line in candidates:
            text = _ANY_DATE.sub("", re.sub(r"\s+", " ", line.clean)).strip(" _")
            fits = 0 < len(text) <= _MAX_TITLE_CHARS and not read_markers(line.clean) and not line.bullet
            if fits and _TITLE_WORDS.search(text) and not _NOT_TITLE.search(text):
                return text.strip("《》 ") if text.count("《") <= 1 else text
    return None


def _first(pattern: re.Pattern[str], texts: Iterable[str]) -> str | None:
    """The first group that matched, or the whole match, of the first text that matches."""
    match = next(filter(None, map(pattern.search, texts)), None)
    return next((group for group in match.groups() if group), match[0]) if match else None


def _first_date(pattern: re.Pattern[str], texts: Iterable[str]) -> dt.date | None:
    for text in texts:
        for match in pattern.finditer(text):
            day = _date(match)
            if day:
                return day
    return None


def _date(match: re.Match[str]) -> dt.date | None:
    parts = {name[1:]: value for name, value in match.groupdict().items() if value}
    try:
        return dt.date(*(_number(parts[name]) for name in ("year", "month", "day")))
    except ValueError:  # 2021年13月1日 is a typing error, not a date
        return None


def _number(text: str) -> int:
    return int(text) if text.isdigit() else read_han(text)
