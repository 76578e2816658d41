"""The index on disk: written aside and switched to in one step, read back with checksums.

A build is a folder of its own below the index folder; the file CURRENT names the one in use. Whatever
happens while a build is written, be it a kill, a full disk or a loss of power, CURRENT still names the last
whole one. Only JSON, NumPy and FAISS files are written: nothing that runs code when it is read.
"""

from __future__ import annotations

import errno
import re
import shutil
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from pydantic import TypeAdapter, ValidationError

from errors import IndexStorageError
from index.checksums import find_damage, seal, sync_folder, write_to_disk
from index.lexical import LexicalIndex
from index.lock import cannot_write
from index.manifest import Manifest
from index.ranking import Searchable
from index.vectors import ClauseVectors, WindowStore
from index.windows import Window
from ingest.policy import Policy

_CURRENT, _PREFIX = "CURRENT", "build-"
_MANIFEST, _POLICIES, _WINDOWS = "manifest.json", "policies.jsonl", "windows.jsonl"
_VECTORS, _LEXICAL = "vectors.faiss", "bm25"
_CLAUSES, _HEADINGS = "clauses.npy", "headings.npy"
_BUILD_NAME = re.compile(_PREFIX + r"[0-9a-f]{32}")

_POLICY = TypeAdapter(Policy)
_WINDOW = TypeAdapter(tuple[int, Window])

T = TypeVar("T")


def write_build(
    index_dir: Path,
    manifest: Manifest,
    policies: Sequence[Policy],
    windows: Sequence[tuple[int, Window]],
    searchable: Searchable,
) -> None:
    """Write a build aside and switch to it. The caller is the `sole_builder` of the folder.

    Raises:
        IndexStorageError: the folder cannot be written; the build in use stays in use, and nothing is left
            of the new one.
    """
    folder = index_dir / f"{_PREFIX}{uuid.uuid4().hex}"
    try:
        _remove_others(index_dir)  # what killed processes left could fill the disk
        folder.mkdir()
        _write_lines(folder / _POLICIES, [_POLICY.dump_json(policy) for policy in policies])
        _write_lines(folder / _WINDOWS, [_WINDOW.dump_json(window) for window in windows])
        searchable.store.save(folder / _VECTORS)
        np.save(folder / _CLAUSES, searchable.vectors.clauses)
        np.save(folder / _HEADINGS, searchable.vectors.headings)
        searchable.lexical.save(folder / _LEXICAL)
        _write_lines(folder / _MANIFEST, [manifest.model_dump_json(indent=1).encode()])
        _check_arrays(folder)
        seal(folder)
        _switch(index_dir, folder)
    except OSError as exc:
        raise cannot_write(index_dir, exc) from exc
    finally:
        if _current(index_dir) != folder:
            shutil.rmtree(folder, ignore_errors=True)
    _remove_others(index_dir)


def read_manifest(index_dir: Path) -> Manifest | None:
    """Read the manifest of the build in use; None where there is none or it cannot be used."""
    folder = _current(index_dir)
    try:
        return (
            Manifest.model_validate_json((folder / _MANIFEST).read_text(encoding="utf-8")) if folder else None
        )
    except (OSError, ValidationError, UnicodeDecodeError):
        return None


def read_build(index_dir: Path, read: Callable[[Build], T]) -> T:
    """Read the build in use, whole and unchanged.

    Another process may switch to a new build and remove this one at any moment; then `read` is called again,
    with the new one.

    Raises:
        IndexStorageError: a file is missing or differs from its checksum; the message names it.
    """
    while True:
        folder = _current(index_dir)
        try:
            return read(_open(index_dir, folder))
        except (IndexStorageError, OSError) as exc:
            if _current(index_dir) != folder:
                continue
            if isinstance(exc, OSError):
                raise _damaged(index_dir, Path(exc.filename or index_dir)) from exc
            raise


class Build:
    """The files of a build; `read_build` has compared them with their checksums."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def policies(self) -> list[Policy]:
        """The policies with their clauses."""
        return [_POLICY.validate_json(line) for line in self._lines(_POLICIES)]

    def windows(self) -> list[tuple[int, Window]]:
        """The windows, each with the entry it belongs to."""
        return [_WINDOW.validate_json(line) for line in self._lines(_WINDOWS)]

    def searchable(self, load_store: Callable[[Path], WindowStore]) -> Searchable:
        """What is searched; `load_store` reads the window store."""
        vectors = ClauseVectors(np.load(self._folder / _CLAUSES), np.load(self._folder / _HEADINGS))
        lexical = LexicalIndex.load(self._folder / _LEXICAL)
        return Searchable(load_store(self._folder / _VECTORS), vectors, lexical)

    def _lines(self, name: str) -> list[str]:
        return (self._folder / name).read_text(encoding="utf-8").split("\n")[:-1]


def _open(index_dir: Path, folder: Path | None) -> Build:
    if folder is None or not folder.is_dir():
        raise _damaged(index_dir, index_dir / _CURRENT)
    damage = find_damage(folder)
    if damage:
        raise _damaged(index_dir, damage)
    return Build(folder)


def current_build(index_dir: Path) -> str | None:
    """The name of the build in use, which no other build ever has; None where there is none."""
    folder = _current(index_dir)
    return folder.name if folder else None


def _current(index_dir: Path) -> Path | None:
    """The folder that CURRENT names, whether it is there or not; None where it names none."""
    try:
        name = (index_dir / _CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return index_dir / name if _BUILD_NAME.fullmatch(name) else None


def _switch(index_dir: Path, folder: Path) -> None:
    """Make a build the one in use. Each step is on the disk before the next, in whatever order it writes."""
    pointer = folder / _CURRENT
    write_to_disk(pointer, folder.name.encode())
    sync_folder(index_dir)
    pointer.replace(index_dir / _CURRENT)
    sync_folder(index_dir)


def _remove_others(index_dir: Path) -> None:
    """Remove all builds but the one in use: older ones, and what killed processes left half written."""
    current = _current(index_dir)
    for folder in index_dir.glob(f"{_PREFIX}*"):
        if folder != current:
            shutil.rmtree(folder, ignore_errors=True)


def _write_lines(path: Path, lines: Sequence[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(line + b"\n" for line in lines)


def _check_arrays(folder: Path) -> None:
    """Raise OSError where an array was cut short: `np.save` does not notice a full disk at its last bytes."""
    for path in folder.rglob("*.npy"):
        try:
            np.load(path)
        except (ValueError, EOFError) as exc:
            raise OSError(errno.ENOSPC, f"cut short: {exc}", str(path)) from exc


def _damaged(index_dir: Path, path: Path) -> IndexStorageError:
    return IndexStorageError(
        f"index file {str(path)!r} is missing or damaged; delete {str(index_dir)!r} and start again",
        user_message=f"索引文件“{path}”缺失或已损坏，请删除目录“{index_dir}”后重新启动。",
    )
