"""Figures of a finished encoder, as it was written, on policies that nothing was trained or fitted on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from index.build import index_in_memory
from index.encoder import Encoder
from index.training.labelled import LabelledPolicy
from index.training.ranking import DEPTHS, Figures, measure
from index.training.signals import dense_signal, late_signal, lexical_signal


def evaluate(folder: Path, policies: Sequence[LabelledPolicy]) -> Iterator[tuple[str, Figures]]:
    """Measure words, the encoder in two ways, and the search as users have it.

    Args:
        folder: an encoder that `export.py` wrote, with its fusion.
        policies: at least one, none of them trained or fitted on.

    Yields:
        What was measured, and its figures.
    """
    encoder = Encoder.load(str(folder))
    yield "BM25", measure(policies, [lexical_signal(policy) for policy in policies])
    late = [late_signal(policy, encoder.late_similarities) for policy in policies]
    if any(signal.windows.any() for signal in late):  # else the encoder knows nothing of single tokens
        yield "late interaction", measure(policies, late)
    yield "dense", measure(policies, [dense_signal(policy, encoder.encode_windows) for policy in policies])
    yield "search, all evidence", Figures(clauses=_measure_search(policies, encoder))


def _measure_search(policies: Sequence[LabelledPolicy], encoder: Encoder) -> tuple[float, ...]:
    """Share of questions whose right clause `ClauseIndex.search` finds among the first of every depth."""
    found = []
    for policy in policies:
        index = index_in_memory([policy.policy], encoder)
        for question, is_right in zip(policy.questions, policy.is_right, strict=True):
            right = set(policy.clauses[is_right].tolist())
            hits = index.search(question, limit=max(DEPTHS))
            ranks = [rank for rank, hit in enumerate(hits) if hit.clause.position in right]
            found.append(min(ranks, default=max(DEPTHS)))
    return tuple(float((np.array(found) < depth).mean()) for depth in DEPTHS)
