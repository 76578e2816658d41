"""Ranking by meaning and by words: which clauses may be about a question, and what speaks for each.

Looking at every clause in every way is too slow for many policies, so candidates are found first, by the
vectors of windows and by BM25, and only they are weighed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder
from index.fusion import Evidence
from index.lexical import LexicalIndex, LexicalRates
from index.vectors import ClauseVectors, WindowStore
from index.windows import Window

NUM_CANDIDATE_WINDOWS = 100
NUM_CANDIDATE_CLAUSES = 50


@dataclass(frozen=True, slots=True)
class Searchable:
    """The parts of an index that are searched: windows, whole clauses, words."""

    store: WindowStore
    vectors: ClauseVectors
    lexical: LexicalIndex


@dataclass(frozen=True, slots=True)
class Asked:
    """A question made ready for ranking.

    Attributes:
        question: its text.
        vector: float32, shape (dimension,).
        rates: its words in every entry.
    """

    question: str
    vector: npt.NDArray[np.float32]
    rates: LexicalRates


@dataclass(frozen=True, slots=True)
class Weighed:
    """Entries and what speaks for them, row by row.

    Attributes:
        entries: int64, shape (n,); all have text of their own.
        windows: the best window of each.
        evidence: float32, shape (n, 6), columns in the order of `Evidence`.
    """

    entries: npt.NDArray[np.int64]
    windows: tuple[Window, ...]
    evidence: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WeighedWindows:
    """All windows of some entries, row by row.

    Attributes:
        entries: int64, shape (num_windows,): the entry of each.
        windows: the windows.
        similarities: float32, shape (num_windows,): cosine with the question.
        late: float32, likewise: see `Encoder.late_similarities`.
    """

    entries: npt.NDArray[np.int64]
    windows: tuple[Window, ...]
    similarities: npt.NDArray[np.float32]
    late: npt.NDArray[np.float32]


class Ranker:
    """Finds candidates for a question and weighs them. An entry is a clause of a policy, by its number."""

    def __init__(
        self,
        num_entries: int,
        windows: Sequence[tuple[int, Window]],
        searchable: Searchable,
        encoder: Encoder,
    ) -> None:
        self._windows = tuple(windows)
        self._entry_of_window = np.array([entry for entry, _ in windows], dtype=np.int64)
        # The windows of an entry are neighbours: rows first_row[i] to first_row[i + 1].
        self._first_row = np.searchsorted(self._entry_of_window, np.arange(num_entries + 1))
        self._store = searchable.store
        self._vectors = searchable.vectors
        self._lexical = searchable.lexical
        self._encoder = encoder

    @property
    def has_text(self) -> npt.NDArray[np.bool_]:
        """For every entry, whether the clause has text of its own."""
        return np.diff(self._first_row) > 0

    def read(self, question: str) -> Asked:
        """Make a question ready."""
        return Asked(question, self._encoder.encode_question(question), self._lexical.rate(question))

    def candidates(self, asked: Asked, among: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Find the entries that are near by vector or by words.

        Args:
            asked: the question.
            among: bool, shape (num_entries,): the entries to search.

        Returns:
            int64, ascending, each entry once; all have text of their own.
        """
        rows = np.flatnonzero(among[self._entry_of_window])
        nearest, _ = self._store.nearest(asked.vector, NUM_CANDIDATE_WINDOWS, among=rows)
        relative = np.where(among & self.has_text, asked.rates.relative, 0)
        by_words = np.argsort(-relative, kind="stable")[:NUM_CANDIDATE_CLAUSES]
        return np.union1d(self._entry_of_window[nearest], by_words[relative[by_words] > 0])

    def weigh(self, asked: Asked, entries: npt.NDArray[np.int64]) -> Weighed:
        """Gather the evidence for entries, at least one, all with text of their own."""
        similarities, rows = self._best_windows(asked, entries)
        windows = tuple(self._windows[row][1] for row in rows)
        columns = {
            "window": similarities,
            "clause": self._vectors.clauses[entries] @ asked.vector,
            "heading": self._vectors.headings[entries] @ asked.vector,
            "lexical": asked.rates.relative[entries],
            "coverage": asked.rates.coverage[entries],
            "late": self._encoder.late_similarities(asked.question, [window.text for window in windows]),
        }
        return Weighed(entries, windows, np.stack([columns[name] for name in Evidence._fields], axis=1))

    def weigh_windows(self, asked: Asked, entries: npt.NDArray[np.int64]) -> WeighedWindows:
        """Gather what speaks for every window of the entries, at least one, all with text of their own."""
        rows, _ = self._rows_of(entries)
        windows = tuple(self._windows[row][1] for row in rows)
        return WeighedWindows(
            self._entry_of_window[rows],
            windows,
            self._store.similarities(asked.vector, rows),
            self._encoder.late_similarities(asked.question, [window.text for window in windows]),
        )

    def _rows_of(self, entries: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The rows of all windows of the entries, one entry after the other, and where each entry starts."""
        firsts, counts = self._first_row[entries], np.diff(self._first_row)[entries]
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
        return np.arange(counts.sum()) - np.repeat(starts - firsts, counts), starts

    def _best_windows(
        self, asked: Asked, entries: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.float32], list[int]]:
        """Similarity and row of the best window of every entry."""
        rows, starts = self._rows_of(entries)
        similarities = self._store.similarities(asked.vector, rows)
        ends = np.append(starts[1:], len(rows))
        best = [
            int(start + similarities[start:end].argmax()) for start, end in zip(starts, ends, strict=True)
        ]
        return similarities[best], [int(rows[i]) for i in best]
