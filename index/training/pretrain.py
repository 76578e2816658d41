"""The first stage: what belongs together in general. Also the source of the pairs that are replayed later."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp  # type: ignore[import-untyped]
import torch

from index.training.corpus import Pairs
from index.training.learner import Learner, rate_at
from index.training.losses import pair_loss
from index.training.recipe import GeneralRecipe

_NUM_WARMUP = 20
_SMALLEST_BATCH = 4  # a rest of a source below a fourth of the batch size is left out

_log = logging.getLogger(__name__)

CountTokens: TypeAlias = Callable[[Sequence[str]], sp.csr_matrix]
"""Turns texts into token rows; see `learner.py`."""


@dataclass(frozen=True, slots=True)
class CountedPairs:
    """Token counts of the pairs of one source, and numbers that are equal where texts are."""

    left: sp.csr_matrix
    right: sp.csr_matrix
    left_ids: npt.NDArray[np.int64]
    right_ids: npt.NDArray[np.int64]

    @classmethod
    def count(cls, count_tokens: CountTokens, pairs: Pairs) -> CountedPairs:
        """Tokenise pairs."""
        left, right = count_tokens(pairs.left), count_tokens(pairs.right)
        return cls(left, right, _number(pairs.left), _number(pairs.right))

    def share_text(self, chosen: npt.NDArray[np.int64]) -> torch.Tensor:
        """Tell which two of the chosen pairs share a text: bool, square, False on the diagonal."""
        left, right = self.left_ids[chosen], self.right_ids[chosen]
        is_same = (left[:, None] == left) | (right[:, None] == right)
        np.fill_diagonal(is_same, val=False)
        return torch.from_numpy(is_same)


class PairBatches:
    """Endless batches of pairs, each of one source, all sources in turn as often as they have pairs."""

    def __init__(self, sources: Sequence[CountedPairs], *, batch_size: int, rng: np.random.Generator) -> None:
        self._sources = sources
        self._batch_size = batch_size
        self._rng = rng

    def epoch(self) -> list[tuple[CountedPairs, npt.NDArray[np.int64]]]:
        """Cut every source into batches once and shuffle them."""
        batches = []
        for source in self._sources:
            order = self._rng.permutation(source.left.shape[0])
            starts = range(0, max(len(order) - self._batch_size // _SMALLEST_BATCH, 1), self._batch_size)
            batches += [(source, order[start : start + self._batch_size]) for start in starts]
        return [batches[i] for i in self._rng.permutation(len(batches))]

    def __iter__(self) -> Iterator[tuple[CountedPairs, npt.NDArray[np.int64]]]:
        while True:
            yield from self.epoch()


def pretrain(
    learner: Learner, sources: Sequence[CountedPairs], recipe: GeneralRecipe, *, seed: int
) -> list[float]:
    """Train a model on pairs.

    Returns:
        The loss of every step. They are not comparable with each other: sources differ in difficulty.
    """
    rng = np.random.default_rng(seed)
    batches = PairBatches(sources, batch_size=recipe.batch_size, rng=rng)
    steps = [batch for _ in range(recipe.num_epochs) for batch in batches.epoch()][: recipe.max_steps]
    losses = []
    for step, (source, chosen) in enumerate(steps):
        groups = [source.left[chosen], source.right[chosen]]
        left, right = learner.embed(groups, dropout=recipe.dropout, rng=rng)
        loss = pair_loss(left, right, source.share_text(chosen), scale=recipe.scale)
        rate = rate_at(step, len(steps), largest=recipe.rate, num_warmup=_NUM_WARMUP)
        learner.step(loss, rate=rate)
        losses.append(loss.item())
    _log.info("pairs: %d steps, loss of the last 20 steps %.3f", len(steps), np.mean(losses[-20:]))
    return losses


def _number(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)
