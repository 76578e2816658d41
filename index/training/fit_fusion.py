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
from index.fusion import Evidence, Fusion, PassageEvidence
from index.training.labelled import LabelledPolicy
from index.training.losses import any_right_loss

_NUM_STEPS = 200
_NUM_HITS = 10
_RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Judged:
    """The candidates of a question.

    Attributes:
        evidence: float32, shape (num_candidates, kinds of evidence).
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


def judge_passages(policies: Sequence[LabelledPolicy], encoder: Encoder) -> Iterator[Judged]:
    """Look at all windows of the hits of every question; the encoder has its fitted fusion."""
    for policy in policies:
        index = index_in_memory([policy.policy], encoder)
        position = {
            text: i for i, text in enumerate(zip(policy.clauses.tolist(), policy.windows, strict=True))
        }
        for question, is_right in zip(policy.questions, policy.is_right, strict=True):
            hits = [hit for hit in index.search(question, limit=_NUM_HITS) if hit.window]
            if hits:
                weighed, evidence = index.weigh_passages(question, hits)
                right = [is_right[position[window.clause, window.text]] for window in weighed.windows]
                yield Judged(evidence, np.array(right))


def fit_fusion(judged: Sequence[Judged]) -> Fusion:
    """Fit weights and bias.

    Args:
        judged: questions with their candidates; those without a right candidate teach nothing.

    Raises:
        ValueError: no question has a right candidate.
    """
    table = _Table.pad(judged)
    weights = torch.from_numpy(_fit_order(table))
    logits = (table.evidence @ weights)[table.is_there]
    scale, bias = torch.ones(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    target = table.is_right[table.is_there].float()
    _minimise(lambda: binary_cross_entropy_with_logits(scale * logits + bias, target), [scale, bias])
    return Fusion(Evidence(*(scale * weights).tolist()), float(bias.detach()))


def fit_passages(judged: Sequence[Judged]) -> PassageEvidence:
    """Fit the weights of windows; errors as in `fit_fusion`."""
    return PassageEvidence(*_fit_order(_Table.pad(judged)).tolist())


@dataclass(frozen=True, slots=True)
class _Table:
    """The candidates of all questions: evidence, which are right, which exist."""

    evidence: torch.Tensor
    is_right: torch.Tensor
    is_there: torch.Tensor

    @classmethod
    def pad(cls, judged: Sequence[Judged]) -> _Table:
        """Set up the questions that have a right candidate."""
        judged = [question for question in judged if question.is_right.any()]
        if not judged:
            raise ValueError("no question has a right clause among its candidates")
        size = (len(judged), max(len(question.is_right) for question in judged))
        evidence = torch.zeros(*size, judged[0].evidence.shape[1])
        is_right, is_there = torch.zeros(size, dtype=torch.bool), torch.zeros(size, dtype=torch.bool)
        for row, question in enumerate(judged):
            count = len(question.is_right)
            evidence[row, :count] = torch.from_numpy(question.evidence)
            is_right[row, :count] = torch.from_numpy(question.is_right)
            is_there[row, :count] = True
        return cls(evidence, is_right, is_there)


def _fit_order(table: _Table) -> npt.NDArray[np.float32]:
    """Weights that put right candidates first: fitted on standardised evidence, given for raw."""
    mean = table.evidence[table.is_there].mean(dim=0)
    deviation = table.evidence[table.is_there].std(dim=0).clamp_min(1e-6)
    standard = (table.evidence - mean) / deviation
    weights = torch.zeros(standard.shape[2], requires_grad=True)

    def order_loss() -> torch.Tensor:
        logits = (standard @ weights).masked_fill(~table.is_there, -torch.inf)
        return any_right_loss(logits, table.is_right) + _RIDGE * weights.square().sum()

    _minimise(order_loss, [weights])
    fitted: npt.NDArray[np.float32] = (weights.detach() / deviation).numpy()
    return fitted


def _minimise(loss: Callable[[], torch.Tensor], parameters: list[torch.Tensor]) -> None:
    optimizer = torch.optim.LBFGS(parameters, max_iter=_NUM_STEPS, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(step)  # type: ignore[no-untyped-call]
