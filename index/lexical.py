"""BM25 over clauses, on characters and pairs of neighbouring characters.

Chinese has no spaces: without segmentation BM25 silently finds nothing. Characters with pairs find as much as
words of a dictionary do (docs/quality.md has the figures), know every new word, and need no dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt

K1 = 1.2
B = 0.6
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


class LexicalIndex:
    """BM25 over a list of texts; row i of every outcome belongs to text i."""

    def __init__(self, bm25: bm25s.BM25) -> None:
        self._bm25 = bm25

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

    def scores(self, question: str) -> npt.NDArray[np.float32]:
        """Rate every text for a question, larger is better.

        Returns:
            float32, shape (num_texts,): the BM25 sum divided by the sum that a text holding every token of
            the question once would get, so that rates of different questions compare. Zeros where no token
            is known.
        """
        tokens = list(dict.fromkeys(tokenize(question)))
        raw = self._bm25.get_scores(tokens) if tokens else np.zeros(self._num_texts, dtype=np.float32)
        best = float(raw.max(initial=0.0))
        return (raw / best if best > 0 else raw).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the index into a folder of its own."""
        self._bm25.save(str(folder), show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read an index that `save` wrote."""
        return cls(bm25s.BM25.load(str(folder), show_progress=False))

    @property
    def _num_texts(self) -> int:
        return int(self._bm25.scores["num_docs"])
