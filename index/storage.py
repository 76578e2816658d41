"""The index on disk: written aside and switched to in one step, read back with checksums.

A build is a folder of its own below the index folder; the file CURRENT names the one in use. Whatever
happens while a build is written, CURRENT still names the last whole one. Only JSON, NumPy and FAISS files are
written: nothing that runs code when it is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from errors import IndexStorageError
from index.lexical import LexicalIndex
from index.manifest import Manifest
from index.ranking import Searchable
from index.vectors import ClauseVectors, WindowStore
from index.windows import Window
from ingest.policy import Policy

_CURRENT = "CURRENT"
_MANIFEST, _POLICIES, _WINDOWS = "manifest.json", "policies.jsonl", "windows.jsonl"
_VECTORS, _LEXICAL, _CHECKSUMS = "vectors.faiss", "bm25", "checksums.json"
_CLAUSES, _HEADINGS = "clauses.npy", "headings.npy"

_POLICY = TypeAdapter(Policy)
_WINDOW = TypeAdapter(tuple[int, Window])


def write_build(
    index_dir: Path,
    manifest: Manifest,
    policies: Sequence[Policy],
    windows: Sequence[tuple[int, Window]],
    searchable: Searchable,
) -> None:
    """Write a build aside and switch to it.

    Raises:
        IndexStorageError: the folder cannot be written; the build in use stays in use.
    """
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="build-", dir=index_dir))
        _write_text(folder / _POLICIES, "".join(_POLICY.dump_json(p).decode() + "\n" for p in policies))
        _write_text(folder / _WINDOWS, "".join(_WINDOW.dump_json(w).decode() + "\n" for w in windows))
        searchable.store.save(folder / _VECTORS)
        np.save(folder / _CLAUSES, searchable.vectors.clauses)
        np.save(folder / _HEADINGS, searchable.vectors.headings)
        searchable.lexical.save(folder / _LEXICAL)
        _write_text(folder / _MANIFEST, manifest.model_dump_json(indent=1))
        _write_text(folder / _CHECKSUMS, json.dumps(_checksums(folder), indent=1))
        _switch(index_dir, folder)
    except (OSError, RuntimeError) as exc:  # FAISS reports a full disk as RuntimeError
        raise IndexStorageError(
            f"index folder {str(index_dir)!r} cannot be written: {exc}; set POLICY_QA_INDEX_DIR",
            user_message=f"索引目录“{index_dir}”写不进去，请检查权限和空间，或用 POLICY_QA_INDEX_DIR 更换。",
        ) from exc


def read_manifest(index_dir: Path) -> Manifest | None:
    """Read the manifest of the build in use; None where there is none or it cannot be used."""
    folder = _current(index_dir)
    try:
        return (
            Manifest.model_validate_json((folder / _MANIFEST).read_text(encoding="utf-8")) if folder else None
        )
    except (OSError, ValidationError, UnicodeDecodeError):
        return None


class Build:
    """The build in use, whole and unchanged.

    Raises:
        IndexStorageError: a file is missing or differs from its checksum; the message names it.
    """

    def __init__(self, index_dir: Path) -> None:
        folder = _current(index_dir)
        if folder is None:
            raise _damaged(index_dir, index_dir / _CURRENT)
        self._folder = folder
        self._verify(index_dir)

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

    def _verify(self, index_dir: Path) -> None:
        try:
            expected = json.loads((self._folder / _CHECKSUMS).read_text(encoding="utf-8"))
            found = _checksums(self._folder)
        except (OSError, ValueError) as exc:
            raise _damaged(index_dir, self._folder / _CHECKSUMS) from exc
        for name, checksum in expected.items():
            if found.get(name) != checksum:
                raise _damaged(index_dir, self._folder / name)


def current_build(index_dir: Path) -> str | None:
    """The name of the build in use, which no other build ever has; None where there is none."""
    folder = _current(index_dir)
    return folder.name if folder else None


def _current(index_dir: Path) -> Path | None:
    try:
        folder = index_dir / (index_dir / _CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return folder if folder.is_dir() and folder != index_dir else None


def _switch(index_dir: Path, folder: Path) -> None:
    """Make a build the one in use, then remove the others."""
    pointer = folder / _CURRENT
    _write_text(pointer, folder.name)
    pointer.replace(index_dir / _CURRENT)
    for other in index_dir.glob("build-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _checksums(folder: Path) -> dict[str, str]:
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.name not in (_CHECKSUMS, _CURRENT)
    )
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def _damaged(index_dir: Path, path: Path) -> IndexStorageError:
    return IndexStorageError(
        f"index file {str(path)!r} is missing or damaged; delete {str(index_dir)!r} and start again",
        user_message=f"索引文件“{path}”缺失或已损坏，请删除目录“{index_dir}”后重新启动。",
    )
