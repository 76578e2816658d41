"""Masked-language training: guess the tokens that were hidden in running text."""

from __future__ import annotations

import logging

import numpy as np
import scipy.sparse as sp  # type: ignore[import-untyped]
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from transformers import BertModel

from index.training.learner import rate_at
from index.training.transformer.network import descend, hidden_states, pad
from index.training.transformer.recipe import MaskedRecipe

_NUM_WARMUP = 50
_NUM_SHOWN = 50
_AS_MASK, _AS_OTHER = 0.8, 0.1  # of the tokens to guess; the rest is left as it is, so that all are looked at

_log = logging.getLogger(__name__)


class _Guesser(nn.Module):
    """From the state of a hidden token to all tokens of the vocabulary; thrown away after training."""

    def __init__(self, network: BertModel) -> None:
        super().__init__()
        self._vectors = network.embeddings.word_embeddings.weight  # learned with the network
        num_tokens, dimension = self._vectors.shape
        self.transform = nn.Sequential(nn.Linear(dimension, dimension), nn.GELU(), nn.LayerNorm(dimension))
        self.bias = nn.Parameter(torch.zeros(num_tokens))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.transform(states) @ self._vectors.T + self.bias
        return logits


def train_masked(
    network: BertModel, rows: sp.csr_matrix, recipe: MaskedRecipe, *, mask_id: int, seed: int
) -> list[float]:
    """Train a network on running text.

    Args:
        network: is changed.
        rows: token rows of the texts, at least one; begin and end of a row are never hidden.
        recipe: how.
        mask_id: id of the token that hides others.
        seed: decides which texts, in which order, and what is hidden.

    Returns:
        The loss of every step.
    """
    rng = np.random.default_rng(seed)
    network.train()
    guesser = _Guesser(network).to(network.device)
    parameters = {id(p): p for p in (*network.parameters(), *guesser.parameters())}
    optimizer = torch.optim.AdamW(parameters.values(), weight_decay=0.01)
    losses: list[float] = []
    for step in range(recipe.num_steps):
        ids, is_token = pad(rows[rng.integers(rows.shape[0], size=recipe.batch_size)])
        shown, is_asked = hide_tokens(
            ids, is_token, share=recipe.share, mask_id=mask_id, num_tokens=rows.shape[1], rng=rng
        )
        states = hidden_states(network, shown, is_token)[is_asked.to(network.device)]
        loss = cross_entropy(guesser(states), ids[is_asked].to(network.device))
        descend(
            optimizer, loss, rate=rate_at(step, recipe.num_steps, largest=recipe.rate, num_warmup=_NUM_WARMUP)
        )
        losses.append(loss.item())
    first, last = np.mean(losses[:_NUM_SHOWN]), np.mean(losses[-_NUM_SHOWN:])
    _log.info(
        "masked tokens: %d steps, loss of the first %d %.3f, of the last %.3f",
        step + 1,
        _NUM_SHOWN,
        first,
        last,
    )
    return losses


def hide_tokens(
    ids: torch.Tensor,
    is_token: torch.Tensor,
    *,
    share: float,
    mask_id: int,
    num_tokens: int,
    rng: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Choose what must be guessed, at least one token, and hide most of it.

    Returns:
        The ids to show, and which of them are asked for; both of the shape of `ids`.
    """
    is_inner = is_token.clone()
    is_inner[:, 0] = False
    is_inner[:, :-1] &= is_token[:, 1:]  # the last token of a text has no token behind it
    is_inner[:, -1] = False
    chances = torch.from_numpy(rng.random(ids.shape)).masked_fill(~is_inner, 2.0)
    is_asked = chances < max(share, float(chances.min()) + 1e-12)
    ways = torch.from_numpy(rng.random(ids.shape))
    others = torch.from_numpy(rng.integers(num_tokens, size=ids.shape))
    shown = torch.where(is_asked & (ways < _AS_MASK), mask_id, ids)
    shown = torch.where(is_asked & (ways >= 1 - _AS_OTHER), others, shown)
    return shown, is_asked & is_inner
