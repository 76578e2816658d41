"""How an answer comes about, for fronts that show it while it does: the page, the command line, an API.

A sentence is checked before it becomes an event. Every run of events ends with exactly one `Finished`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from answer.records import Answer


@dataclass(frozen=True, slots=True)
class Verified:
    """A sentence of the model that passed all checks.

    Attributes:
        sentence: the sentence with its citation marks.
        so_far: the answer up to and with it.
    """

    sentence: str
    so_far: Answer


@dataclass(frozen=True, slots=True)
class Replaced:
    """The model failed, or nothing it wrote holds: what was shown so far makes room for the policy's words.

    Attributes:
        why: one Chinese line.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer."""

    answer: Answer


Event: TypeAlias = Verified | Replaced | Finished
