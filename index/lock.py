"""One process at a time builds in an index folder. `index/build.py` holds the lock while it builds.

The second one waits, for as long as it takes, and says so. Whoever starts a server beside a running
ingestion, or two commands on a fresh copy, wants both to work, and what the second needs is mostly just what
the first is building. The system takes the lock from a process that ends, killed or not, so nothing is ever
left locked; and whatever half build lies in the folder while the lock is held belongs to nobody.
"""

from __future__ import annotations

import errno
import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errors import IndexStorageError

_LOCK = "LOCK"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

log = logging.getLogger(__name__)


@contextmanager
def sole_builder(index_dir: Path) -> Iterator[None]:
    """Be the only one who builds in an index folder until the block ends; make the folder if need be.

    Raises:
        IndexStorageError: the folder cannot be written.
    """
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        file = (index_dir / _LOCK).open("ab")
    except OSError as exc:
        raise cannot_write(index_dir, exc) from exc
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.warning("另一个程序正在“%s”里建立索引，等它完成……", index_dir)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def cannot_write(index_dir: Path, exc: OSError) -> IndexStorageError:
    """The error for an index folder that cannot be written."""
    if exc.errno in _NO_ROOM:
        why, what_to_do = "所在的磁盘没有空间了", "请腾出空间"
    elif exc.errno == errno.EROFS:
        why, what_to_do = "所在的磁盘是只读的", "请改为可写"
    else:
        why, what_to_do = "写不进去", "请检查路径和权限"
    return IndexStorageError(
        f"index folder {str(index_dir)!r} cannot be written: {exc}; the index in use stays as it is; "
        "make room or rights, or set POLICY_QA_INDEX_DIR to another folder",
        user_message=f"索引目录“{index_dir}”{why}，{what_to_do}，或用 POLICY_QA_INDEX_DIR 换一个目录；"
        "原有的索引没有动。",
    )
