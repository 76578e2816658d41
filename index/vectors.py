"""Windows in an exact FAISS inner-product index, behind LangChain's `VectorStore`.

`index/search.py` uses the array methods; `similarity_search` and its kin are for chains of other people.
Row i of the index belongs to text i. Nothing here returns a distance: similarity is cosine, larger is closer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore

from errors import IndexStorageError

NORM_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class ClauseVectors:
    """Vectors of whole clauses and of the headings that lead to them; row i belongs to entry i.

    Both float32, shape (num_entries, dimension); zero rows for clauses without text or headings.
    """

    clauses: npt.NDArray[np.float32]
    headings: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        check_unit_rows(self.clauses)
        check_unit_rows(self.headings)
        if self.clauses.shape != self.headings.shape:
            raise ValueError(f"clauses of shape {self.clauses.shape}, headings of {self.headings.shape}")


class WindowStore(VectorStore):
    """Texts with their vectors and metadata."""

    def __init__(
        self,
        embeddings: Embeddings,
        index: faiss.Index,
        texts: list[str],
        metadatas: list[dict[str, Any]],
    ) -> None:
        if not index.ntotal == len(texts) == len(metadatas):
            raise ValueError(f"{index.ntotal} vectors, {len(texts)} texts and {len(metadatas)} metadata")
        self._embeddings = embeddings
        self._index = index
        self._texts = texts
        self._metadatas = metadatas

    @classmethod
    def empty(cls, embeddings: Embeddings, dimension: int) -> WindowStore:
        """Make a store without texts for vectors of a dimension."""
        return cls(embeddings, faiss.IndexFlatIP(dimension), [], [])

    @property
    def embeddings(self) -> Embeddings:
        """The model that encodes questions and texts."""
        return self._embeddings

    def __len__(self) -> int:
        return len(self._texts)

    def add_vectors(
        self, vectors: npt.NDArray[np.float32], texts: Sequence[str], metadatas: Sequence[dict[str, Any]]
    ) -> None:
        """Append texts whose vectors are at hand.

        Raises:
            ValueError: `vectors` is not float32 with one unit row a text.
        """
        check_unit_rows(vectors)
        if not len(vectors) == len(texts) == len(metadatas):
            raise ValueError(f"{len(vectors)} vectors, {len(texts)} texts and {len(metadatas)} metadata")
        self._index.add(vectors)
        self._texts.extend(texts)
        self._metadatas.extend(metadatas)

    def nearest(
        self,
        question: npt.NDArray[np.float32],
        num_rows: int,
        *,
        among: npt.NDArray[np.int64] | None = None,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Find the rows most similar to a question.

        Args:
            question: float32, shape (dimension,), L2 norm 1.
            num_rows: rows wanted, at least 1.
            among: the rows to search, ascending; all of them where None.

        Returns:
            Rows and similarities, most similar first, both of length min(num_rows, rows searched).
        """
        if num_rows < 1:
            raise ValueError(f"num_rows must be at least 1, got {num_rows}")
        num_searched, parameters = len(self._texts), None
        if among is not None and len(among) < num_searched:
            num_searched = len(among)
            selector = faiss.IDSelectorBatch(among)
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        # FAISS pads missing results with row -1, which would be taken for the last text.
        num_rows = min(num_rows, num_searched)
        if num_rows == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        similarities, rows = self._index.search(question[np.newaxis], num_rows, params=parameters)
        return rows[0], similarities[0]

    def similarities(
        self, question: npt.NDArray[np.float32], rows: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float32]:
        """The similarity of a question to given rows: float32, shape (len(rows),)."""
        if not len(rows):
            return np.zeros(0, dtype=np.float32)
        vectors: npt.NDArray[np.float32] = self._index.reconstruct_batch(rows)
        return vectors @ question

    def save(self, path: Path) -> None:
        """Write the vectors; texts and metadata are the caller's to keep.

        FAISS writes through a Python file: by itself it does not tell when the last bytes find no room.

        Raises:
            OSError: the file cannot be written.
        """
        with path.open("wb") as file:
            faiss.write_index(self._index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]

    @classmethod
    def load(
        cls, path: Path, embeddings: Embeddings, texts: list[str], metadatas: list[dict[str, Any]]
    ) -> WindowStore:
        """Read vectors that `save` wrote.

        Raises:
            IndexStorageError: the file is missing, damaged or holds another number of vectors.
        """
        try:
            return cls(embeddings, faiss.read_index(str(path)), texts, metadatas)
        except (RuntimeError, ValueError) as exc:
            raise IndexStorageError(
                f"vectors {str(path)!r} cannot be read: {exc}; delete the index folder and start again",
                user_message=f"索引文件“{path}”已损坏，请删除索引目录后重新启动。",
            ) from exc

    # LangChain's names

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        **kwargs: Any,
    ) -> WindowStore:
        """Encode texts and make a store of them; at least one is needed to know the dimension."""
        if not texts:
            raise ValueError("from_texts needs at least one text; use WindowStore.empty for none")
        vectors = np.asarray(embedding.embed_documents(texts), dtype=np.float32)
        store = cls.empty(embedding, vectors.shape[1])
        store.add_vectors(vectors, texts, metadatas or [{} for _ in texts])
        return store

    def add_texts(
        self, texts: Iterable[str], metadatas: list[dict[str, Any]] | None = None, **kwargs: Any
    ) -> list[str]:
        """Encode and append texts; return their ids, which are their rows."""
        added = list(texts)
        first = len(self)
        vectors = np.asarray(self._embeddings.embed_documents(added), dtype=np.float32)
        self.add_vectors(vectors.reshape(len(added), self._index.d), added, metadatas or [{} for _ in added])
        return [str(row) for row in range(first, len(self))]

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        """Find the k documents most similar to a question."""
        return [document for document, _ in self.similarity_search_with_score(query, k)]

    def similarity_search_with_score(
        self, query: str, k: int = 4, **kwargs: Any
    ) -> list[tuple[Document, float]]:
        """Find the k documents most similar to a question, with their cosine similarity."""
        question = np.asarray(self._embeddings.embed_query(query), dtype=np.float32)
        rows, similarities = self.nearest(question, k)
        return [(self._document(int(row)), float(s)) for row, s in zip(rows, similarities, strict=True)]

    def _select_relevance_score_fn(self) -> Any:
        return lambda similarity: (similarity + 1) / 2  # LangChain wants [0, 1]

    def _document(self, row: int) -> Document:
        return Document(id=str(row), page_content=self._texts[row], metadata=self._metadatas[row])


def check_unit_rows(vectors: npt.NDArray[np.float32]) -> None:
    """Raise ValueError unless `vectors` is 2-d float32 with rows of L2 norm 1; zero rows are let pass."""
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ValueError(
            f"expected float32 of shape (n, dimension), got {vectors.dtype} of shape {vectors.shape}"
        )
    norms = np.linalg.norm(vectors, axis=1)
    off = np.flatnonzero((np.abs(norms - 1) > NORM_TOLERANCE) & (norms > 0))
    if off.size:
        raise ValueError(f"row {off[0]} has norm {norms[off[0]]:.3f}, expected 1; normalise the embeddings")
