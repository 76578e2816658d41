"""A clause's number as steps from the top down, and how a written number names a clause.

`ingest/references.py` resolves references inside a policy with it, `index/numbers.py` what people type:
第七条（五）, 七(五) and 7.5 are the same steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.numerals import CIRCLED, HAN_DIGITS, read_han
from ingest.policy import Clause, Policy

HAN = f"[{HAN_DIGITS}]{{1,7}}"
MAX_STEPS = 10  # no policy is nested deeper, and a question may be made of numbers
_DIVISIONS = frozenset({"编", "分编", "部分", "章", "节", "篇", "卷"})
_STEP = re.compile(
    rf"""\s*(?:第\s*[（(]?\s*(?P<named>{HAN}|\d{{1,4}})\s*[）)]?\s*(?P<unit>分编|编|部分|章|节|条|款|项|目|点|篇|卷)
    |[（(]\s*(?P<bracketed>{HAN}|\d{{1,3}}|[a-zA-Z])\s*[）)]
    |(?P<decimal>\d{{1,3}}(?:[.．]\d{{1,3}}){{1,9}})
    |(?P<digits>\d{{1,3}})\s*[）)]?
    |(?P<letter>[a-zA-Z])\s*[）)]?(?![a-zA-Z])
    |(?P<han>{HAN})
    |(?P<circled>[{CIRCLED}]))(?:之(?P<inserted>{HAN}))?""",
    re.VERBOSE,
)
_STOP = re.compile(r"\s*(?:[、.．,，]|的(?=\s*(?:第|[（(]|\d+\s*[）)])))?")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a number.

    Attributes:
        value: its number.
        unit: the unit that is written with it, e.g. "条"; "" for none.
        inserted: the Y of 第X条之Y, 0 for none.
    """

    value: int
    unit: str = ""
    inserted: int = 0


def read_steps(text: str, at: int) -> tuple[list[Step], int]:
    """Read the steps that stand one behind the other at a position, until there are MAX_STEPS.

    Returns:
        The steps, and where the last one ends; no steps and `at` where none stands there.

    >>> read_steps("第四条（二）第8项的规定", 0)
    ([Step(value=4, unit='条', inserted=0), Step(value=2, unit='', inserted=0),
    Step(value=8, unit='项', inserted=0)], 9)
    """
    steps: list[Step] = []
    end, following = at, at
    while len(steps) < MAX_STEPS and (match := _STEP.match(text, following)):
        steps.extend(_steps(match))
        end = match.end()
        stop = _STOP.match(text, end)
        following = stop.end() if stop else end
    return steps, end


def address_of(path: Sequence[str]) -> tuple[Step, ...]:
    """The path of a clause as steps; a decimal that repeats its parents' numbers stands for them.

    >>> [step.value for step in address_of(["五", "4", "4.1", "（g）"])]
    [5, 4, 1, 7]
    """
    steps: list[Step] = []
    for marker in path:
        match = _STEP.fullmatch(marker)
        values = list(_steps(match)) if match else []
        above = [step.value for step in steps]
        while len(values) > 1 and above[-len(values) + 1 :] == [step.value for step in values[:-1]]:
            values = values[-1:]
        steps.extend(values)
    return tuple(steps)


def is_named(wanted: Sequence[Step], address: Sequence[Step]) -> bool:
    """Tell whether a written number names the clause at an address.

    Divisions above an article (编, 章, 节) may be left out; everything else must be there.
    """
    if not address or not _fits(wanted[-1], address[-1]):
        return False
    position = len(address) - 1
    for step in reversed(wanted):
        while position >= 0 and not _fits(step, address[position]):
            if address[position].unit not in _DIVISIONS:
                return False
            position -= 1
        if position < 0:
            return False
        position -= 1
    return all(step.unit in _DIVISIONS for step in address[: position + 1])


def find_named(policy: Policy, addresses: Sequence[Sequence[Step]], wanted: Sequence[Step]) -> list[Clause]:
    """Find the clauses of a policy that a number names.

    In a law 第X款 is a paragraph of an article, which has no number of its own: then the article is found.

    Args:
        policy: the policy.
        addresses: `address_of` every clause, in the order of `policy.clauses`.
        wanted: the steps of the number, at least one.
    """
    paragraph = next((step.value for step in wanted if step.unit == "款"), 0)
    if paragraph and any(step.unit == "条" for address in addresses for step in address):
        without = [step for step in wanted if step.unit != "款"]
        whole = find_named(policy, addresses, without) if without else []
        is_last = wanted[-1].unit == "款"
        return [clause for clause in whole if not is_last or has_paragraph(clause, paragraph)]
    return [clause for clause in policy.clauses if is_named(wanted, addresses[clause.position])]


def has_paragraph(clause: Clause, number: int) -> bool:
    """Tell whether a clause has that many paragraphs of its own."""
    return 1 <= number <= clause.text.count("\n") + 1


def is_division(step: Step) -> bool:
    """Tell whether a step names a division above articles."""
    return step.unit in _DIVISIONS


def _fits(wanted: Step, step: Step) -> bool:
    if (wanted.value, wanted.inserted) != (step.value, step.inserted):
        return False
    # 第三部分 and 第三章 are also said of clauses that are only numbered 三、.
    return wanted.unit in ("", step.unit) or not step.unit


def _steps(match: re.Match[str]) -> Iterator[Step]:
    inserted = read_han(match["inserted"]) if match["inserted"] else 0
    if match["named"]:
        yield Step(_value(match["named"]), match["unit"], inserted)
    elif match["decimal"]:
        yield from (Step(int(part)) for part in re.split(r"[.．]", match["decimal"]))
    elif match["circled"]:
        yield Step(CIRCLED.index(match["circled"]) + 1)
    else:
        written = match["bracketed"] or match["digits"] or match["letter"] or match["han"]
        yield Step(_value(written), "", inserted)


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    return ord(number.lower()) - ord("a") + 1 if number.isascii() else read_han(number)
