"""What an answer is: `Answer` with its `Citation`s. The fronts show it; `web/wire.py` writes it as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from index.search import Hit
from ingest.lines import tidy
from ingest.policy import Clause, Policy, Span

MAX_CITATIONS = 6
MAX_ANSWER_CHARS = 600

Mode: TypeAlias = Literal["extractive", "model"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote from a clause.

    Attributes:
        n: its number in the answer, from 1; 0 in `Answer.related`, which is not cited.
        policy: the policy quoted.
        clause: the clause quoted.
        span: where the quote stands in the policy's text.
    """

    n: int
    policy: Policy
    clause: Clause
    span: Span

    def __post_init__(self) -> None:
        if not any(own.start <= self.span.start and self.span.end <= own.end for own in self.clause.own):
            raise ValueError(
                f"[{self.span.start}, {self.span.end}) is no text of clause {self.clause.label!r}"
            )

    @property
    def quote(self) -> str:
        """The quote made readable: white space and emphasis aside, it is the policy's text."""
        return tidy(self.span.of(self.policy.text))


@dataclass(frozen=True, slots=True)
class Checks:
    """What became of the sentences that a language model wrote.

    Attributes:
        num_checked: sentences that were checked.
        num_shown: those of them that the answer has.
        num_repaired: those shown whose citation was put right.
        left_out: how many were not shown, by the check they failed, or "room" where there was none left.
        replaced_because: why the policy is quoted instead, a Chinese line; empty where it is not.
    """

    num_checked: int
    num_shown: int
    num_repaired: int
    left_out: tuple[tuple[str, int], ...]
    replaced_because: str = ""


NO_CHECKS = Checks(0, 0, 0, ())


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer or a refusal.

    Attributes:
        question: as asked.
        text: what is said; [n] names a citation.
        refused: the policies do not say.
        mode: who wrote the text: "extractive" is made of quotes only.
        citations: what the text rests on, in order of their numbers; none for a refusal.
        related: for a refusal, the nearest clauses; they are not claimed to answer.
        elapsed_ms: time taken, in milliseconds.
        checks: what became of the model's sentences; None where no model was asked.
        stages: milliseconds by stage; not part of what is said.
    """

    question: str
    text: str
    refused: bool
    mode: Mode
    citations: tuple[Citation, ...]
    related: tuple[Citation, ...]
    elapsed_ms: float
    checks: Checks | None = None
    stages: Mapping[str, float] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.refused and self.citations:
            raise ValueError("a refusal has no citations")
        if len(self.citations) > MAX_CITATIONS or len(self.text) > MAX_ANSWER_CHARS:
            raise ValueError(f"{len(self.citations)} citations and {len(self.text)} characters are too many")


def cite_window(hit: Hit) -> Citation | None:
    """The best window of a hit as an unnumbered citation; None where the clause has no text of its own."""
    return Citation(0, hit.policy, hit.clause, hit.window.span) if hit.window else None
