"""A question → the clauses it is about, best first. `answer/` and the fronts search through `ClauseIndex`.

Three ways are tried in the order of their certainty: a clause number is looked up, a verbatim fragment is
found, anything else is ranked (`index/ranking.py`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder
from index.fragments import FragmentIndex
from index.fusion import Evidence, Fusion, PassageEvidence
from index.numbers import NumberIndex, read_number
from index.ranking import Asked, Ranker, Searchable, Weighed, WeighedWindows
from index.scope import EVERYTHING, PolicyNames, Scope
from index.versions import in_force
from index.windows import Window
from ingest.policy import Clause, Policy

CERTAIN = 1.0
_LEAST_RELEVANCE = 1e-6
_ANNEX = re.compile(r"附[录件表]\s*(?:[一二三四五六七八九十]{1,3}|\d{1,2}|[A-Z](?![a-zA-Z]))")


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause found for a question.

    Attributes:
        entry: the number of the clause in the index.
        policy: the policy of the clause.
        clause: the clause.
        relevance: how sure the search is, in [0, 1]; 1 for a number or a fragment that was looked up.
        window: the clause's window that is most similar to the question; None for a clause without text of
            its own.
        evidence: what speaks for the clause; None likewise.
    """

    entry: int
    policy: Policy
    clause: Clause
    relevance: float
    window: Window | None
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A window of a hit.

    Attributes:
        hit: the clause found.
        window: one of its windows.
        share: the probability that it holds the answer, given that a window of the hits does.
    """

    hit: Hit
    window: Window
    share: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A clause with its policy; entry i is the i-th clause of all policies' clauses one after the other."""

    policy: Policy
    clause: Clause


@dataclass(frozen=True, slots=True)
class MissingNumber:
    """A clause number that a question asks for and that is nowhere to be found.

    Attributes:
        number: the number as typed; it may be that of an annex.
        title: the policy that was asked, where it is one; it may be one that is not served.
        policy: that policy, where it is served.
    """

    number: str
    title: str
    policy: Policy | None


