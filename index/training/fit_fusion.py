"""Fitting the fusion: which mix of evidence puts the right clause first, on policies kept from the encoder.

Two steps. The weights are those of a conditional logit: for every question the softmax over its candidates
should fall on right ones, so only the order within a question counts. Then one scale and one bias turn the
outcome into the probability that a clause is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from index.build import index_in_memory
from index.encoder import Encoder
from index.fusion import Evidence, Fusion
from index.training.labelled import LabelledPolicy
from index.training.losses import any_right_loss

_NUM_STEPS = 200
_RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Judged:
    """The candidates of a question.

    Attributes:
        evidence: float32, shape (num_candidates, 6).
        is_right: bool, shape (num_candidates,).
    """

    evidence: npt.NDArray[np.float32]
    is_right: npt.NDArray[np.bool_]


def judge_candidates(policies: Sequence[LabelledPolicy], encoder: Encoder) -> Iterator[Judged]:
    """Search every policy with every question about it, as in production."""
    for policy in policies:
        index = index_in_memory([policy.policy], encoder)
        for question, is_right in zip(policy.questions, policy.is_right, strict=True):
            weighed = index.weigh(question)
            right = np.isin(weighed.entries, policy.clauses[is_right])
            yield Judged(weighed.evidence, right)


def fit_fusion(judged: Sequence[Judged]) -> Fusion:
    """Fit weights and bias.

    Args:
        judged: questions with their candidates; those without a right candidate teach nothing.

    Raises:
        ValueError: no question has a right candidate.
    """
    judged = [question for question in judged if question.is_right.any()]
    if not judged:
        raise ValueError("no question has a right clause among its candidates")
    evidence, is_right, is_there = _pad(judged)
    mean, deviation = evidence[is_there].mean(dim=0), evidence[is_there].std(dim=0).clamp_min(1e-6)
    standard = (evidence - mean) / deviation
    weights = torch.zeros(evidence.shape[2], requires_grad=True)

    def order_loss() -> torch.Tensor:
        logits = (standard @ weights).masked_fill(~is_there, -torch.inf)
        return any_right_loss(logits, is_right) + _RIDGE * weights.square().sum()

    _minimise(order_loss, [weights])
    logits = (standard @ weights).detach()[is_there]
    scale, bias = torch.ones(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    target = is_right[is_there].float()
    _minimise(lambda: binary_cross_entropy_with_logits(scale * logits + bias, target), [scale, bias])
    final = (scale * weights / deviation).detach()
    return Fusion(Evidence(*final.tolist()), float(bias.detach() - (final * mean).sum()))


def _pad(judged: Sequence[Judged]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Set the candidates of all questions into one table: evidence, which are right, which exist."""
    size = (len(judged), max(len(question.is_right) for question in judged))
    evidence = torch.zeros(*size, len(Evidence._fields))
    is_right, is_there = torch.zeros(size, dtype=torch.bool), torch.zeros(size, dtype=torch.bool)
    for row, question in enumerate(judged):
        count = len(question.is_right)
        evidence[row, :count] = torch.from_numpy(question.evidence)
        is_right[row, :count] = torch.from_numpy(question.is_right)
        is_there[row, :count] = True
    return evidence, is_right, is_there


def _minimise(loss: Callable[[], torch.Tensor], parameters: list[torch.Tensor]) -> None:
    optimizer = torch.optim.LBFGS(parameters, max_iter=_NUM_STEPS, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(step)  # type: ignore[no-untyped-call]
