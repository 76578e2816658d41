"""The index as a LangChain `BaseRetriever`, for chains of other people. Nothing of ours calls it.

A document is a clause: its own text behind a line that names it, so that a model that sees nothing else
can cite it. What a program needs to quote and link it is in the metadata.
"""

from __future__ import annotations

from pathlib import Path

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from index.build import open_index
from index.encoder import Encoder
from index.search import ClauseIndex, Hit
from settings import load_settings


class ClauseRetriever(BaseRetriever):
    """Finds the clauses a question is about.

    Attributes:
        index: the clauses that are searched.
        limit: documents wanted at most, at least 1.
    """

    index: ClauseIndex
    limit: int = Field(default=4, ge=1)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002  # the signature is LangChain's
    ) -> list[Document]:
        return [_document(hit) for hit in self.index.search(query, limit=self.limit)]


def open_retriever(
    policies_dir: Path | str | None = None, index_dir: Path | str | None = None, *, limit: int = 4
) -> ClauseRetriever:
    """Open the index of a folder of policies as a retriever; build it first if there is none or it is stale.

    Args:
        policies_dir: the folder of policies; None for the one the settings name, as for all that follows.
        index_dir: where the index is kept.
        limit: documents wanted at most, at least 1.

    Raises:
        SettingsError: a setting has a value that cannot be used.
        EncoderError: the encoder cannot be loaded.
        PolicyFileError: the folder is missing, or holds no policy that can be used.
        IndexStorageError: the index cannot be written.
    """
    settings = load_settings(policies_dir=policies_dir, index_dir=index_dir)
    encoder = Encoder.load(settings.encoder, query_instruction=settings.query_instruction)
    return ClauseRetriever(index=open_index(settings.policies_dir, settings.index_dir, encoder), limit=limit)


def _document(hit: Hit) -> Document:
    policy, clause = hit.policy, hit.clause
    title = f"“{clause.title}”" if clause.title else ""
    metadata = {
        "policy": policy.title,
        "version": policy.version,
        "path": list(clause.path),
        "label": clause.label,
        "title": clause.title,
        "start": clause.start,
        "end": clause.end,
        "relevance": round(hit.relevance, 4),
    }
    return Document(f"《{policy.title}》{clause.label}{title}\n{clause.text}".rstrip(), metadata=metadata)
