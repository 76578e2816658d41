"""Policy files → `ClauseIndex`. The front door of `index`: every front opens its index here.

An index that does not match the files, the encoder or the parser is built anew; a stale one never answers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from errors import IndexStorageError
from index.encoder import Encoder
from index.fusion import Fusion
from index.lexical import LexicalIndex
from index.manifest import Manifest, make_manifest
from index.ranking import Searchable
from index.search import ClauseIndex, entries_of
from index.storage import Build, read_manifest, write_build
from index.vectors import ClauseVectors, WindowStore
from index.windows import Window, cut_windows
from ingest.batch import parse_files
from ingest.policy import Clause, Policy
from ingest.read import find_policy_files

_BATCH_SIZE = 512

log = logging.getLogger(__name__)

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of windows encoded so far and in all."""


def open_index(policies_dir: Path, index_dir: Path, encoder: Encoder) -> ClauseIndex:
    """Open the index of a folder of policies; build it first where there is none or it is stale.

    A file that cannot be used is logged and left out.

    Raises:
        PolicyFileError: the folder is missing, or holds no policy that can be used.
        IndexStorageError: the index cannot be written.
    """
    files = find_policy_files(policies_dir)
    expected, found = make_manifest(files, encoder.name), read_manifest(index_dir)
    difference = expected.difference(found) if found else "还没有索引"
    if difference is None:
        try:
            return load_index(index_dir, encoder)
        except IndexStorageError as exc:
            log.warning("%s", exc)
            difference = "索引文件已损坏"
    log.info("正在建立索引（%s）……", difference)
    batch = parse_files(files)
    for failure in batch.failures:
        log.warning("%s", failure.user_message)
    if not batch.policies:
        raise batch.failures[0]
    return build_index(batch.policies, expected, index_dir, encoder)


def build_index(
    policies: Sequence[Policy],
    manifest: Manifest,
    index_dir: Path,
    encoder: Encoder,
    *,
    progress: Progress | None = None,
) -> ClauseIndex:
    """Encode the windows of policies, write the index, and open it.

    Raises:
        IndexStorageError: the index cannot be written.
    """
    windows, searchable = _encode(policies, encoder, progress)
    write_build(index_dir, manifest, policies, windows, searchable)
    return _index(policies, windows, searchable, encoder)


def index_in_memory(policies: Sequence[Policy], encoder: Encoder) -> ClauseIndex:
    """Encode the windows of policies and open them without writing anything."""
    windows, searchable = _encode(policies, encoder, None)
    return _index(policies, windows, searchable, encoder)


def load_index(index_dir: Path, encoder: Encoder) -> ClauseIndex:
    """Open the index in a folder as it is.

    Raises:
        IndexStorageError: there is none, or a file of it is damaged.
    """
    build = Build(index_dir)
    windows = build.windows()
    texts, metadatas = [window.text for _, window in windows], [_metadata(*item) for item in windows]
    searchable = build.searchable(lambda path: WindowStore.load(path, encoder, texts, metadatas))
    return _index(build.policies(), windows, searchable, encoder)


def lexical_text(policy: Policy, clause: Clause) -> str:
    """What BM25 sees of a clause: the headings above it and its own text."""
    headings = [ancestor.title for ancestor in policy.ancestors(clause)]
    return " ".join([*reversed(headings), clause.text])


def heading_text(policy: Policy, clause: Clause) -> str:
    """The headings that lead to a clause, its own last."""
    headings = [ancestor.title for ancestor in policy.ancestors(clause)]
    return " ".join(filter(None, [*reversed(headings), clause.title]))


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
