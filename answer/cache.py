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
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

_MAX_REPLIES = 10_000
_BUSY_TIMEOUT_S = 2.0

_TABLE = """CREATE TABLE IF NOT EXISTS dated_replies (
    key TEXT PRIMARY KEY, reply TEXT NOT NULL, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)"""

log = logging.getLogger(__name__)


def reply_key(parts: Sequence[str]) -> str:
    """Name a reply by what it depends on; the parts cannot run into each other.

    >>> reply_key(["甲", "乙"]) == reply_key(["甲乙", ""])
    False
    """
    return hashlib.sha256(json.dumps(list(parts), ensure_ascii=False).encode()).hexdigest()


class ReplyCache:
    """A table of replies in an SQLite file; safe for many threads and processes.

    Args:
        path: the file.
        retention_days: replies older than this are deleted.
    """

    def __init__(self, path: Path, *, retention_days: int = 90) -> None:
        self._path = path
        self._oldest = f"-{retention_days} days"

    def get(self, key: str) -> str | None:
        """The reply under a key, if there is one."""
        rows = self._run([("SELECT reply FROM dated_replies WHERE key = ?", (key,))])
        return str(rows[0][0]) if rows else None

    def put(self, key: str, reply: str) -> None:
        """Keep a reply; the oldest ones go when there are more than _MAX_REPLIES."""
        self._run(
            [
                ("INSERT OR REPLACE INTO dated_replies (key, reply) VALUES (?, ?)", (key, reply)),
                ("DELETE FROM dated_replies WHERE at < datetime('now', ?)", (self._oldest,)),
                (
                    "DELETE FROM dated_replies WHERE rowid <= (SELECT max(rowid) FROM dated_replies) - ?",
                    (_MAX_REPLIES,),
                ),
            ]
        )

    def _run(self, statements: Sequence[tuple[str, tuple[object, ...]]]) -> list[tuple[object, ...]]:
        """Run statements in one transaction; the rows of the last one, or none where something fails."""
        rows: list[tuple[object, ...]] = []
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S)) as connection, connection:
                connection.execute(_TABLE)
                for statement, values in statements:
                    rows = connection.execute(statement, values).fetchall()
        except (sqlite3.Error, OSError) as error:
            log.warning(
                "the cache of replies %s does not work: %s; set POLICY_QA_LLM_CACHE", self._path, error
            )
        return rows
