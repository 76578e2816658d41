"""`Judge`: does a passage answer the question? Judged word by word, where similarity sees only the topic.

A near miss (包年会员要花多少钱) is as similar to a clause as a question the clause answers; what tells them
apart is that 多少钱 has no partner there. A small network looks at every word of the question, its partner in
the passage (`answer/alignment.py`) and the evidence of the search. It was trained in PyTorch
(`answer/training/network.py`) and runs on numpy; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from answer.alignment import Aligner, Alignment
from answer.expectations import EXPECTATIONS, expectations_met
from index.fusion import Evidence
from index.search import Hit

FILE_NAME = "judge.safetensors"
NUM_FEATURES = len(Evidence._fields) + 3 + 2 * len(EXPECTATIONS)
_MAX_RELEVANCE = 1 - 1e-6

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """All that was trained; float32. d is the length of a token's vector, h of what is known of a token.

    Attributes:
        alignment: (num_tokens, d): the vectors that align.
        meaning: (num_tokens, d): the vectors that are judged.
        importance: (num_tokens,): how much a token counts in general; 1 on average.
        match_weight: (h, 3 d + 4), with match_bias (h,): what a token and its partner tell.
        attention_weight: (1, d + 1), with attention_bias (1,): which tokens decide.
        hidden_weight: (_, 2 h + NUM_FEATURES), with hidden_bias: all tokens and the evidence together.
        out_weight: (1, _), with out_bias (1,).
        linear_weight: (1, NUM_FEATURES), with linear_bias (1,): the evidence alone.
        mean: (NUM_FEATURES,) of the features that were trained on.
        deviation: likewise.
    """

    alignment: Floats
    meaning: Floats
    importance: Floats
    match_weight: Floats
    match_bias: Floats
    attention_weight: Floats
    attention_bias: Floats
    hidden_weight: Floats
    hidden_bias: Floats
    out_weight: Floats
    out_bias: Floats
    linear_weight: Floats
    linear_bias: Floats
    mean: Floats
    deviation: Floats

    def save(self, folder: Path) -> None:
        """Write the weights into an encoder's folder: a byte a number and a scale a row for large tables."""
        tensors: dict[str, npt.NDArray[np.generic]] = {}
        for name in self.__slots__:
            values: Floats = getattr(self, name)
            if name in _TABLES:
                scale = np.maximum(np.abs(values).max(axis=1), 1e-9) / 127
                tensors[name] = np.round(values / scale[:, np.newaxis]).astype(np.int8)
                tensors[f"{name}_scale"] = scale.astype(np.float32)
            else:
                tensors[name] = values.astype(np.float32)
        save_file(tensors, folder / FILE_NAME)

    @classmethod
    def load(cls, folder: Path) -> Weights:
        """Read weights that `save` wrote.

        Raises:
            OSError, KeyError, SafetensorError: there are none, or they are damaged.
        """
        tensors = load_file(folder / FILE_NAME)
        for name in _TABLES:
            tensors[name] = tensors[name].astype(np.float32) * tensors.pop(f"{name}_scale")[:, np.newaxis]
        return cls(**tensors)


_TABLES = ("alignment", "meaning")


class Judge:
    """Judges the best windows of hits."""

    def __init__(self, tokenizer: Tokenizer, weights: Weights) -> None:
        self._weights = weights
        self._aligner = Aligner(tokenizer, weights.alignment)

    @classmethod
    def load(cls, encoder: Path) -> Judge | None:
        """Read the judge trained for an encoder; None where it has none."""
        if not (encoder / FILE_NAME).is_file():
            return None
        return cls(Tokenizer.from_file(str(encoder / "tokenizer.json")), Weights.load(encoder))

    def probability(self, question: str, hits: Sequence[Hit]) -> float:
        """The probability that one of the hits answers the question; 0 where no hit has text of its own."""
        judged = [hit for hit in hits if hit.window]
        if not judged:
            return 0.0
        return 1 - float(1 / (1 + np.exp(self._logits(question, judged)).sum()))

    def _logits(self, question: str, hits: Sequence[Hit]) -> Floats:
        passages = [hit.window.text for hit in hits if hit.window]
        alignment = self._aligner.align(question, passages)
        if not len(alignment.tokens):  # no word that is known: nothing can answer
            return np.full(len(hits), -np.inf, dtype=np.float32)
        return judge_alignment(self._weights, alignment, features_of(question, hits))


def features_of(question: str, hits: Sequence[Hit]) -> Floats:
    """What the search found, as numbers.

    Args:
        question: what was searched.
        hits: all with text of their own.

    Returns:
        float32, shape (num_hits, NUM_FEATURES): the evidence, the log-odds of the relevance, how far its
        similarity and log-odds lie below the best hit's, and which expectations its window meets.
    """
    evidence = np.array([hit.evidence for hit in hits], dtype=np.float32)
    relevance = np.clip([hit.relevance for hit in hits], 1 - _MAX_RELEVANCE, _MAX_RELEVANCE)
    odds = np.log(relevance / (1 - relevance))
    similarity = evidence[:, 0]
    below = [similarity - similarity.max(), odds - odds.max()]
    met = [expectations_met(question, hit.window.text) for hit in hits if hit.window]
    return np.column_stack([evidence, odds, *below, np.array(met)]).astype(np.float32)


def judge_alignment(weights: Weights, alignment: Alignment, features: Floats) -> Floats:
    """Run the network.

    Args:
        weights: the network.
        alignment: the question with num_hits passages.
        features: float32, shape (num_hits, NUM_FEATURES).

    Returns:
        float32, shape (num_hits,): log-odds that the passage answers, against that none does.
    """
    standard = (features - weights.mean) / weights.deviation
    linear = standard @ weights.linear_weight[0] + weights.linear_bias[0]
    of_tokens = np.zeros((len(features), 2 * len(weights.match_bias)), dtype=np.float32)
    if len(alignment.tokens):
        told = _match(weights, alignment)
        of_tokens = np.concatenate([_attention(weights, alignment) @ told, told.max(axis=1)], axis=1)
    together = np.concatenate([of_tokens, standard], axis=1)
    hidden = np.maximum(together @ weights.hidden_weight.T + weights.hidden_bias, 0)
    logits: Floats = linear + hidden @ weights.out_weight[0] + weights.out_bias[0]
    return logits


def _match(weights: Weights, alignment: Alignment) -> Floats:
    """What every token and its partner tell: shape (num_hits, num_tokens, h)."""
    asked = weights.meaning[alignment.tokens]
    size = (len(alignment.partners), *asked.shape)
    found = weights.meaning[alignment.partners]
    cosines = alignment.cosines[..., np.newaxis]
    pairs = [
        np.broadcast_to(asked, size),
        found,
        asked * found,
        cosines,
        cosines**2,
        (alignment.partners == alignment.tokens)[..., np.newaxis],
        np.broadcast_to(weights.importance[alignment.tokens][:, np.newaxis], (*size[:2], 1)),
    ]
    told: Floats = np.maximum(
        np.concatenate(pairs, axis=2, dtype=np.float32) @ weights.match_weight.T + weights.match_bias, 0
    )
    return told


def _attention(weights: Weights, alignment: Alignment) -> Floats:
    """How much every token decides: shape (num_tokens,), sum 1."""
    known = np.column_stack([weights.meaning[alignment.tokens], weights.importance[alignment.tokens]])
    logits = known @ weights.attention_weight[0] + weights.attention_bias[0]
    raw = np.exp(logits - logits.max())
    shares: Floats = raw / raw.sum()
    return shares
