"""Checksums of the files in a folder, and the way of those files to the disk.

`index/storage.py` seals a build once it is written and looks for damage before it reads one. The list of
checksums is of the form `sha256sum -c` reads; its last line, a comment, is the checksum of the lines above
it, so that damage to the list is told from damage to a file.
"""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

LIST = "SHA256SUMS"
_OWN = b"# "


def seal(folder: Path) -> None:
    """Bring all files below a folder to the disk and list their checksums; a crash then takes none of them.

    Raises:
        OSError: the disk is full or fails.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{_hash_on_disk(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    write_to_disk(folder / LIST, _with_own_checksum("".join(lines).encode()))
    for inner in [*(path for path in folder.rglob("*") if path.is_dir()), folder]:
        sync_folder(inner)


def find_damage(folder: Path) -> Path | None:
    """Find a file that is missing or differs from its checksum; None where all are as they were sealed."""
    listing = folder / LIST
    content = _bytes_of(listing)
    lines = content.rpartition(_OWN)[0] if content is not None else b""
    if content != _with_own_checksum(lines):
        return listing
    for line in lines.decode().splitlines():
        checksum, name = line.split("  ", 1)
        found = _bytes_of(folder / name)
        if found is None or hashlib.sha256(found).hexdigest() != checksum:
            return folder / name
    return None


def write_to_disk(path: Path, content: bytes) -> None:
    """Write a file and wait until the disk has it.

    Raises:
        OSError: the disk is full or fails.
    """
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names of what lies in a folder; some network disks have no such order.

    Raises:
        OSError: the disk fails.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as exc:
        if exc.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _hash_on_disk(path: Path) -> str:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.sha256(file.read()).hexdigest()


def _with_own_checksum(lines: bytes) -> bytes:
    return lines + _OWN + hashlib.sha256(lines).hexdigest().encode() + b"\n"


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
