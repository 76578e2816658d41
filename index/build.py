"""Policy files → `ClauseIndex`. The front door of `index`: every front opens its index here.

An index that does not match the files, the encoder or the parser is built anew; a stale one never answers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from errors import IndexStorageError, PolicyFileError
from index.encoder import Encoder
from index.fusion import Fusion
from index.lexical import LexicalIndex
from index.manifest import make_manifest
from index.search import ClauseIndex, entries_of
from index.storage import Build, read_manifest, write_build
from index.vectors import WindowStore
from index.windows import Window, cut_windows
from ingest.parse import parse_policy
from ingest.policy import Policy
from ingest.read import PolicyFile, find_policy_files, read_policy_file

_BATCH_SIZE = 512

log = logging.getLogger(__name__)

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of windows encoded so far and in all."""


def open_index(policies_dir: Path, index_dir: Path, encoder: Encoder) -> ClauseIndex:
    """Open the index of a folder of policies; build it first where there is none or it is stale.

    Raises:
        PolicyFileError: the folder is missing or holds no readable policy.
        IndexStorageError: the index cannot be written.
    """
    files = read_folder(policies_dir)
    expected, found = make_manifest(files, encoder.name), read_manifest(index_dir)
    difference = expected.difference(found) if found else "还没有索引"
    if difference is None:
        try:
            return load_index(index_dir, encoder)
        except IndexStorageError as exc:
            log.warning("%s", exc)
            difference = "索引文件已损坏"
    log.info("正在建立索引（%s）……", difference)
    return build_index(files, index_dir, encoder)


def read_folder(folder: Path) -> list[PolicyFile]:
    """Read the policy files of a folder; a file that cannot be read is logged and left out.

    Raises:
        PolicyFileError: there is none, or none can be read (then that of the first one).
    """
    files, failures = list[PolicyFile](), list[PolicyFileError]()
    for path in find_policy_files(folder):
        try:
            files.append(read_policy_file(path, below=folder))
        except PolicyFileError as exc:
            log.warning("%s", exc.user_message)
            failures.append(exc)
    if not files:
        raise failures[0]
    return files


def build_index(
    files: Sequence[PolicyFile], index_dir: Path, encoder: Encoder, *, progress: Progress | None = None
) -> ClauseIndex:
    """Parse files, encode their windows, write the index, and open it.

    Raises:
        IndexStorageError: the index cannot be written.
    """
    policies = [parse_policy(file.text, file.name, file.stated) for file in files]
    windows = list(_windows(policies))
    store = WindowStore.empty(encoder, encoder.dimension)
    for first in range(0, len(windows), _BATCH_SIZE):
        batch = windows[first : first + _BATCH_SIZE]
        texts = [window.text for _, window in batch]
        store.add_vectors(encoder.encode_windows(texts), texts, [_metadata(*item) for item in batch])
        if progress:
            progress(first + len(batch), len(windows))
    lexical = LexicalIndex.build(
        [lexical_text(policy, i) for policy in policies for i in range(len(policy.clauses))]
    )
    write_build(index_dir, make_manifest(files, encoder.name), policies, windows, store, lexical)
    return ClauseIndex(
        policies, windows, store=store, lexical=lexical, encoder=encoder, fusion=Fusion.load(encoder.name)
    )


def load_index(index_dir: Path, encoder: Encoder) -> ClauseIndex:
    """Open the index in a folder as it is.

    Raises:
        IndexStorageError: there is none, or a file of it is damaged.
    """
    build = Build(index_dir)
    windows = build.windows()
    texts, metadatas = [window.text for _, window in windows], [_metadata(*item) for item in windows]
    store = build.store(lambda path: WindowStore.load(path, encoder, texts, metadatas))
    return ClauseIndex(
        build.policies(),
        windows,
        store=store,
        lexical=build.lexical(),
        encoder=encoder,
        fusion=Fusion.load(encoder.name),
    )


def lexical_text(policy: Policy, position: int) -> str:
    """What BM25 sees of a clause: the headings above it and its own text."""
    clause = policy.clauses[position]
    headings = [ancestor.title for ancestor in policy.ancestors(clause)]
    return " ".join([*reversed(headings), clause.text])


def _windows(policies: Sequence[Policy]) -> Iterator[tuple[int, Window]]:
    for entry, (policy, clause) in enumerate((e.policy, e.clause) for e in entries_of(policies)):
        for window in cut_windows(policy, clause):
            yield entry, window


def _metadata(entry: int, window: Window) -> dict[str, int]:
    return {"entry": entry, "start": window.span.start, "end": window.span.end}
