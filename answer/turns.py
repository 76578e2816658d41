"""Turns at the language model: only so many at once, and no client starves the others.

Clients take turns; within a client it is first come, first served. Who cannot be served in time is told so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from errors import ModelFaultError

log = logging.getLogger(__name__)


class Turns:
    """Hands out turns.

    Args:
        at_once: how many may have a turn at the same time, at least 1.
    """

    def __init__(self, at_once: int) -> None:
        if at_once < 1:
            raise ValueError(f"at_once must be at least 1, got {at_once}")
        self._free = at_once
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, deque[object]] = OrderedDict()  # the next client first

    @property
    def num_waiting(self) -> int:
        """How many wait for a turn."""
        with self._changed:
            return self._count()

    @contextmanager
    def turn(self, client: str, deadline: float) -> Iterator[None]:
        """Wait for a turn and hold it for a block.

        Args:
            client: whose turn it is.
            deadline: on the clock of `time.monotonic`.

        Raises:
            ModelFaultError: there was none before the deadline.
        """
        ticket = object()
        with self._changed:
            self._waiting.setdefault(client, deque()).append(ticket)
            is_served = False
            try:
                wait_s = deadline - time.monotonic()
                is_served = self._changed.wait_for(lambda: self._is_next(client, ticket), wait_s)
                if not is_served:
                    log.warning("language model: no turn in time, %d still wait", self._count() - 1)
                    raise ModelFaultError("no turn in time", user_message="模型正忙，排队超时，请稍后再问。")
                self._free -= 1
            finally:
                self._leave(client, ticket, is_served=is_served)
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()

    def _is_next(self, client: str, ticket: object) -> bool:
        return self._free > 0 and next(iter(self._waiting)) == client and self._waiting[client][0] is ticket

    def _count(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _leave(self, client: str, ticket: object, *, is_served: bool) -> None:
        """Leave the queue; once a client is served, its others wait behind the other clients."""
        queue = self._waiting[client]
        queue.remove(ticket)
        if not queue:
            del self._waiting[client]
        elif is_served:
            self._waiting.move_to_end(client)
        self._changed.notify_all()
