"""A question → the clauses it is about, best first. `answer/` and the fronts search through `ClauseIndex`.

Three ways are tried in the order of their certainty: a clause number is looked up, a verbatim fragment is
found, anything else is ranked by BM25 and by the similarity of its best window together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder
from index.fragments import FragmentIndex
from index.fusion import Evidence, Fusion
from index.lexical import LexicalIndex
from index.numbers import ClauseNumber, NumberIndex, read_number
from index.vectors import ClauseVectors, WindowStore
from index.versions import in_force
from index.windows import Window
from ingest.policy import Clause, Policy

NUM_CANDIDATE_WINDOWS = 100
NUM_CANDIDATE_CLAUSES = 50
NUM_LATE_CLAUSES = 20
CERTAIN = 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause found for a question.

    Attributes:
        policy: the policy of the clause.
        clause: the clause.
        relevance: how sure the search is, in [0, 1]; 1 for a number or a fragment that was looked up.
        similarity: cosine of the question and the clause's best window, in [-1, 1].
        window: that window; None for a clause without text of its own.
    """

    policy: Policy
    clause: Clause
    relevance: float
    similarity: float
    window: Window | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A clause with its policy; entry i is the i-th clause of all policies' clauses one after the other."""

    policy: Policy
    clause: Clause


@dataclass(frozen=True, slots=True)
class Searchable:
    """The parts of an index that are searched: windows, whole clauses, words."""

    store: WindowStore
    vectors: ClauseVectors
    lexical: LexicalIndex


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
        self.windows = tuple(windows)
        self._entry_of_window = np.array([entry for entry, _ in windows], dtype=np.int64)
        # The windows of an entry are neighbours: rows first_row[i] to first_row[i + 1].
        self._first_row = np.searchsorted(self._entry_of_window, np.arange(len(self.entries) + 1))
        self._store = searchable.store
        self._vectors = searchable.vectors
        self._lexical = searchable.lexical
        self._encoder = encoder
        self._fusion = fusion
        self._numbers = NumberIndex(policies)
        self._fragments = FragmentIndex([entry.clause.text for entry in self.entries])

    def search(self, question: str, *, limit: int = 10) -> list[Hit]:
        """Find the clauses a question is about.

        Args:
            question: words, a clause number or a fragment of a clause; an empty one finds nothing.
            limit: hits wanted at most, at least 1.

        Returns:
            Hits, most relevant first, each clause once. A number that asks for a whole clause finds it and
            its sub-clauses; beside other words it moves what stands below it to the front.
        """
        if limit < 1:
            raise ValueError(f"limit must be at least 1, got {limit}")
        if not question.strip():
            return []
        vector = self._encoder.encode_question(question)
        answering = self._answering()
        number = read_number(question)
        named = [entry for entry in self._numbers.find(number) if answering[entry]] if number else []
        if number and number.is_whole and named:
            return [self._hit(entry, vector, CERTAIN) for entry in self._with_children(named)[:limit]]
        certain = [entry for entry in self._fragments.find(question) if answering[entry]][:limit]
        inside = self._below(named)
        ranked = [pair for pair in self._rank(question, vector, answering) if pair[0] not in certain]
        ranked.sort(key=lambda pair: pair[0] not in inside)  # stable: the order by relevance stays
        found = [(entry, CERTAIN) for entry in certain] + ranked[: limit - len(certain)]
        return [self._hit(entry, vector, relevance) for entry, relevance in found]

    def names_whole_clause(self, question: str) -> bool:
        """Tell whether a question asks for nothing but a clause by its number."""
        number = read_number(question)
        return number is not None and number.is_whole

    def missing_number(self, question: str) -> ClauseNumber | None:
        """The clause number a question asks for and no policy has, if that is the case."""
        number = read_number(question)
        return number if number and number.steps[0].unit and not self._numbers.find(number) else None

    def last_top(self, policy: Policy) -> int:
        """The largest number among the top clauses of a policy, or among its articles if it has any."""
        return self._numbers.last_top(policy)

    def policies_in_force(self) -> list[Policy]:
        """The policies that answer today."""
        return [self.policies[position] for position in sorted(in_force(self.policies, self._today()))]

    def _answering(self) -> npt.NDArray[np.bool_]:
        """For every entry, whether its policy is in force today."""
        return np.isin(self._policy_of_entry, sorted(in_force(self.policies, self._today())))

    def _rank(
        self, question: str, vector: npt.NDArray[np.float32], answering: npt.NDArray[np.bool_]
    ) -> list[tuple[int, float]]:
        """Rank the entries that answer; only the nearest by vector or by words are looked at."""
        rates = self._lexical.rate(question)
        rows = np.flatnonzero(answering[self._entry_of_window])
        nearest, _ = self._store.nearest(vector, NUM_CANDIDATE_WINDOWS, among=rows)
        has_text = answering & (np.diff(self._first_row) > 0) & (rates.relative > 0)
        by_words = np.argsort(-np.where(has_text, rates.relative, 0), kind="stable")[:NUM_CANDIDATE_CLAUSES]
        candidates = np.union1d(self._entry_of_window[nearest], by_words[has_text[by_words]])
        if not len(candidates):
            return []
        window, best_rows = self._best_windows(candidates, vector)
        evidence = Evidence(
            window=window,
            clause=self._vectors.clauses[candidates] @ vector,
            heading=self._vectors.headings[candidates] @ vector,
            lexical=rates.relative[candidates],
            coverage=rates.coverage[candidates],
            late=np.zeros(len(candidates), dtype=np.float32),
        )
        order = np.argsort(-self._fusion.relevance(evidence), kind="stable")
        first, rest = order[:NUM_LATE_CLAUSES], order[NUM_LATE_CLAUSES:]
        late = evidence.late  # costly, so the foremost clauses only; the others stay behind them
        late[first] = self._encoder.late_similarities(
            question, [self.windows[best_rows[i]][1].text for i in first]
        )
        late[rest] = late[first].min()
        relevance = self._fusion.relevance(evidence)
        first = first[np.argsort(-relevance[first], kind="stable")]
        relevance[rest] = np.minimum(relevance[rest], relevance[first].min())
        return [(int(candidates[i]), float(relevance[i])) for i in np.concatenate([first, rest])]

    def _best_windows(
        self, entries: npt.NDArray[np.int64], vector: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], list[int]]:
        """Similarity and row of the best window of entries that have text, one an entry."""
        firsts, counts = self._first_row[entries], np.diff(self._first_row)[entries]
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
        rows = np.arange(counts.sum()) - np.repeat(starts - firsts, counts)
        similarities = self._store.similarities(vector, rows)
        ends = starts + counts
        best = [
            int(start + similarities[start:end].argmax()) for start, end in zip(starts, ends, strict=True)
        ]
        return similarities[best], [int(rows[i]) for i in best]

    def _hit(self, entry: int, vector: npt.NDArray[np.float32], relevance: float) -> Hit:
        policy, clause = self.entries[entry].policy, self.entries[entry].clause
        rows = np.arange(self._first_row[entry], self._first_row[entry + 1])
        if not len(rows):
            return Hit(policy, clause, relevance, -1.0, None)
        similarities = self._store.similarities(vector, rows)
        best = int(similarities.argmax())
        return Hit(policy, clause, relevance, float(similarities[best]), self.windows[int(rows[best])][1])

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
