"""Replies of the language model, kept on disk so that the same question is not paid for twice.

The key covers everything the reply depends on: the model, its address, the policies' versions and the prompt
with the masked question and the clauses. The raw reply is kept and checked anew, so better checks hold for
old replies too. Replies that are too old are deleted, and overwritten in the file.
A cache that fails costs time but no answer: the failure goes to the log.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

_MAX_REPLIES = 10_000
_BUSY_TIMEOUT_S = 2.0
_CLEAR_EVERY_S = 3600.0

_Statement: TypeAlias = tuple[str, tuple[object, ...]]
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
        self._cleared_at = -_CLEAR_EVERY_S

    def get(self, key: str) -> str | None:
        """The reply under a key, if there is one."""
        rows = self._run([("SELECT reply FROM dated_replies WHERE key = ?", (key,))])
        return str(rows[0][0]) if rows else None

    def put(self, key: str, reply: str) -> None:
        """Keep a reply; the oldest ones go when there are more than _MAX_REPLIES."""
        self._run(
            [
                ("INSERT OR REPLACE INTO dated_replies (key, reply) VALUES (?, ?)", (key, reply)),
                (
                    "DELETE FROM dated_replies WHERE rowid <= (SELECT max(rowid) FROM dated_replies) - ?",
                    (_MAX_REPLIES,),
                ),
            ]
        )

    def _clearing(self) -> list[_Statement]:
        """What deletes the replies that are too old; once an hour will do."""
        if time.monotonic() - self._cleared_at < _CLEAR_EVERY_S:
            return []
        return [
            ("DROP TABLE IF EXISTS replies", ()),  # replies without a date could never be too old
            ("DELETE FROM dated_replies WHERE at < datetime('now', ?)", (self._oldest,)),
        ]

    def _run(self, statements: Sequence[_Statement]) -> list[tuple[object, ...]]:
        """Run statements in one transaction; the rows of the last one, or none where something fails."""
        rows: list[tuple[object, ...]] = []
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S)) as connection, connection:
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute(_TABLE)
                clearing = self._clearing()
                for statement, values in [*clearing, *statements]:
                    rows = connection.execute(statement, values).fetchall()
                if clearing:
                    self._cleared_at = time.monotonic()
        except (sqlite3.Error, OSError) as error:
            log.warning(
                "the cache of replies %s does not work: %s; set POLICY_QA_LLM_CACHE", self._path, error
            )
        return rows
