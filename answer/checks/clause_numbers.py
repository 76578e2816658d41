"""Clause numbers: 第七条（五） in a sentence is the cited clause, one above it, or one its text names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.addresses import address_of, read_steps
from ingest.policy import Clause, Policy

_START = re.compile(
    r"(?:《(?P<title>[^》]{2,60})》)?(?P<scope>本条)?(?=第[(]?[\d零〇一二两三四五六七八九十百千]+[)]?[条款项章节])"
)
_STOPS = re.compile(r"[,。;:!?\n]")


@dataclass(frozen=True, slots=True)
class NamedClause:
    """A clause number in a text.

    Attributes:
        title: the document it belongs to, where one is named in front of it.
        is_relative: it counts from the article it stands in (本条第一款).
        values: its steps from the top down.
        written: as it stands in the text.
    """

    title: str
    is_relative: bool
    values: tuple[int, ...]
    written: str


def read_clause_numbers(text: str) -> tuple[list[NamedClause], str]:
    """Read the clause numbers of a normalised text.

    Returns:
        The numbers, and the text without them.

    >>> numbers, rest = read_clause_numbers("按第7条(五)的规定,见本条第1款")
    >>> [number.values for number in numbers], rest
    ([(7, 5), (1,)], '按 的规定,见 ')
    """
    numbers: list[NamedClause] = []
    kept, at = "", 0
    while match := _START.search(text, at):
        stop = _STOPS.search(text, match.end())
        steps, end = read_steps(text[: stop.start() if stop else len(text)], match.end())
        kept += text[at : match.start()] + " "
        at = max(end, match.end() + 1)
        numbers.append(
            NamedClause(
                match["title"] or "",
                bool(match["scope"]) or steps[0].unit in ("款", "项"),
                tuple(step.value for step in steps),
                text[match.end() : end],
            )
        )
    return numbers, kept + text[at:]


def unsupported_numbers(
    said: list[NamedClause], held: list[NamedClause], policy: Policy, clause: Clause
) -> list[str]:
    """The clause numbers of a sentence that are neither the clause's own nor named by its text."""
    article = address_of(clause.path)[:1]
    own = [tuple(step.value for step in address_of(c.path)) for c in (clause, *policy.ancestors(clause))]
    named = [number.values for number in held]
    named += [(*(step.value for step in article), *number.values) for number in held if number.is_relative]
    return [
        number.written
        for number in said
        if number.values not in named and (_is_foreign(number, policy) or number.values not in own)
    ]


def _is_foreign(number: NamedClause, policy: Policy) -> bool:
    return bool(number.title) and number.title not in policy.title.lower()
