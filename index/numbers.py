"""Clause numbers as people type them: 第七条（五）, 七(五), 7.5, 第四条（二）第8项, 2.1.7(3).

A number is looked up, never guessed by similarity. `index/search.py` asks `read_number` what a question
names and `NumberIndex` which clauses have that number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.addresses import HAN, Step, address_of, find_named, is_division, read_steps
from ingest.policy import Policy

_START = re.compile(rf"第\s*[（(]?\s*(?:{HAN}|\d)|[（(]?(?:{HAN}|\d+)|[①-⑳]")
_QUANTITY = re.compile(r"[天日月年岁元个%％位次人分秒小时万亿块号级代版度Gg]")
_FILLER = re.compile(  # possessive: 条款 can be read in two ways, and thirty of them in a billion
    r"(?:这|那|一下?|哪些?|条款?|款|项|节|章|政策|隐私|是不是|是|讲|说|写|念|规定|内容|原文|全文|的|了|什么|啥|怎么|如何|意思"
    r"|请问?|麻烦|帮|我|客户|让|想|要|看|查|调|找|下|给|在哪|里|呢|吗|呀|啊|中|关于|具体|[\s\W_])*+"
)
_MAX_BESIDE_CHARS = 14


@dataclass(frozen=True, slots=True)
class ClauseNumber:
    """A clause number found in a question.

    Attributes:
        steps: from the top down.
        is_whole: the question asks for the clause itself: there is nothing beside the number that says more,
            or the number is so exact (第七条（五）) and the rest so short that the clause answers it.
        text: the number as typed.
    """

    steps: tuple[Step, ...]
    is_whole: bool
    text: str


def read_number(question: str) -> ClauseNumber | None:
    """Read the clause number a question names, if any.

    A bare number (三, 7) counts only where it is the whole question; two steps or a unit suffice elsewhere.

    >>> [step.value for step in read_number("2.1.7(3)").steps], read_number("我今年16岁")
    ([2, 1, 7, 3], None)
    """
    for match in _START.finditer(question):
        start = match.start()
        steps, end = read_steps(question, start)
        if steps and _is_clause_number(steps, question, start, end):
            beside = (question[:start], question[end:])
            is_exact = len(steps) > 1 and len("".join(beside)) <= _MAX_BESIDE_CHARS
            is_whole = is_exact or all(_FILLER.fullmatch(rest) for rest in beside)
            return ClauseNumber(tuple(steps), is_whole, question[start:end].strip())
    return None


class NumberIndex:
    """Clauses by their number.

    Positions are the caller's: entry i is the i-th clause of all policies' clauses one after the other.
    """

    def __init__(self, policies: Sequence[Policy]) -> None:
        self._policies = tuple(policies)
        self._addresses = [[address_of(clause.path) for clause in policy.clauses] for policy in policies]

    def find(self, number: ClauseNumber) -> list[int]:
        """Find the entries with exactly this number, in document order; empty where there is none."""
        return list(self._find(number))

    def last_top(self, policy: Policy) -> int:
        """The largest number among the top clauses of a policy, or among its articles if it has any."""
        addresses = self._addresses[self._policies.index(policy)]
        articles = [step.value for address in addresses for step in address if step.unit == "条"]
        tops = [
            address[0].value for address in addresses if len(address) == 1 and not is_division(address[0])
        ]
        return max(articles or tops, default=0)

    def _find(self, number: ClauseNumber) -> Iterator[int]:
        first = 0
        for policy, addresses in zip(self._policies, self._addresses, strict=True):
            for clause in find_named(policy, addresses, number.steps):
                yield first + clause.position
            first += len(policy.clauses)


def _is_clause_number(steps: Sequence[Step], question: str, start: int, end: int) -> bool:
    """Tell a clause number from an amount: 第七条, 七（五） and 7.5 are, 3天 and 16岁 are not."""
    if steps[0].unit:
        return True
    if _QUANTITY.match(question, end):
        return False
    if len(steps) == 1:
        return question.strip(" ？?。") == question[start:end].strip()
    written = question[start:end]
    return bool(re.search(r"[（(）)、.．]", written)) and len(question) - len(written) <= _MAX_BESIDE_CHARS
