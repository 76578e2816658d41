"""A sentence that a model wrote → shown as it is, shown with a repaired citation, or left out.

`answer/checked_writer.py` calls `Verifier.verify` for every sentence. All checks run against the
union of the cited clauses; one failure suffices. Where they hardly cover a sentence and exactly one other
clause that was given fits, that one is cited instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from threadpoolctl import ThreadpoolController

from answer.checks.actors import agent_of, unknown_actors
from answer.checks.clause_numbers import unsupported_numbers
from answer.checks.contacts import unsupported_contacts
from answer.checks.coverage import Comparison, CoverageModel, read_wording
from answer.checks.figures import unsupported_figures
from answer.checks.given import GivenClause, Reading, issuer_of, read
from answer.checks.marks import read_marks
from answer.checks.polarity import flipped_predicates, nearest
from index.encoder import Encoder

Kind: TypeAlias = Literal["citation", "figure", "contact", "clause_number", "polarity", "actor", "coverage"]
_READER = "您"
_DOUBTFUL = 0.5  # below this probability of being covered by what it cites, a better clause is looked for
_MIN_REPAIR = 0.8  # the probability that clause needs
_IDLE_SHARE = 0.2  # a cited clause with less of the sentence than this supports nothing of it


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that a sentence failed, and what of it failed."""

    kind: Kind
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a sentence.

    Attributes:
        text: the sentence without citation marks.
        cited: numbers of the given clauses it rests on, from 1; empty where it is left out.
        is_repaired: the model had cited otherwise.
        failure: why it is left out, or why its own citations did not do; None where they did.
    """

    text: str
    cited: tuple[int, ...]
    is_repaired: bool
    failure: Failure | None

    @property
    def passes(self) -> bool:
        """Whether the sentence may be shown."""
        return bool(self.cited)


class Verifier:
    """Holds the fitted model and the encoder it was fitted for."""

    def __init__(self, encoder: Encoder, coverage: CoverageModel) -> None:
        self._encoder = encoder
        self._coverage = coverage
        # Products of small matrices are slower on many threads than on one, much slower on a busy machine.
        self._threads = ThreadpoolController()

    def verify(self, sentence: str, given: Sequence[GivenClause]) -> Verdict:
        """Check a sentence against the clauses it cites.

        Args:
            sentence: as written, with its citation marks.
            given: the clauses the model was given; [1] is the first.
        """
        text, marks = read_marks(sentence)
        said = read(text, {issuer_of(clause.policy) for clause in given})
        cited = [mark - 1 for mark in marks if 1 <= mark <= len(given)]
        comparison = self.compare(said, given)
        failure: Failure | None = Failure("citation", f"[{marks[0]}]" if marks else "无出处")
        own = 0.0
        if cited:
            own = self._coverage.probability(comparison.signs(cited))
            failure = check_facts(said, [given[n] for n in cited])
            if failure is None and own < self._coverage.threshold:
                failure = Failure("coverage", f"{own:.2f}")
        better = self._better(said, comparison, given) if own < _DOUBTFUL else None
        if better is not None and better not in cited:
            return Verdict(text, (better + 1,), True, failure)
        needed = tuple(n + 1 for n in _needed(comparison, cited)) if failure is None else ()
        return Verdict(text, needed, bool(needed) and needed != marks, failure)

    def compare(self, said: Reading, given: Sequence[GivenClause]) -> Comparison:
        """Put a sentence beside clauses; also for fitting."""
        issuers = {issuer_of(clause.policy) for clause in given}
        wording = read_wording(said.figures, issuers)
        with self._threads.limit(limits=1, user_api="blas"):
            return Comparison(wording, [clause.wording for clause in given], self._encoder)

    def _better(self, said: Reading, comparison: Comparison, given: Sequence[GivenClause]) -> int | None:
        """The position of the one clause that fits, if there is exactly one.

        A clause that covers the sentence best and yet fails is what the sentence distorts; then no other
        clause may stand in for it.
        """
        probabilities = [self._coverage.probability(comparison.signs([n])) for n in range(len(given))]
        near = [n for n, probability in enumerate(probabilities) if probability >= _DOUBTFUL]
        if len(near) != 1 or probabilities[near[0]] < _MIN_REPAIR or check_facts(said, [given[near[0]]]):
            return None
        return near[0]


def _needed(comparison: Comparison, cited: Sequence[int]) -> Sequence[int]:
    """Leave out cited clauses that support nothing of the sentence."""
    if len(cited) == 1:
        return cited
    return [n for n in cited if comparison.signs([n]).shared >= _IDLE_SHARE] or cited


def check_facts(said: Reading, cited: Sequence[GivenClause]) -> Failure | None:
    """Run all checks but coverage; return the first failure."""
    policy = cited[0].policy
    held = [clause.reading for clause in cited]
    found: list[tuple[Kind, list[str]]] = [
        ("contact", unsupported_contacts(said.contacts, [c for reading in held for c in reading.contacts])),
        ("clause_number", _unsupported_numbers(said, cited)),
        ("figure", unsupported_figures(said.figures, "\n".join(r.figures for r in held), policy.title)),
        ("polarity", flipped_predicates(said.predicates, [p for r in held for p in r.predicates])),
        ("actor", unknown_actors(said.actors, [actor for r in held for actor in r.actors])),
        ("actor", [word for reading in held for word in _swapped(said, reading)]),
    ]
    return next((Failure(kind, "、".join(what)) for kind, what in found if what), None)


def _unsupported_numbers(said: Reading, cited: Sequence[GivenClause]) -> list[str]:
    unsupported = [
        set(unsupported_numbers(said.numbers, clause.reading.numbers, clause.policy, clause.clause))
        for clause in cited
    ]
    return sorted(set.intersection(*unsupported))


def _swapped(said: Reading, held: Reading) -> list[str]:
    """The predicates that another party does in the clause; the reader is named too freely to compare."""
    swapped = []
    for predicate in said.predicates:
        agent = agent_of(said.actors, said.text, predicate.start)
        there = {
            agent_of(held.actors, held.text, other.start) for other in nearest(predicate, held.predicates)
        }
        if agent not in ("", _READER) and there and not there & {"", _READER, agent}:
            swapped.append(predicate.word)
    return swapped
