"""The model while it learns: a vector and a weight a token, summed over a text, scaled to length 1.

The weight is kept as its logarithm and multiplied into the vector when the table is made (`TokenBag.table`),
so the finished encoder is a plain table. Only the rows of tokens that a batch holds are read, differentiated
and changed; texts are sparse rows of token counts, ten times faster here than `torch.nn.EmbeddingBag`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp  # type: ignore[import-untyped]
import torch
from torch.nn.functional import normalize

_START_LENGTH = 0.1
_MIN_RARITY = 0.05


@dataclass(slots=True)
class TokenBag:
    """Vectors, float32 of shape (num_tokens, dimension), and log weights, shape (num_tokens, 1)."""

    vectors: torch.Tensor
    log_weights: torch.Tensor

    @classmethod
    def start(cls, counts: sp.csr_matrix, *, dimension: int, seed: int) -> TokenBag:
        """Begin with random vectors, weighted by how rare a token is.

        Random directions are nearly orthogonal, so a token that training hardly meets still matches itself.
        The weight is log((texts + 1) / (texts with the token + 1)).
        """
        num_texts, num_tokens = counts.shape
        held_by = np.bincount(counts.indices, minlength=num_tokens)
        rarity = np.maximum(np.log((num_texts + 1) / (held_by + 1)), _MIN_RARITY).astype(np.float32)
        generator = torch.Generator().manual_seed(seed)
        vectors = torch.randn(num_tokens, dimension, generator=generator) * _START_LENGTH
        return cls(vectors, torch.from_numpy(np.log(rarity))[:, None])

    def copy(self) -> TokenBag:
        """Return a bag that learns on its own."""
        return TokenBag(self.vectors.clone(), self.log_weights.clone())

    def table(self) -> npt.NDArray[np.float32]:
        """Multiply the weights into the vectors: float32, shape (num_tokens, dimension)."""
        table: npt.NDArray[np.float32] = (self.vectors * self.log_weights.exp()).numpy()
        table[0] = 0  # unknown tokens say nothing
        return table


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts of a batch as unit vectors, with the rows of the bag that they come from."""

    rows: torch.Tensor
    vectors: torch.Tensor
    log_weights: torch.Tensor
    units: tuple[torch.Tensor, ...]


def embed(
    bag: TokenBag, groups: Sequence[sp.csr_matrix], *, dropout: float, rng: np.random.Generator
) -> Batch:
    """Embed groups of texts in one go.

    Args:
        bag: the model.
        groups: token counts of the texts of every group.
        dropout: share of the tokens that is left out.
        rng: decides which.

    Returns:
        A batch whose `units` are one tensor a group, float32, shape (texts of the group, dimension).
    """
    counts = sp.vstack(groups, format="csr")
    rows, places = np.unique(counts.indices, return_inverse=True)
    data = counts.data * (rng.random(len(counts.data)) >= dropout)
    compact = sp.csr_matrix(
        (data.astype(np.float32), places, counts.indptr), shape=(counts.shape[0], len(rows))
    )
    index = torch.from_numpy(rows.astype(np.int64))
    vectors = bag.vectors[index].requires_grad_()
    log_weights = bag.log_weights[index].requires_grad_()
    summed: torch.Tensor = _CountsTimesRows.apply(compact, vectors * log_weights.exp())  # type: ignore[no-untyped-call]
    units = torch.split(normalize(summed, dim=1), [group.shape[0] for group in groups])
    return Batch(index, vectors, log_weights, tuple(units))


class BagLearner:
    """A bag that learns by Adam, which leaves the rows outside a batch alone, momentum included."""

    def __init__(self, bag: TokenBag, *, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        self.bag = bag
        self._batch: Batch | None = None
        self._betas = betas
        self._num_steps = 0
        self._moments = [
            (torch.zeros_like(values), torch.zeros_like(values)) for values in (bag.vectors, bag.log_weights)
        ]

    def embed(
        self, groups: Sequence[sp.csr_matrix], *, dropout: float, rng: np.random.Generator
    ) -> tuple[torch.Tensor, ...]:
        """Embed groups of texts; see `Learner.embed`."""
        self._batch = embed(self.bag, groups, dropout=dropout, rng=rng)
        return self._batch.units

    def step(self, loss: torch.Tensor, *, rate: float) -> None:
        """Change the rows of the last batch; see `Learner.step`."""
        assert self._batch is not None
        loss.backward()  # type: ignore[no-untyped-call]
        self._num_steps += 1
        first, second = self._betas
        step = rate * math.sqrt(1 - second**self._num_steps) / (1 - first**self._num_steps)
        rows = self._batch.rows
        learned = (
            (self.bag.vectors, self._batch.vectors),
            (self.bag.log_weights, self._batch.log_weights),
        )
        for (values, leaf), (means, squares) in zip(learned, self._moments, strict=True):
            assert leaf.grad is not None
            mean = means[rows].mul_(first).add_(leaf.grad, alpha=1 - first)
            square = squares[rows].mul_(second).addcmul_(leaf.grad, leaf.grad, value=1 - second)
            means[rows] = mean
            squares[rows] = square
            values[rows] = leaf.detach() - step * mean / (square.sqrt() + 1e-8)


class _CountsTimesRows(torch.autograd.Function):
    """A sparse matrix of counts times a dense matrix of rows; only the rows have a gradient."""

    @staticmethod
    def forward(ctx: Any, counts: sp.csr_matrix, rows: torch.Tensor) -> torch.Tensor:
        ctx.counts = counts
        return torch.from_numpy(counts @ rows.detach().numpy())

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[None, torch.Tensor]:
        return None, torch.from_numpy(ctx.counts.T.tocsr() @ np.ascontiguousarray(gradient.numpy()))
