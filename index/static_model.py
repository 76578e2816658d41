"""A static sentence-transformers model without PyTorch: one vector a token, averaged, normalised.

`index/encoder.py` uses it for models made of `StaticEmbedding` and `Normalize`, such as the bundled one:
importing PyTorch takes seconds, looking up rows of a table does not need it. The vectors equal those of
`SentenceTransformer(path).encode`; a test compares them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file
from tokenizers import Tokenizer

_MODULES = ("StaticEmbedding", "Normalize")
_BATCH_SIZE = 256
_CACHE_SIZE = 50_000


class StaticModel:
    """Token vectors and the tokenizer that picks them."""

    def __init__(self, tokenizer: Tokenizer, table: npt.NDArray[np.float32]) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._table = table
        self._weights = np.linalg.norm(table, axis=1)  # training makes important tokens long
        # The same windows come up again and again, and tokenising them is what costs most.
        self._cached_token_ids = lru_cache(maxsize=_CACHE_SIZE)(self._token_ids)

    @classmethod
    def load(cls, folder: Path) -> StaticModel | None:
        """Load the model in a folder; None where it is of another kind.

        Raises:
            OSError, ValueError, KeyError: a file of it is missing or damaged.
        """
        modules = folder / "modules.json"
        if not modules.is_file():
            return None
        kinds = [
            module["type"].rsplit(".", 1)[-1] for module in json.loads(modules.read_text(encoding="utf-8"))
        ]
        if tuple(kinds) != _MODULES:
            return None
        tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        return cls(tokenizer, _read_table(load_file(folder / "model.safetensors")))

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._table.shape[1])

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Encode texts: float32, shape (len(texts), dimension), rows of norm 1, or 0 for no known token."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for first in range(0, len(texts), _BATCH_SIZE):
            encodings = self._tokenizer.encode_batch(
                texts[first : first + _BATCH_SIZE], add_special_tokens=False
            )
            for row, encoding in enumerate(encodings, first):
                if encoding.ids:
                    vectors[row] = self._table[encoding.ids].sum(axis=0)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(norms > 0, norms, 1)
        return vectors

    def late_similarities(self, question: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Compare a question with texts token by token; see `Encoder.late_similarities`."""
        wanted, held = self._token_ids(question), [self._cached_token_ids(text) for text in texts]
        counts = np.array([len(ids) for ids in held])
        weights = self._weights[wanted]
        similarities = np.zeros(len(texts), dtype=np.float32)
        known = np.flatnonzero(counts)
        if not len(known) or not weights.sum():
            return similarities
        tokens, places = np.unique(np.concatenate([held[i] for i in known]), return_inverse=True)
        cosines = (self._unit_rows(wanted) @ self._unit_rows(tokens).T)[:, places]
        starts = np.concatenate([[0], np.cumsum(counts[known])[:-1]])
        similarities[known] = weights @ np.maximum.reduceat(cosines, starts, axis=1) / weights.sum()
        return similarities

    def _token_ids(self, text: str) -> npt.NDArray[np.int64]:
        """The ids of a text's tokens, each once."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return np.unique(np.asarray(encoding.ids, dtype=np.int64))

    def _unit_rows(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        rows: npt.NDArray[np.float32] = self._table[ids] / np.maximum(self._weights[ids], 1e-9)[:, np.newaxis]
        return rows


def _read_table(tensors: dict[str, npt.NDArray[np.generic]]) -> npt.NDArray[np.float32]:
    """The vectors of all tokens; quantised ones come with a scale a row."""
    if "embedding.weight" in tensors:
        return tensors["embedding.weight"].astype(np.float32)
    table = tensors["embeddings"].astype(np.float32)
    if "mapping" in tensors:
        table = table[tensors["mapping"].astype(np.int64)]
    if "weights" in tensors:
        table *= tensors["weights"].astype(np.float32)[:, np.newaxis]
    return table
