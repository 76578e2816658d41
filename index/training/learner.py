"""What the two stages of training need of a model; `bag.py` and `transformer/network.py` have one each.

A text is a sparse row here, whatever the model: the columns are token ids. A bag of tokens counts them, a
transformer reads them in the order in which the row stores them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import scipy.sparse as sp  # type: ignore[import-untyped]
import torch


class Learner(Protocol):
    """A model that learns."""

    def embed(
        self, groups: Sequence[sp.csr_matrix], *, dropout: float, rng: np.random.Generator
    ) -> tuple[torch.Tensor, ...]:
        """Embed groups of texts in one go.

        Args:
            groups: token rows of the texts of every group.
            dropout: share of the tokens that is left out.
            rng: decides which.

        Returns:
            One tensor a group, float32, shape (texts of the group, dimension), rows of norm 1.
        """

    def step(self, loss: torch.Tensor, *, rate: float) -> None:
        """Change the model so that a loss of what was embedded last falls."""


def rate_at(step: int, num_steps: int, *, largest: float, num_warmup: int) -> float:
    """The learning rate of a step: it rises over `num_warmup` steps and falls to a tenth at the end.

    >>> [round(rate_at(step, 100, largest=1.0, num_warmup=10), 2) for step in (0, 9, 50, 99)]
    [0.1, 0.92, 0.55, 0.11]
    """
    return largest * min(1.0, (step + 1) / num_warmup) * (1 - 0.9 * step / num_steps)