class ClauseIndex:
    """All clauses of all policies, ready to be searched. Only policies in force are found."""

    def __init__(
        self,
        policies: Sequence[Policy],
        windows: Sequence[tuple[int, Window]],
        searchable: Searchable,
        *,
        encoder: Encoder,
        fusion: Fusion,
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        self.policies = tuple(policies)
        self._today = today
        self._policy_of_entry = np.repeat(
            np.arange(len(policies)), [len(policy.clauses) for policy in policies]
        )
        self.entries = entries_of(policies)
        self._ranker = Ranker(len(self.entries), windows, searchable, encoder)
        self._fusion = fusion
        self._numbers = NumberIndex(policies)
        self._fragments = FragmentIndex([entry.clause.text for entry in self.entries])
        self._names = PolicyNames(policies)

    def search(
        self,
        question: str,
        *,
        limit: int = 10,
        policies: Sequence[int] | None = None,
        scope: Scope = EVERYTHING,
    ) -> list[Hit]:
        """Find the clauses a question is about.

        Args:
            question: words, a clause number or a fragment of a clause; an empty one finds nothing.
            limit: hits wanted at most, at least 1.
            policies: positions of the policies that are searched, in force or not; None for those of the
                scope that the question names, or for all of the scope where it names none.
            scope: what the asker chose.

        Returns:
            Hits, most relevant first, each clause once. A number that asks for a whole clause finds it and
            its sub-clauses; beside other words it moves what stands below it to the front.
        """
        if limit < 1:
            raise ValueError(f"limit must be at least 1, got {limit}")
        if not question.strip():
            return []
        asked = self._ranker.read(question)
        searched = self._searched(question, scope) if policies is None else policies
        answering = np.isin(self._policy_of_entry, sorted(searched))
        named_in = self._names.read(question)
        question, number = named_in.rest, None if named_in.elsewhere else read_number(named_in.rest)
        named = [entry for entry in self._numbers.find(number) if answering[entry]] if number else []
        if number and number.is_whole and named:
            return self._certain_hits(asked, self._with_children(named)[:limit])
        certain = [entry for entry in self._fragments.find(question) if answering[entry]][:limit]
        inside = self._below(named)
        ranked = [hit for hit in self._rank(asked, answering, inside) if hit.entry not in certain]
        ranked.sort(key=lambda hit: hit.entry not in inside)  # stable: the order by relevance stays
        return self._certain_hits(asked, certain) + ranked[: limit - len(certain)]

    def weigh(self, question: str) -> Weighed:
        """Weigh the candidates for a question without fusing the evidence; for fitting a fusion."""
        asked = self._ranker.read(question)
        answering = np.isin(self._policy_of_entry, sorted(self._searched(question, EVERYTHING)))
        return self._ranker.weigh(asked, self._ranker.candidates(asked, answering))

    def passages(self, question: str, hits: Sequence[Hit]) -> list[Passage]:
        """Rank the windows of hits.

        Returns:
            Every window of every hit, most likely first; shares sum to 1. Empty where no hit has text.
        """
        by_entry = {hit.entry: hit for hit in hits if hit.window}
        if not by_entry:
            return []
        windows, evidence = self.weigh_passages(question, list(by_entry.values()))
        shares = self._fusion.shares(evidence)
        return [
            Passage(by_entry[int(windows.entries[i])], windows.windows[i], float(shares[i]))
            for i in np.argsort(-shares, kind="stable")
        ]

    def weigh_passages(
        self, question: str, hits: Sequence[Hit]
    ) -> tuple[WeighedWindows, npt.NDArray[np.float32]]:
        """Weigh the windows of hits, all with text, without fusing the evidence; for fitting a fusion.

        Returns:
            The windows, and float32 of shape (num_windows, 3), columns in the order of `PassageEvidence`.
        """
        entries = np.array([hit.entry for hit in hits], dtype=np.int64)
        weighed = self._ranker.weigh_windows(self._ranker.read(question), entries)
        relevance = np.clip([hit.relevance for hit in hits], _LEAST_RELEVANCE, 1 - _LEAST_RELEVANCE)
        odds = dict(zip(entries.tolist(), np.log(relevance / (1 - relevance)), strict=True))
        columns = {
            "similarity": weighed.similarities,
            "late": weighed.late,
            "odds": np.array([odds[entry] for entry in weighed.entries.tolist()], dtype=np.float32),
        }
        return weighed, np.stack([columns[name] for name in PassageEvidence._fields], axis=1)

    def names_whole_clause(self, question: str) -> bool:
        """Tell whether a question asks for nothing but a clause by its number."""
        number = read_number(self._names.read(question).rest)
        return number is not None and number.is_whole

    def named_entries(self, question: str, scope: Scope = EVERYTHING) -> set[int]:
        """The entries of the clause that a question names, with all below it; empty where it names none."""
        named = self._names.read(question)
        number = None if named.elsewhere else read_number(named.rest)
        if number is None:
            return set()
        entries = np.array(self._numbers.find(number), dtype=np.int64)
        searched = np.isin(self._policy_of_entry[entries], sorted(self._searched(question, scope)))
        return self._below(entries[searched].tolist())

    def other_service(self, question: str) -> str:
        """The well-known service that a question is about and no policy mentions; "" for none."""
        return self._names.read(question).service

    def missing_number(self, question: str, scope: Scope = EVERYTHING) -> MissingNumber | None:
        """The clause number a question asks for and none of the policies it is put to has."""
        named = self._names.read(question)
        annex = _ANNEX.search(named.rest)
        if annex and not any(annex[0] in policy.text for policy in self.policies_in_force(scope)):
            return MissingNumber(annex[0], named.elsewhere, None)
        number = read_number(named.rest)
        if number is None or not number.steps[0].unit:
            return None
        if named.elsewhere:
            return MissingNumber(number.text, named.elsewhere, None)
        searched = sorted(self._searched(question, scope))
        entries = np.array(self._numbers.find(number), dtype=np.int64)
        if np.isin(self._policy_of_entry[entries], searched).any():
            return None
        policy = self.policies[searched[0]] if len(searched) == 1 else None
        return MissingNumber(number.text, policy.title if policy else "", policy)

    def last_top(self, policy: Policy) -> int:
        """The largest number among the top clauses of a policy, or among its articles if it has any."""
        return self._numbers.last_top(policy)

    def policies_in_force(self, scope: Scope = EVERYTHING) -> list[Policy]:
        """The policies of a scope that answer."""
        return [self.policies[position] for position in sorted(self._in_force(scope))]

    def _in_force(self, scope: Scope) -> frozenset[int]:
        current = in_force(self.policies, scope.as_of or self._today())
        if scope.titles is None:
            return current
        return frozenset(p for p in current if self.policies[p].title in scope.titles)

    def _searched(self, question: str, scope: Scope) -> frozenset[int]:
        """The policies that a question is put to."""
        current, named = self._in_force(scope), self._names.read(question).policies
        return (current & named or current) if named else current

    def _rank(self, asked: Asked, answering: npt.NDArray[np.bool_], named: Collection[int]) -> list[Hit]:
        """Rank the candidates among the entries that answer, and the named ones that have text."""
        with_text = [entry for entry in named if self._ranker.has_text[entry]]
        candidates = np.union1d(
            self._ranker.candidates(asked, answering), np.array(with_text, dtype=np.int64)
        )
        if not len(candidates):
            return []
        weighed = self._ranker.weigh(asked, candidates)
        relevance = self._fusion.relevance(weighed.evidence)
        order = np.argsort(-relevance, kind="stable")
        return [self._hit(weighed, int(i), float(relevance[i])) for i in order]

    def _certain_hits(self, asked: Asked, entries: Sequence[int]) -> list[Hit]:
        """Hits that were looked up; clauses without text of their own are among them."""
        hits = {entry: Hit(entry, *self._at(entry), CERTAIN, None, None) for entry in entries}
        with_text = np.array([entry for entry in entries if self._ranker.has_text[entry]], dtype=np.int64)
        if len(with_text):
            weighed = self._ranker.weigh(asked, with_text)
            hits |= {entry: self._hit(weighed, i, CERTAIN) for i, entry in enumerate(with_text.tolist())}
        return list(hits.values())

    def _hit(self, weighed: Weighed, row: int, relevance: float) -> Hit:
        evidence = Evidence(*weighed.evidence[row].tolist())
        entry = int(weighed.entries[row])
        return Hit(entry, *self._at(entry), relevance, weighed.windows[row], evidence)

    def _at(self, entry: int) -> tuple[Policy, Clause]:
        return self.entries[entry].policy, self.entries[entry].clause

    def _with_children(self, named: Sequence[int]) -> list[int]:
        found = list(named)
        for entry in named:
            first = entry - self.entries[entry].clause.position
            children = self.entries[entry].policy.children(self.entries[entry].clause)
            found += [first + child.position for child in children if first + child.position not in found]
        return found

    def _below(self, named: Sequence[int]) -> set[int]:
        """The named clauses and everything below them."""
        inside = set[int]()
        for entry in named:
            first = entry - self.entries[entry].clause.position
            whole = self.entries[entry].clause
            inside.update(
                first + clause.position
                for clause in self.entries[entry].policy.clauses
                if whole.start <= clause.start and clause.end <= whole.end
            )
        return inside


def entries_of(policies: Sequence[Policy]) -> tuple[Entry, ...]:
    """All clauses of the policies one after the other."""
    return tuple(Entry(policy, clause) for policy in policies for clause in policy.clauses)
