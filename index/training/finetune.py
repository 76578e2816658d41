"""The second stage: questions about policies, against every window of those policies and every excerpt.

All windows of a policy are candidates because they are in production; those that belong to no question are
the hard wrong answers. The excerpts are candidates beside them: without them both are found less well.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp  # type: ignore[import-untyped]
import torch

from index.training.labelled import LabelledPolicy
from index.training.learner import Learner, rate_at
from index.training.losses import any_right_loss, pair_loss
from index.training.pretrain import CountedPairs, CountTokens, PairBatches
from index.training.recipe import FineTuneRecipe

_NUM_WARMUP = 10

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CountedPolicy:
    """Token counts of a policy's questions, windows and excerpts, and which of them belong together."""

    questions: sp.csr_matrix
    windows: sp.csr_matrix
    excerpts: sp.csr_matrix
    is_right_window: torch.Tensor
    is_right_excerpt: torch.Tensor

    @classmethod
    def count(cls, count_tokens: CountTokens, policy: LabelledPolicy) -> CountedPolicy:
        """Tokenise a policy."""
        return cls(
            count_tokens(policy.questions),
            count_tokens(policy.windows),
            count_tokens(policy.excerpts),
            torch.from_numpy(policy.is_right),
            torch.from_numpy(policy.asked[:, None] == np.arange(len(policy.excerpts))),
        )

    def thinned(self, max_windows: int, rng: np.random.Generator) -> CountedPolicy:
        """Keep so many windows at most: right ones before the others, at random among each kind."""
        is_needed = self.is_right_window.any(dim=0).numpy()
        order = rng.permutation(len(is_needed))
        kept = np.sort(order[np.argsort(~is_needed[order], kind="stable")][:max_windows])
        is_right = self.is_right_window[:, torch.from_numpy(kept)]
        asked = is_right.any(dim=1)  # a question that lost its windows is left out
        return CountedPolicy(
            self.questions[asked.numpy()],
            self.windows[kept],
            self.excerpts,
            is_right[asked],
            self.is_right_excerpt[asked],
        )


def fine_tune(
    learner: Learner,
    policies: Sequence[CountedPolicy],
    replayed: Sequence[CountedPairs],
    recipe: FineTuneRecipe,
    *,
    seed: int,
    after_epoch: Callable[[], None],
) -> list[float]:
    """Train a model on questions.

    Args:
        learner: the model, after the first stage.
        policies: what is asked about.
        replayed: pairs of the first stage, so that general words are not forgotten.
        recipe: how.
        seed: decides the order of policies and pairs and the dropout.
        after_epoch: called after every epoch.

    Returns:
        The loss of every step, without the replayed pairs.
    """
    rng = np.random.default_rng(seed)
    pairs = iter(PairBatches(replayed, batch_size=recipe.replay_size, rng=rng))
    num_batches = math.ceil(len(policies) / recipe.num_policies)
    num_steps = recipe.num_epochs * num_batches
    losses: list[float] = []
    for epoch in range(recipe.num_epochs):
        order = rng.permutation(len(policies))
        for start in range(0, len(order), recipe.num_policies):
            taken = [policies[i] for i in order[start : start + recipe.num_policies]]
            if recipe.max_windows is not None:
                taken = [policy.thinned(recipe.max_windows, rng) for policy in taken]
            source, chosen = next(pairs)
            groups = [*_stack(taken), source.left[chosen], source.right[chosen]]
            questions, windows, excerpts, left, right = learner.embed(groups, dropout=recipe.dropout, rng=rng)
            loss = _policy_loss(questions, windows, excerpts, taken, scale=recipe.scale)
            replay = pair_loss(left, right, source.share_text(chosen), scale=recipe.scale)
            rate = rate_at(len(losses), num_steps, largest=recipe.rate, num_warmup=_NUM_WARMUP)
            learner.step(loss + recipe.replay_weight * replay, rate=rate)
            losses.append(loss.item())
        _log.info("questions, seed %d, epoch %d: loss %.3f", seed, epoch + 1, np.mean(losses[-num_batches:]))
        after_epoch()
    return losses


def _stack(policies: Sequence[CountedPolicy]) -> list[sp.csr_matrix]:
    """Put the questions, windows and excerpts of several policies one under the other."""
    return [
        sp.vstack([policy.questions for policy in policies], format="csr"),
        sp.vstack([policy.windows for policy in policies], format="csr"),
        sp.vstack([policy.excerpts for policy in policies], format="csr"),
    ]


def _policy_loss(
    questions: torch.Tensor,
    windows: torch.Tensor,
    excerpts: torch.Tensor,
    policies: Sequence[CountedPolicy],
    *,
    scale: float,
) -> torch.Tensor:
    """Every question must find a right window and its excerpt among those of all policies of the batch."""
    right_windows = _block_diagonal([policy.is_right_window for policy in policies])
    right_excerpts = _block_diagonal([policy.is_right_excerpt for policy in policies])
    by_window = any_right_loss(scale * questions @ windows.T, right_windows)
    return by_window + any_right_loss(scale * questions @ excerpts.T, right_excerpts)


def _block_diagonal(blocks: Sequence[torch.Tensor]) -> torch.Tensor:
    """Set up the answers of several policies: what is right for one is wrong for all others."""
    whole: torch.Tensor = torch.block_diag(*blocks)  # type: ignore[no-untyped-call]
    return whole.bool()
