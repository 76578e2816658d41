"""A conversation as plain data, for the browser to keep, and back.

The browser's data is not trusted: what does not fit the form is dropped, and an answer whose quotes are no
longer in the policies comes back without its answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from answer.questions import MAX_QUESTION_CHARS
from answer.records import MAX_ANSWER_CHARS, MAX_CITATIONS, Answer, Citation
from web.feedback import REASONS
from web.places import Places
from web.talk import Turn

MAX_TURNS = 50
_MARK = re.compile(r"\[(\d+)\]$", re.MULTILINE)


class _Quote(BaseModel):
    n: int = Field(ge=0, le=MAX_CITATIONS)
    address: str = Field(max_length=40)
    policy: str
    version: str
    text: str


class _Kept(BaseModel):
    id: str = Field(pattern=r"^[0-9a-f]{16,64}$")
    question: str = Field(max_length=MAX_QUESTION_CHARS * 2)
    text: str = Field(max_length=MAX_ANSWER_CHARS)
    refused: bool
    mode: Literal["extractive", "model"]
    citations: list[_Quote] = Field(max_length=MAX_CITATIONS)
    related: list[_Quote] = Field(max_length=MAX_CITATIONS)
    suggestions: list[str] = Field(max_length=MAX_CITATIONS)
    vote: Literal["", "up", "down"]
    reason: Literal["", *REASONS]  # type: ignore[valid-type]


_ALL = TypeAdapter(list[_Kept])


def keep(turns: Sequence[Turn], places: Places) -> str:
    """Write the last MAX_TURNS turns as JSON; those without an answer are left out."""
    return _ALL.dump_json(
        [
            _Kept(
                id=turn.id,
                question=turn.question,
                text=turn.answer.text,
                refused=turn.answer.refused,
                mode=turn.answer.mode,
                citations=[_quote(c, places) for c in turn.answer.citations],
                related=[_quote(c, places) for c in turn.answer.related],
                suggestions=list(turn.suggestions),
                vote=turn.vote,
                reason=turn.reason,
            )
            for turn in turns[-MAX_TURNS:]
            if turn.answer
        ]
    ).decode()


def read_kept(kept: object, places: Places) -> list[Turn]:
    """Read what `keep` wrote. What is no such text gives an empty conversation."""
    if not isinstance(kept, str):
        return []
    try:
        rows = _ALL.validate_json(kept)
    except ValidationError:
        return []
    return [_turn(row, places) for row in rows[-MAX_TURNS:]]


def _turn(row: _Kept, places: Places) -> Turn:
    answer = _answer(row, places)
    if answer is None:
        return Turn(row.id, row.question, None, is_outdated=True)
    num_lines = row.text.count("\n") + 1
    return Turn(
        row.id, row.question, answer, num_lines, tuple(row.suggestions), vote=row.vote, reason=row.reason
    )


def _answer(row: _Kept, places: Places) -> Answer | None:
    """The answer, if all it rests on still stands where it stood."""
    cited = [citation for quote in row.citations if (citation := _citation(quote, places))]
    near = [citation for quote in row.related if (citation := _citation(quote, places))]
    if len(cited) < len(row.citations) or len(near) < len(row.related) or (row.refused and cited):
        return None
    numbers = {int(number) for number in _MARK.findall(row.text)}
    if not row.refused and not numbers <= set(range(1, len(cited) + 1)):
        return None
    return Answer(row.question, row.text, row.refused, row.mode, tuple(cited), tuple(near), 0.0)


def _quote(citation: Citation, places: Places) -> _Quote:
    policy = citation.policy
    address = places.address(policy, citation.clause, citation.span)
    return _Quote(
        n=citation.n,
        address=address,
        policy=policy.title,
        version=policy.version or "",
        text=citation.span.of(policy.text),
    )


def _citation(quote: _Quote, places: Places) -> Citation | None:
    """The citation of a quote, if it still stands where it stood."""
    place = places.read_address(quote.address)
    if place is None:
        return None
    policy = places.policies[place.policy]
    is_same = (policy.title, policy.version or "", place.quote.of(policy.text)) == (
        quote.policy,
        quote.version,
        quote.text,
    )
    try:
        return Citation(quote.n, policy, policy.clauses[place.clause], place.quote) if is_same else None
    except ValueError:
        return None
