"""A sentence-transformers model as a LangChain `Embeddings`. Loading it is the slow part of a start.

`index/build.py` encodes windows, `index/search.py` questions. Vectors are float32 rows of L2 norm 1, so inner
product is cosine similarity: larger is closer. A text without any known token has the zero vector, which is
similar to nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings
from safetensors import SafetensorError

from errors import EncoderError
from index.static_model import StaticModel

_BATCH_SIZE = 64


class TextModel(Protocol):
    """What turns texts into vectors."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Encode texts: float32, shape (len(texts), dimension), rows of norm 1, or 0 for no known token."""

    def late_similarities(self, question: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Compare token by token: float32, shape (len(texts),); zeros where there are no token vectors."""


class Encoder(Embeddings):
    """Encodes windows and questions. Some models want an instruction in front of questions only."""

    def __init__(self, model: TextModel, *, name: str, query_instruction: str = "") -> None:
        self._model = model
        self._query_instruction = query_instruction
        self.name = name

    @classmethod
    def load(cls, name: str, *, query_instruction: str = "") -> Encoder:
        """Load a model by path or by its name on a hub.

        Raises:
            EncoderError: there is no such model, or it is damaged.
        """
        try:
            model = (StaticModel.load(Path(name)) if Path(name).is_dir() else None) or _Transformer(name)
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as exc:
            raise EncoderError(
                f"encoder {name!r} cannot be loaded: {exc}; set POLICY_QA_ENCODER to a sentence-transformers "
                "model, or unset it to use the bundled one",
                user_message=f"向量模型“{name}”加载不了，请检查 POLICY_QA_ENCODER，或删去它改用自带的模型。",
            ) from exc
        return cls(model, name=name, query_instruction=query_instruction)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._model.dimension

    def encode_windows(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Encode texts of a policy: float32, shape (len(texts), dimension), rows of norm 1 or 0."""
        return self._model.encode(texts)

    def encode_question(self, question: str) -> npt.NDArray[np.float32]:
        """Encode a question: float32, shape (dimension,), norm 1, or 0 where no token is known."""
        row: npt.NDArray[np.float32] = self._model.encode([self._query_instruction + question])[0]
        return row

    def late_similarities(self, question: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Compare a question with texts token by token (late interaction).

        Returns:
            float32, shape (len(texts),), in [-1, 1]: for every token of the question the cosine of the most
            similar token of the text, averaged by the tokens' weights. Zeros without token vectors.
        """
        return self._model.late_similarities(question, texts)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """LangChain's name for `encode_windows`."""
        rows: list[list[float]] = self.encode_windows(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """LangChain's name for `encode_question`."""
        row: list[float] = self.encode_question(text).tolist()
        return row


class _Transformer:
    """Any model of sentence-transformers."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds to import

        if Path(name).exists():
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        self._model = SentenceTransformer(name, device="cpu")

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Encode texts: float32, shape (len(texts), dimension), rows of norm 1."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(
            list(texts),
            batch_size=_BATCH_SIZE,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def late_similarities(self, _question: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Nothing is known of single tokens: zeros."""
        return np.zeros(len(texts), dtype=np.float32)


def fingerprint(name: str) -> str:
    """Name the exact weights of an encoder: SHA-256 over the files of a folder, else the model's name."""
    folder = Path(name)
    if not folder.is_dir():
        return f"name:{name}"
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".safetensors", ".json", ".bin", ".txt"}:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return f"sha256:{digest.hexdigest()}"
