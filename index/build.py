"""Policy files → `ClauseIndex`. The front door of `index`: every front opens its index here.

An index that does not match the files, the encoder or the parser is built anew; a stale one never answers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from errors import IndexStorageError
from index.encoder import Encoder
from index.fusion import Fusion
from index.lexical import LexicalIndex
from index.lock import sole_builder
from index.manifest import Manifest, make_manifest
from index.ranking import Searchable
from index.search import ClauseIndex, entries_of
from index.storage import Build, read_build, read_manifest, write_build
from index.vectors import ClauseVectors, WindowStore
from index.windows import Window, cut_windows
from ingest.batch import parse_files
from ingest.policy import Clause, Policy
from ingest.read import PolicyFile, find_policy_files

_BATCH_SIZE = 512

log = logging.getLogger(__name__)

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of windows encoded so far and in all."""


def open_index(policies_dir: Path, index_dir: Path, encoder: Encoder) -> ClauseIndex:
    """Open the index of a folder of policies; build it first where there is none or it is stale.

    A file that cannot be used is logged and left out. Nothing is written where the index is fresh.

    Raises:
        PolicyFileError: the folder is missing, or holds no policy that can be used.
        IndexStorageError: the index cannot be written.
    """
    with suppress(_StaleError):
        return _open_fresh(find_policy_files(policies_dir), index_dir, encoder)
    with sole_builder(index_dir):
        files = find_policy_files(policies_dir)
        try:
            return _open_fresh(files, index_dir, encoder)  # another process may have built it meanwhile
        except _StaleError as stale:
            if stale.__cause__:
                log.warning("%s", stale.__cause__)
            log.info("正在建立索引（%s）……", stale)
        batch = parse_files(files)
        for failure in batch.failures:
            log.warning("%s", failure.user_message)
        if not batch.policies:
            raise batch.failures[0]
        return _build(batch.policies, make_manifest(files, encoder.name), index_dir, encoder, None)


def build_index(
    policies: Sequence[Policy],
    manifest: Manifest,
    index_dir: Path,
    encoder: Encoder,
    *,
    progress: Progress | None = None,
) -> ClauseIndex:
    """Encode the windows of policies, write the index, and open it; wait while another process does that.

    Raises:
        IndexStorageError: the index cannot be written; the one that was there stays.
    """
    with sole_builder(index_dir):
        return _build(policies, manifest, index_dir, encoder, progress)


def index_in_memory(policies: Sequence[Policy], encoder: Encoder) -> ClauseIndex:
    """Encode the windows of policies and open them without writing anything."""
    windows, searchable = _encode(policies, encoder, None)
    return _index(policies, windows, searchable, encoder)


def load_index(index_dir: Path, encoder: Encoder) -> ClauseIndex:
    """Open the index in a folder as it is.

    Raises:
        IndexStorageError: there is none, or a file of it is damaged.
    """

    def read(build: Build) -> tuple[list[Policy], list[tuple[int, Window]], Searchable]:
        windows = build.windows()
        texts, metadatas = [window.text for _, window in windows], [_metadata(*item) for item in windows]
        searchable = build.searchable(lambda path: WindowStore.load(path, encoder, texts, metadatas))
        return build.policies(), windows, searchable

    return _index(*read_build(index_dir, read), encoder)


def lexical_text(policy: Policy, clause: Clause) -> str:
    """What BM25 sees of a clause: the headings above it and its own text."""
    headings = [ancestor.title for ancestor in policy.ancestors(clause)]
    return " ".join([*reversed(headings), clause.text])


def heading_text(policy: Policy, clause: Clause) -> str:
    """The headings that lead to a clause, its own last."""
    headings = [ancestor.title for ancestor in policy.ancestors(clause)]
    return " ".join(filter(None, [*reversed(headings), clause.title]))


class _StaleError(Exception):
    """An index that has to be built; the message says in Chinese why."""


def _open_fresh(files: Sequence[PolicyFile], index_dir: Path, encoder: Encoder) -> ClauseIndex:
    """Open the index if it is whole and of these files; otherwise raise `_StaleError`."""
    found = read_manifest(index_dir)
    difference = make_manifest(files, encoder.name).difference(found) if found else "还没有索引"
    if difference:
        raise _StaleError(difference)
    try:
        return load_index(index_dir, encoder)
    except IndexStorageError as exc:
        raise _StaleError("索引文件已损坏") from exc


def _build(
    policies: Sequence[Policy],
    manifest: Manifest,
    index_dir: Path,
    encoder: Encoder,
    progress: Progress | None,
) -> ClauseIndex:
    windows, searchable = _encode(policies, encoder, progress)
    write_build(index_dir, manifest, policies, windows, searchable)
    return _index(policies, windows, searchable, encoder)


def _encode(
    policies: Sequence[Policy], encoder: Encoder, progress: Progress | None
) -> tuple[list[tuple[int, Window]], Searchable]:
    windows = list(_windows(policies))
    store = WindowStore.empty(encoder, encoder.dimension)
    for first in range(0, len(windows), _BATCH_SIZE):
        batch = windows[first : first + _BATCH_SIZE]
        texts = [window.text for _, window in batch]
        store.add_vectors(encoder.encode_windows(texts), texts, [_metadata(*item) for item in batch])
        if progress:
            progress(first + len(batch), len(windows))
    entries = entries_of(policies)
    vectors = ClauseVectors(
        clauses=encoder.encode_windows([entry.clause.text for entry in entries]),
        headings=encoder.encode_windows([heading_text(entry.policy, entry.clause) for entry in entries]),
    )
    lexical = LexicalIndex.build([lexical_text(entry.policy, entry.clause) for entry in entries])
    return windows, Searchable(store, vectors, lexical)


def _index(
    policies: Sequence[Policy],
    windows: Sequence[tuple[int, Window]],
    searchable: Searchable,
    encoder: Encoder,
) -> ClauseIndex:
    return ClauseIndex(policies, windows, searchable, encoder=encoder, fusion=Fusion.load(encoder.name))


def _windows(policies: Sequence[Policy]) -> Iterator[tuple[int, Window]]:
    for entry, (policy, clause) in enumerate((e.policy, e.clause) for e in entries_of(policies)):
        for window in cut_windows(policy, clause):
            yield entry, window


def _metadata(entry: int, window: Window) -> dict[str, int]:
    return {"entry": entry, "start": window.span.start, "end": window.span.end}
