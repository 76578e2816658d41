"""Files of secrets: for their owner's eyes only, locked while they change, replaced as a whole.

So whoever reads one without the lock sees the old text or the new one, never a part.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errors import AccessError


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until no other process changes a file, and keep others out meanwhile.

    The lock is a file beside it, for the file itself is replaced. The folder is made where there is none.

    Raises:
        OSError: the folder or the lock cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def write_whole(path: Path, text: str) -> None:
    """Put a new text in the place of a file, mode 0600; on a failure the old one stays.

    Raises:
        OSError: it cannot be written.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    aside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # so that the new name outlives a power cut too
    finally:
        os.close(folder)


def unusable(path: Path, exc: OSError) -> AccessError:
    """The error for a file that cannot be read or written."""
    return AccessError(
        f"{str(path)!r} cannot be read or written: {exc}; check its folder and permissions",
        user_message=f"文件“{path}”读写不了，请检查它所在的文件夹和权限，再试一次。",
    )
