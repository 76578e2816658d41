"""Clause numbers as people type them: 第七条（五）, 七(五), 7.5, 第五条（一）第9项, 3.2.15(5).

A number is looked up, never guessed by similarity. `index/search.py` asks `read_reference` what a question
names and `NumberIndex` which clauses have that number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.numerals import HAN_DIGITS, read_han
from ingest.policy import Policy

_HAN = f"[{HAN_DIGITS}]{{1,7}}"
_NAMED_UNITS = ("编", "分编", "部分", "章", "节", "条", "篇", "卷")
_SKIPPABLE = frozenset({"编", "分编", "部分", "章", "节", "篇", "卷"})
_PART = re.compile(
    rf"""\s*(?:第\s*[（(]?\s*(?P<unit_number>{_HAN}|\d{{1,4}})\s*[）)]?\s*(?P<unit>分编|编|部分|章|节|条|款|项|目|点|篇|卷)
    |[（(]\s*(?P<bracketed>{_HAN}|\d{{1,3}}|[a-zA-Z])\s*[）)]
    |(?P<decimal>\d{{1,3}}(?:[.．]\d{{1,3}})+)
    |(?P<digits>\d{{1,3}})\s*(?P<closed>[）)])?
    |(?P<han>{_HAN})
    |(?P<circled>[①-⑳]))\s*[、.．,，]?(?:之(?P<inserted>{_HAN}))?""",
    re.VERBOSE,
)
_FILLER = re.compile(
    r"(?:这|那)?(?:一)?(?:条|款|项|节|章)?(?:是|讲|说|写|规定|内容|原文|全文|的|了|什么|啥|哪些|怎么|如何|意思|请|帮我?|我|想|要|看看?|查一?下?|给|一下|在哪里?|呢|吗|呀|啊|里|中|条款|政策|隐私)*[\s？?。！!：:，,“”\"'《》]*"
)
_SHORT_QUERY_CHARS = 14


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a number: its value, and its unit where one is written (第七条 → 条)."""

    value: int
    unit: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A clause number found in a question.

    Attributes:
        steps: from the top down.
        is_whole: the question asks for nothing but the clause.
        text: the number as typed.
    """

    steps: tuple[Step, ...]
    is_whole: bool
    text: str


def read_reference(question: str) -> Reference | None:
    """Read the clause number a question names, if any.

    A bare number (三, 7) counts only where it is the whole question; two steps or a unit suffice elsewhere.

    >>> read_reference("第五条（一）第9项").steps
    (Step(value=5, unit='条'), Step(value=1, unit=''), Step(value=9, unit=''))
    >>> [step.value for step in read_reference("3.2.15(5)").steps], read_reference("我今年16岁")
    ([3, 2, 15, 5], None)
    """
    for start in _starts(question):
        steps, end = _read_steps(question, start)
        if not steps or not _is_explicit(steps, question, start, end):
            continue
        rest = question[:start] + question[end:]
        is_whole = bool(_FILLER.fullmatch(question[:start])) and bool(_FILLER.fullmatch(question[end:]))
        if len(steps) == 1 and not steps[0].unit and rest.strip(" ？?。"):
            continue
        return Reference(tuple(steps), is_whole, question[start:end].strip())
    return None


class NumberIndex:
    """Clauses by their number.

    Positions are the caller's: entry i is the i-th clause of all policies' clauses one after the other.
    """

    def __init__(self, policies: Sequence[Policy]) -> None:
        self._addresses = [_address(clause.path) for policy in policies for clause in policy.clauses]

    def find(self, reference: Reference) -> list[int]:
        """Find the entries with exactly this number, in document order; empty where there is none."""
        return [entry for entry, address in enumerate(self._addresses) if _matches(reference.steps, address)]

    def count_top(self) -> int:
        """The largest number a top clause or an article has."""
        values = [
            step.value for address in self._addresses for step in address[:1] if step.unit not in _SKIPPABLE
        ]
        articles = [step.value for address in self._addresses for step in address if step.unit == "条"]
        return max([*values, *articles], default=0)


def _starts(question: str) -> Iterator[int]:
    for match in re.finditer(rf"第\s*[（(]?\s*(?:{_HAN}|\d)|[（(]?(?:{_HAN}|\d+)|[①-⑳]", question):
        yield match.start()


def _read_steps(question: str, start: int) -> tuple[list[Step], int]:
    steps: list[Step] = []
    at = start
    while match := _PART.match(question, at):
        if match.end() == at:
            break
        steps.extend(_steps(match))
        at = match.end()
    return steps, at


def _steps(match: re.Match[str]) -> Iterator[Step]:
    if match["unit_number"]:
        unit = match["unit"] if match["unit"] in _NAMED_UNITS else ""
        yield Step(_value(match["unit_number"]), unit)
    elif match["decimal"]:
        yield from (Step(int(part), "") for part in re.split(r"[.．]", match["decimal"]))
    elif match["circled"]:
        yield Step(ord(match["circled"]) - ord("①") + 1, "")
    else:
        yield Step(_value(match["bracketed"] or match["digits"] or match["han"]), "")


def _is_explicit(steps: Sequence[Step], question: str, start: int, end: int) -> bool:
    """Tell a clause number from an amount: 第七条, 七（五） and 7.5 are, 3天 and 16岁 are not."""
    if steps[0].unit:
        return True
    behind = question[end : end + 1]
    if behind and re.match(r"[天日月年岁元个%％位次人分秒小时万亿块号级代版度Gg]", behind):
        return False
    if len(steps) == 1:
        return question.strip(" ？?。") == question[start:end].strip()
    written = question[start:end]
    return bool(re.search(r"[（(）)、.．]", written)) and len(question) - (end - start) <= _SHORT_QUERY_CHARS


def _address(path: Sequence[str]) -> tuple[Step, ...]:
    """The path of a clause as steps; a decimal that repeats its parents' numbers stands for them."""
    steps: list[Step] = []
    for marker in path:
        values = _marker_steps(marker)
        if len(values) > 1:
            repeated = [step.value for step in values[:-1]]
            tail = [step.value for step in steps[-len(repeated) :]]
            values = values[-1:] if tail == repeated else values
        steps.extend(values)
    return tuple(steps)


def _marker_steps(marker: str) -> list[Step]:
    match = _PART.fullmatch(marker)
    return list(_steps(match)) if match else []


def _matches(wanted: Sequence[Step], address: Sequence[Step]) -> bool:
    """Tell whether a number ends in a clause; 编, 章, 节 above an article may be left out."""
    if not address or not _fits(wanted[-1], address[-1]):
        return False
    position = len(address) - 1
    for step in reversed(wanted):
        while position >= 0 and not _fits(step, address[position]):
            if address[position].unit not in _SKIPPABLE:
                return False
            position -= 1
        if position < 0:
            return False
        position -= 1
    return all(step.unit in _SKIPPABLE for step in address[: position + 1])


def _fits(wanted: Step, step: Step) -> bool:
    units_fit = not wanted.unit or wanted.unit == step.unit or (wanted.unit == "条" and not step.unit)
    return wanted.value == step.value and units_fit


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    if number.isascii():
        return ord(number.lower()) - ord("a") + 1
    return read_han(number)
