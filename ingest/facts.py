"""Facts of a policy as its text states them: title, update date, effective date.

`ingest/parse.py` is the only caller. Only the text before the first clause and the last lines are read: dates
elsewhere belong to the matter, not to the document.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Facts:
    """What a policy says of itself; None where it does not say."""

    title: str | None
    updated: dt.date | None
    effective: dt.date | None


def read_facts(lines: Sequence[Line]) -> Facts:
    """Read title and dates from the head and the tail of a file."""
    texts = [line for line in lines if line.kind is LineKind.TEXT]
    head = [line.clean for line in texts[:_NUM_HEAD_LINES]]
    near = head + [line.clean for line in texts[_NUM_HEAD_LINES:][-_NUM_TAIL_LINES:]]
    return Facts(_title(texts[:_NUM_HEAD_LINES]), _first_date(_UPDATED, near), _first_date(_EFFECTIVE, near))


def _title(lines: Sequence[Line]) -> str | None:
    """The first heading that names a kind of document, else the first line that does."""
    for candidates in ([line for line in lines if line.heading], lines):
        for line in candidates:
            text = _ANY_DATE.sub("", re.sub(r"\s+", " ", line.clean)).strip(" _")
            fits = 0 < len(text) <= _MAX_TITLE_CHARS and not read_markers(line.clean) and not line.bullet
            if fits and _TITLE_WORDS.search(text) and not _NOT_TITLE.search(text):
                return text.strip("《》 ") if text.count("《") <= 1 else text
    return None


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
