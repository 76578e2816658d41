"""Training the judge, fitting the threshold, and counting what both get wrong."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from answer.answerability import ErrorRates
from answer.judge import Judge
from answer.training.examples import Example, Kind
from answer.training.network import Batch, JudgeNetwork

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JudgeRecipe:
    """The numbers that shape the judge. They were chosen on the fitting bucket.

    Attributes:
        dimension: length of a token's vector.
        num_told: numbers that a token and its partner give.
        num_hidden: units of the last layer but one.
        dropout: share of the numbers that is left out at random.
        num_epochs: passes over the examples.
        batch_size: questions in a batch.
        rate: largest learning rate of the layers.
        meaning_rate: likewise of the tokens' vectors.
        decay: of weights.
        near_weight: how much a near miss counts; everything else counts 1.
        false_refusals: the share of answered questions of the fitting bucket that the threshold refuses.
        seed: where all random numbers come from.
    """

    dimension: int = 128
    num_told: int = 64
    num_hidden: int = 32
    dropout: float = 0.3
    num_epochs: int = 5
    batch_size: int = 64
    rate: float = 2e-3
    meaning_rate: float = 4e-4
    decay: float = 1e-4
    near_weight: float = 3.0
    false_refusals: float = 0.05
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """Kinds of examples, and how probable an answer is; float64, shape (num_examples,)."""

    kinds: tuple[Kind, ...]
    probabilities: npt.NDArray[np.float64]

    def of(self, kind: Kind) -> npt.NDArray[np.float64]:
        """The probabilities of one kind."""
        return self.probabilities[[own == kind for own in self.kinds]]


def principal_axes(table: npt.NDArray[np.float32], dimension: int) -> npt.NDArray[np.float32]:
    """Shorten unit vectors to their principal axes.

    Args:
        table: float32, shape (num_tokens, any).
        dimension: length wanted.

    Returns:
        float32, shape (num_tokens, dimension), rows of norm 1, or 0 where the table's row is 0.
    """
    units = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    _, axes = np.linalg.eigh(units.T @ units)
    short = units @ axes[:, ::-1][:, :dimension]
    shortened: npt.NDArray[np.float32] = short / np.maximum(
        np.linalg.norm(short, axis=1, keepdims=True), 1e-9
    )
    return shortened.astype(np.float32)


def train_judge(
    alignment: npt.NDArray[np.float32],
    importance: npt.NDArray[np.float32],
    examples: Sequence[Example],
    recipe: JudgeRecipe,
) -> JudgeNetwork:
    """Train the network; answered questions whose answer was not found teach nothing and are left out."""
    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng(recipe.seed)
    examples = [example for example in examples if example.kind != "answered" or example.is_right.any()]
    network = JudgeNetwork(
        alignment,
        importance,
        examples,
        num_told=recipe.num_told,
        num_hidden=recipe.num_hidden,
        dropout=recipe.dropout,
    )
    layers = [values for name, values in network.named_parameters() if not name.startswith("meaning")]
    rates = [recipe.rate, recipe.meaning_rate]
    optimizer = torch.optim.AdamW(
        [{"params": layers}, {"params": list(network.meaning.parameters())}], weight_decay=recipe.decay
    )
    num_batches = len(examples) // recipe.batch_size or 1
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rates, total_steps=recipe.num_epochs * num_batches, pct_start=0.1
    )
    network.train()
    for epoch in range(recipe.num_epochs):
        order = rng.permutation(len(examples))
        losses = []
        for first in range(0, num_batches * recipe.batch_size, recipe.batch_size):
            taken = [examples[i] for i in order[first : first + recipe.batch_size]]
            loss = _loss(network, taken, near_weight=recipe.near_weight)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        _log.info("judge, epoch %d: loss %.3f", epoch + 1, np.mean(losses))
    network.eval()
    return network


def judge_all(judge: Judge, examples: Sequence[Example]) -> Judged:
    """Judge every example as in production."""
    probabilities = [judge.probability(example.question, example.hits) for example in examples]
    return Judged(tuple(example.kind for example in examples), np.array(probabilities))


def fit_threshold(judged: Judged, *, false_refusals: float) -> float:
    """Choose the threshold that refuses a share of the answered examples."""
    return float(np.quantile(judged.of("answered"), false_refusals))


def measure(judged: Judged, threshold: float) -> ErrorRates:
    """Count how often a threshold is wrong."""
    rates = (
        np.mean(judged.of("answered") < threshold),
        np.mean(judged.of("near") >= threshold),
        np.mean(judged.of("other") >= threshold),
    )
    return ErrorRates(*(round(float(rate), 4) for rate in rates))


def _loss(network: JudgeNetwork, examples: Sequence[Example], *, near_weight: float) -> torch.Tensor:
    """The right hits, or none of them, must win a softmax over all hits and "none", whose logit is 0."""
    batch = Batch.pad(examples)
    logits = network(batch)
    none = torch.zeros(len(logits), 1)
    total = torch.logsumexp(torch.cat([logits, none], dim=1), dim=1)
    is_answered = batch.is_right.any(dim=1)
    right = torch.logsumexp(logits.masked_fill(~batch.is_right, -1e9), dim=1)
    target = torch.where(is_answered, right, none[:, 0])
    weights = torch.tensor([near_weight if example.kind == "near" else 1.0 for example in examples])
    return ((total - target) * weights).sum() / weights.sum()
