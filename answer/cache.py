"""Replies of the language model, kept on disk so that the same question is not paid for twice.

The key covers everything the reply depends on: the model, its address, the policies' versions and the prompt
with question and clauses. The raw reply is kept and checked anew, so better checks hold for old replies too.
A cache that fails costs time but no answer: the failure goes to the log.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

_MAX_REPLIES = 10_000
_BUSY_TIMEOUT_S = 2.0

log = logging.getLogger(__name__)


def reply_key(parts: Sequence[str]) -> str:
    """Name a reply by what it depends on; the parts cannot run into each other.

    >>> reply_key(["甲", "乙"]) == reply_key(["甲乙", ""])
    False
    """
    return hashlib.sha256(json.dumps(list(parts), ensure_ascii=False).encode()).hexdigest()


class ReplyCache:
    """A table of replies in an SQLite file; safe for many threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, key: str) -> str | None:
        """The reply under a key, if there is one."""
        with self._opened() as connection:
            row = connection.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
            return str(row[0]) if row else None
        return None

    def put(self, key: str, reply: str) -> None:
        """Keep a reply; the oldest ones go when there are more than _MAX_REPLIES."""
        with self._opened() as connection:
            connection.execute("INSERT OR REPLACE INTO replies (key, reply) VALUES (?, ?)", (key, reply))
            connection.execute(
                "DELETE FROM replies WHERE rowid <= (SELECT max(rowid) FROM replies) - ?", (_MAX_REPLIES,)
            )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection whose failures, and those of what is done with it, go to the log."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S)) as connection, connection:
                connection.execute("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT)")
                yield connection
        except (sqlite3.Error, OSError) as error:
            log.warning(
                "the cache of replies %s does not work: %s; set POLICY_QA_LLM_CACHE", self._path, error
            )
