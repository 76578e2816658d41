"""The judge while it learns: the network of `answer/judge.py` in PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from answer.alignment import MAX_TOKENS
from answer.judge import NUM_FEATURES, Weights
from answer.training.examples import Example

_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples padded to one size: b examples, k hits, t tokens.

    Attributes:
        tokens: int64, (b, t); partners (b, k, t); cosines float32, (b, k, t).
        is_token: bool, (b, t); is_hit (b, k): what is no padding.
        features: float32, (b, k, NUM_FEATURES).
        is_right: bool, (b, k).
    """

    tokens: torch.Tensor
    partners: torch.Tensor
    cosines: torch.Tensor
    is_token: torch.Tensor
    is_hit: torch.Tensor
    features: torch.Tensor
    is_right: torch.Tensor

    @classmethod
    def pad(cls, examples: Sequence[Example]) -> Batch:
        """Set examples into one batch."""
        num_tokens = min(max(1, *(len(example.alignment.tokens) for example in examples)), MAX_TOKENS)
        num_hits = max(len(example.hits) for example in examples)
        batch = cls(
            tokens=torch.zeros(len(examples), num_tokens, dtype=torch.int64),
            partners=torch.zeros(len(examples), num_hits, num_tokens, dtype=torch.int64),
            cosines=torch.zeros(len(examples), num_hits, num_tokens),
            is_token=torch.zeros(len(examples), num_tokens, dtype=torch.bool),
            is_hit=torch.zeros(len(examples), num_hits, dtype=torch.bool),
            features=torch.zeros(len(examples), num_hits, NUM_FEATURES),
            is_right=torch.zeros(len(examples), num_hits, dtype=torch.bool),
        )
        for row, example in enumerate(examples):
            hits, tokens = len(example.hits), len(example.alignment.tokens)
            batch.tokens[row, :tokens] = torch.from_numpy(example.alignment.tokens)
            batch.partners[row, :hits, :tokens] = torch.from_numpy(example.alignment.partners)
            batch.cosines[row, :hits, :tokens] = torch.from_numpy(example.alignment.cosines)
            batch.is_token[row, :tokens] = True
            batch.is_hit[row, :hits] = True
            batch.features[row, :hits] = torch.from_numpy(example.features)
            batch.is_right[row, :hits] = torch.from_numpy(example.is_right)
        return batch


class JudgeNetwork(nn.Module):
    """One logit a hit; `Weights` says what the layers are."""

    mean: torch.Tensor
    deviation: torch.Tensor
    importance: torch.Tensor

    def __init__(
        self,
        alignment: npt.NDArray[np.float32],
        importance: npt.NDArray[np.float32],
        examples: Sequence[Example],
        *,
        num_told: int,
        num_hidden: int,
        dropout: float,
    ) -> None:
        """Begin with the vectors that align and the mean and deviation of the examples' features."""
        super().__init__()
        features = np.concatenate([example.features for example in examples])
        self.register_buffer("mean", torch.from_numpy(features.mean(axis=0)))
        self.register_buffer("deviation", torch.from_numpy(features.std(axis=0) + 1e-6))
        self.register_buffer("importance", torch.from_numpy(importance))
        self._alignment = alignment
        dimension = alignment.shape[1]
        start = torch.from_numpy(alignment * np.sqrt(dimension).astype(np.float32))
        self.meaning = nn.Embedding(len(start), dimension)
        self.meaning.weight.data.copy_(start)
        self.match = nn.Linear(3 * dimension + 4, num_told)
        self.attention = nn.Linear(dimension + 1, 1)
        self.hidden = nn.Linear(2 * num_told + NUM_FEATURES, num_hidden)
        self.out = nn.Linear(num_hidden, 1)
        self.linear = nn.Linear(NUM_FEATURES, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, batch: Batch) -> torch.Tensor:
        """Judge a batch: float32, (b, k); about minus infinity where there is no hit."""
        standard = (batch.features - self.mean) / self.deviation
        asked = self.dropout(self.meaning(batch.tokens))
        found = self.dropout(self.meaning(batch.partners))
        importance = self.importance[batch.tokens].unsqueeze(-1)
        size = (*batch.partners.shape, asked.shape[-1])
        cosines = batch.cosines.unsqueeze(-1)
        pairs = [
            asked.unsqueeze(1).expand(size),
            found,
            asked.unsqueeze(1) * found,
            cosines,
            cosines.square(),
            (batch.partners == batch.tokens.unsqueeze(1)).float().unsqueeze(-1),
            importance.unsqueeze(1).expand(*size[:3], 1),
        ]
        told = torch.relu(self.match(torch.cat(pairs, dim=-1)))
        deciding = self.attention(torch.cat([asked, importance], dim=-1)).squeeze(-1)
        shares = deciding.masked_fill(~batch.is_token, _NEVER).softmax(dim=-1)
        mean = (told * shares[:, None, :, None]).sum(dim=2)
        # What is told is never negative, so padding with zeros leaves the largest as it is.
        largest = told.masked_fill(~batch.is_token[:, None, :, None], 0).amax(dim=2)
        together = torch.cat([self.dropout(torch.cat([mean, largest], dim=-1)), standard], dim=-1)
        logits = self.linear(standard) + self.out(torch.relu(self.hidden(together)))
        judged: torch.Tensor = logits.squeeze(-1).masked_fill(~batch.is_hit, _NEVER)
        return judged

    def weights(self) -> Weights:
        """Take the trained numbers out."""
        stored = {name: values.detach().numpy() for name, values in self.state_dict().items()}
        stored["meaning"] = stored.pop("meaning.weight")
        named = {name.replace(".", "_"): values for name, values in stored.items()}
        return Weights(alignment=self._alignment, **named)
