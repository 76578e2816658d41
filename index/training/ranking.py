"""Figures: how often the right window, clause or excerpt is among the first 1, 3 or 10."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.training.labelled import LabelledPolicy
from index.training.signals import Matrix, Signal

DEPTHS = (1, 3, 10)


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of questions, for every depth of DEPTHS, in [0, 1]; empty for what was not measured.

    Attributes:
        clauses: a clause with a right window, among all clauses; a clause counts by its best window.
        windows: a window that overlaps the right excerpt, among all windows of the policy.
        excerpts: the right excerpt, among all excerpts of the policy.
    """

    clauses: tuple[float, ...]
    windows: tuple[float, ...] = ()
    excerpts: tuple[float, ...] = ()

    def __str__(self) -> str:
        return "  ".join(
            f"{name} " + " / ".join(f"{share:.3f}" for share in shares)
            for name, shares in (
                ("clause", self.clauses),
                ("window", self.windows),
                ("excerpt", self.excerpts),
            )
            if shares
        )


def measure(policies: Sequence[LabelledPolicy], signals: Sequence[Signal]) -> Figures:
    """Rank within every policy and count over all questions.

    Args:
        policies: what was asked about, at least one.
        signals: one a policy, in the same order.
    """
    windows, clauses, excerpts = [], [], []
    for policy, signal in zip(policies, signals, strict=True):
        windows.append(count_before(signal.windows, policy.is_right))
        clauses.append(count_before(*_by_clause(signal.windows, policy)))
        is_asked = policy.asked[:, None] == np.arange(len(policy.excerpts))
        excerpts.append(count_before(signal.excerpts, is_asked))
    return Figures(clauses=_shares(clauses), windows=_shares(windows), excerpts=_shares(excerpts))


def count_before(values: Matrix, is_right: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Count, for every row, the columns that come before the best right one.

    Equal wrong columns come first: a tie is no success.

    >>> is_right = np.array([[False, True, True], [True, False, False]])
    >>> count_before(np.float32([[0.9, 0.5, 0.7], [0.5, 0.5, 0.1]]), is_right)
    array([1, 1])
    """
    best = np.where(is_right, values, -np.inf).max(axis=1, keepdims=True)
    before: npt.NDArray[np.int64] = ((values >= best) & ~is_right).sum(axis=1)
    return before


def _by_clause(values: Matrix, policy: LabelledPolicy) -> tuple[Matrix, npt.NDArray[np.bool_]]:
    """Let every clause take its best window; windows of a clause stand together."""
    starts = np.flatnonzero(np.diff(policy.clauses, prepend=-1))
    best: Matrix = np.maximum.reduceat(values, starts, axis=1)
    is_right: npt.NDArray[np.bool_] = np.logical_or.reduceat(policy.is_right, starts, axis=1)
    return best, is_right


def _shares(counts: Sequence[npt.NDArray[np.int64]]) -> tuple[float, ...]:
    before = np.concatenate(counts)
    return tuple(float((before < depth).mean()) for depth in DEPTHS)
