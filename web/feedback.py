"""What people said about answers, and which questions were refused: kept in one SQLite file.

`web/page_talk.py` writes, the list for those who maintain the policy reads. Every call opens the file anew,
so a file that is locked or gone for a while costs one message and nothing else.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from answer.masking import mask
from errors import FeedbackError

REASONS = ("答非所问", "引用有误", "没说清楚", "其他")
_TIMEOUT_S = 1.0
_CLEAR_EVERY_S = 3600.0
_TABLES = """
CREATE TABLE IF NOT EXISTS votes (
    turn TEXT PRIMARY KEY, question TEXT NOT NULL, answer TEXT NOT NULL, is_helpful INTEGER NOT NULL,
    reason TEXT NOT NULL, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE IF NOT EXISTS refusals (
    turn TEXT PRIMARY KEY, question TEXT NOT NULL, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
"""
_FREQUENT = """
SELECT question, SUM(refused), SUM(down), GROUP_CONCAT(DISTINCT NULLIF(reason, '')), MAX(at) FROM (
    SELECT question, 1 AS refused, 0 AS down, '' AS reason, at FROM refusals
    UNION ALL SELECT question, 0, 1, reason, at FROM votes WHERE NOT is_helpful)
GROUP BY question ORDER BY COUNT(*) DESC, MAX(at) DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Complaint:
    """A question that was refused or whose answer was voted down.

    Attributes:
        question: as asked.
        num_refused: how often it was refused.
        num_down: how often its answer was voted down.
        reasons: what was given as reason, each once.
        last: when it last happened, UTC, ISO.
    """

    question: str
    num_refused: int
    num_down: int
    reasons: tuple[str, ...]
    last: str


class Feedback:
    """Votes and refusals in a SQLite file, which is made when something is first kept.

    What is kept is masked first (`answer/masking.py`).

    Args:
        path: the file.
        retention_days: what is older is deleted, so that its bytes are gone too.
        keeps_refusals: keep questions that were refused; votes are always kept, for whoever votes wants it.
    """

    def __init__(self, path: Path, *, retention_days: int = 90, keeps_refusals: bool = False) -> None:
        self._path = path
        self._oldest = f"-{retention_days} days"
        self._keeps_refusals = keeps_refusals
        self._cleared_at = -_CLEAR_EVERY_S

    def vote(self, turn: str, question: str, answer: str, *, is_helpful: bool, reason: str = "") -> None:
        """Keep a vote; a second one for the same turn replaces the first.

        Raises:
            ValueError: the reason is none of REASONS.
            FeedbackError: the file cannot be written.
        """
        if reason and reason not in REASONS:
            raise ValueError(f"reason {reason!r} is none of {REASONS}")
        with self._open() as connection:
            connection.execute(
                "INSERT INTO votes (turn, question, answer, is_helpful, reason) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (turn) DO UPDATE"
                " SET is_helpful = excluded.is_helpful, reason = excluded.reason",
                (turn, mask(question), mask(answer), int(is_helpful), reason),
            )

    def refuse(self, turn: str, question: str) -> None:
        """Keep a question that was refused, if that is switched on.

        Raises:
            FeedbackError: the file cannot be written.
        """
        if not self._keeps_refusals:
            return
        with self._open() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO refusals (turn, question) VALUES (?, ?)", (turn, mask(question))
            )

    def complaints(self, *, limit: int = 200) -> list[Complaint]:
        """The questions that were refused or voted down, the most frequent first.

        Raises:
            FeedbackError: the file cannot be read.
        """
        with self._open() as connection:
            rows = connection.execute(_FREQUENT, (limit,)).fetchall()
        return [
            Complaint(question, refused, down, tuple(reasons.split(",")) if reasons else (), last)
            for question, refused, down, reasons, last in rows
        ]

    def _clear(self, connection: sqlite3.Connection) -> None:
        """Delete what is too old; once an hour will do."""
        if time.monotonic() - self._cleared_at < _CLEAR_EVERY_S:
            return
        for table in ("votes", "refusals"):
            connection.execute(f"DELETE FROM {table} WHERE at < datetime('now', ?)", (self._oldest,))  # noqa: S608
        self._cleared_at = time.monotonic()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=_TIMEOUT_S)
            try:
                connection.execute("PRAGMA secure_delete = ON")
                with connection:
                    connection.executescript(_TABLES)
                    self._clear(connection)
                    yield connection
            finally:
                connection.close()
        except (OSError, sqlite3.Error) as exc:
            raise FeedbackError(
                f"feedback file {str(self._path)!r} cannot be used: {exc}",
                user_message="您的评价这次没能记下（评价库暂时写不了），请稍后再点一次；提问不受影响。",
            ) from exc
