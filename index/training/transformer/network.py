"""The network while it learns: BERT with random weights, the mean over a text's tokens, scaled to length 1.

It runs on the GPU where there is one, in bfloat16 where the processor is quick at that. Texts of like length
go through it together, so little is computed for padding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp  # type: ignore[import-untyped]
import torch
from torch import nn
from torch.nn.functional import normalize
from transformers import BertConfig, BertModel

from index.training.transformer.recipe import TransformerRecipe

PAD_ID = 0  # of BertTokenizer
_MAX_BATCH_TOKENS = 8192
_WEIGHT_DECAY = 0.01
_MAX_GRADIENT = 1.0


def start_network(num_tokens: int, recipe: TransformerRecipe) -> BertModel:
    """Build a network with random weights, on the GPU where there is one."""
    torch.manual_seed(recipe.seed)
    config = BertConfig(
        vocab_size=num_tokens,
        hidden_size=recipe.dimension,
        num_hidden_layers=recipe.num_layers,
        num_attention_heads=recipe.num_heads,
        intermediate_size=recipe.inner_dimension,
        hidden_dropout_prob=recipe.dropout,
        attention_probs_dropout_prob=recipe.dropout,
        max_position_embeddings=recipe.max_tokens,
        pad_token_id=PAD_ID,
    )
    network = BertModel(config)
    nn.Module.to(network, "cuda" if torch.cuda.is_available() else "cpu")
    return network


class NetworkLearner:
    """A network that learns by AdamW; see `Learner`."""

    def __init__(self, network: BertModel) -> None:
        self._network = network.train()
        self._optimizer = torch.optim.AdamW(network.parameters(), weight_decay=_WEIGHT_DECAY)

    def embed(
        self, groups: Sequence[sp.csr_matrix], *, dropout: float, rng: np.random.Generator
    ) -> tuple[torch.Tensor, ...]:
        """Embed groups of texts; see `Learner.embed`. The first and the last token are never left out."""
        rows = drop_tokens(sp.vstack(groups, format="csr"), dropout, rng)
        return torch.split(encode_rows(self._network, rows), [group.shape[0] for group in groups])

    def step(self, loss: torch.Tensor, *, rate: float) -> None:
        """Change the weights; see `Learner.step`."""
        descend(self._optimizer, loss, rate=rate)


def descend(optimizer: torch.optim.Optimizer, loss: torch.Tensor, *, rate: float) -> None:
    """Take one step down a loss, with the gradient's length bounded."""
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    for group in optimizer.param_groups:
        torch.nn.utils.clip_grad_norm_(group["params"], _MAX_GRADIENT)
        group["lr"] = rate
    optimizer.step()


def encode_rows(network: BertModel, rows: sp.csr_matrix) -> torch.Tensor:
    """Encode texts: float32, shape (num_texts, dimension), rows of norm 1, in the order of `rows`."""
    lengths = np.diff(rows.indptr)
    order = np.argsort(-lengths, kind="stable")
    parts = [mean_of_tokens(network, *pad(rows[chunk])) for chunk in _chunks(order, lengths)]
    back = torch.from_numpy(np.argsort(order, kind="stable"))
    return normalize(torch.cat(parts)[back.to(network.device)], dim=1)


def hidden_states(network: BertModel, ids: torch.Tensor, is_token: torch.Tensor) -> torch.Tensor:
    """Run the network: float32, shape (num_texts, longest, dimension)."""
    device = network.device
    with torch.autocast(device.type, dtype=torch.bfloat16):
        outcome = network(input_ids=ids.to(device), attention_mask=is_token.to(device))
    states: torch.Tensor = outcome.last_hidden_state.float()
    return states


def mean_of_tokens(network: BertModel, ids: torch.Tensor, is_token: torch.Tensor) -> torch.Tensor:
    """Average a text's tokens, [CLS] and [SEP] included, as the pooling of the finished encoder does."""
    share = is_token.to(network.device, torch.float32)
    summed = (hidden_states(network, ids, is_token) * share[:, :, None]).sum(dim=1)
    return summed / share.sum(dim=1, keepdim=True)


def pad(rows: sp.csr_matrix) -> tuple[torch.Tensor, torch.Tensor]:
    """Set token rows into a table: ids, int64 of shape (num_texts, longest), and which of them are tokens."""
    lengths = np.diff(rows.indptr)
    is_token = np.arange(lengths.max(initial=0)) < lengths[:, None]
    ids = np.full(is_token.shape, PAD_ID, dtype=np.int64)
    ids[is_token] = rows.indices
    return torch.from_numpy(ids), torch.from_numpy(is_token)


def drop_tokens(rows: sp.csr_matrix, dropout: float, rng: np.random.Generator) -> sp.csr_matrix:
    """Leave a share of the tokens out, but never the first or the last one of a text."""
    kept = rng.random(len(rows.indices)) >= dropout
    kept[rows.indptr[:-1]] = True
    kept[rows.indptr[1:] - 1] = True
    ends = np.concatenate([[0], np.cumsum(kept)])[rows.indptr]
    return sp.csr_matrix((rows.data[kept], rows.indices[kept], ends), shape=rows.shape)


def _chunks(order: npt.NDArray[np.int64], lengths: npt.NDArray[np.int32]) -> Iterator[npt.NDArray[np.int64]]:
    """Cut texts, longest first, into batches of at most _MAX_BATCH_TOKENS tokens, padding included."""
    first = 0
    while first < len(order):
        size = max(1, _MAX_BATCH_TOKENS // int(lengths[order[first]]))
        yield order[first : first + size]
        first += size
