"""BM25 over clauses, on characters and pairs of neighbouring characters.

Chinese has no spaces: without segmentation BM25 silently finds nothing. Characters with pairs find as much as
words of a dictionary do, know every new word, and need no dictionary.
"""

from __future__ import annotations

import logging
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt

K1 = 1.2
B = 0.6
logging.getLogger("bm25s").setLevel(logging.WARNING)  # it tells of every index that it builds

_RUN = re.compile(r"[a-z0-9]+(?:[._@-][a-z0-9]+)*|[\u3400-\u9fff\U00020000-\U0003ffff]+")


def tokenize(text: str) -> list[str]:
    """Cut a text into Latin words, Chinese characters, and pairs of neighbouring characters.

    >>> tokenize("注销APP账号")
    ['注', '销', '注销', 'app', '账', '号', '账号']
    """
    tokens: list[str] = []
    for match in _RUN.finditer(unicodedata.normalize("NFKC", text).lower()):
        run = match[0]
        if run[0].isascii():
            tokens.append(run)
        else:
            tokens.extend(run)
            tokens.extend(first + second for first, second in pairwise(run))
    return tokens


@dataclass(frozen=True, slots=True)
class LexicalRates:
    """How well the words of a question fit every text; float32, shape (num_texts,), larger is better.

    Attributes:
        relative: BM25 divided by the best text's; zeros where no text has any of the words.
        coverage: the share of the question's tokens that a text has, rare tokens counting more.
    """

    relative: npt.NDArray[np.float32]
    coverage: npt.NDArray[np.float32]


class LexicalIndex:
    """BM25 over a list of texts; row i of every outcome belongs to text i."""

    def __init__(self, bm25: bm25s.BM25) -> None:
        self._bm25 = bm25
        self._postings = bm25.scores  # the sparse matrix of tokens and texts

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index the texts.

        Raises:
            ValueError: there is no text, or no text has a token.
        """
        tokens = [tokenize(text) for text in texts]
        if not any(tokens):
            raise ValueError(f"none of the {len(texts)} texts has a word to index")
        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene")
        bm25.index(tokens, show_progress=False)
        return cls(bm25)

    def rate(self, question: str) -> LexicalRates:
        """Rate every text for a question.

        Tokens of the question that no text has count as missing from all.
        """
        tokens = list(dict.fromkeys(tokenize(question)))
        num_texts = int(self._postings["num_docs"])
        raw = self._bm25.get_scores(tokens) if tokens else np.zeros(num_texts, dtype=np.float32)
        coverage, total = np.zeros(num_texts, dtype=np.float32), 0.0
        for token in tokens:
            texts = self._texts_with(token)
            rarity = math.log(1 + (num_texts - len(texts) + 0.5) / (len(texts) + 0.5))
            coverage[texts] += rarity
            total += rarity
        best = float(raw.max(initial=0.0))
        relative = raw / best if best > 0 else raw
        return LexicalRates(relative.astype(np.float32), coverage / total if total > 0 else coverage)

    def _texts_with(self, token: str) -> npt.NDArray[np.int32]:
        column = self._bm25.vocab_dict.get(token)
        if column is None:
            return np.zeros(0, dtype=np.int32)
        first, last = self._postings["indptr"][column : column + 2]
        texts: npt.NDArray[np.int32] = self._postings["indices"][first:last]
        return texts

    def save(self, folder: Path) -> None:
        """Write the index into a folder of its own."""
        self._bm25.save(str(folder), show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read an index that `save` wrote."""
        return cls(bm25s.BM25.load(str(folder), show_progress=False))
