"""Which token of a passage says what a token of the question asks for. `answer/judge.py` judges from it.

The vectors that align were trained on general pairs only, not on questions about policies: those of the
encoder match the questions they were trained with too well to learn from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

MAX_TOKENS = 64
_CACHE_SIZE = 20_000


@dataclass(frozen=True, slots=True)
class Alignment:
    """The tokens of a question, and for each its partner in every passage: the most similar token.

    Attributes:
        tokens: int64, shape (num_tokens,): ids, each once, ascending; MAX_TOKENS at most.
        partners: int32, shape (num_passages, num_tokens): ids; 0 in a passage without a known token.
        cosines: float32, likewise: how similar the partner is; 0 without one.
    """

    tokens: npt.NDArray[np.int64]
    partners: npt.NDArray[np.int32]
    cosines: npt.NDArray[np.float32]


class Aligner:
    """Aligns questions with passages. Row i of the table is the vector of token i."""

    def __init__(self, tokenizer: Tokenizer, table: npt.NDArray[np.float32]) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._table = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
        self._passage_tokens = lru_cache(maxsize=_CACHE_SIZE)(self._tokens)

    def align(self, question: str, passages: Sequence[str]) -> Alignment:
        """Align a question with passages."""
        tokens = self._tokens(question)[:MAX_TOKENS]
        partners = np.zeros((len(passages), len(tokens)), dtype=np.int32)
        cosines = np.zeros((len(passages), len(tokens)), dtype=np.float32)
        for row, passage in enumerate(passages):
            held = self._passage_tokens(passage)
            if len(held) and len(tokens):
                similarities = self._table[tokens] @ self._table[held].T
                nearest = similarities.argmax(axis=1)
                partners[row] = held[nearest]
                cosines[row] = similarities[np.arange(len(tokens)), nearest]
        return Alignment(tokens, partners, cosines)

    def _tokens(self, text: str) -> npt.NDArray[np.int64]:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return np.unique(np.asarray(encoding.ids, dtype=np.int64))
