"""How often a client may do something: a moving window per client, in this process's memory.

The windows are those of the library `limits`. Its memory storage never forgets the name of a client, and
looks through all names after each request; so the names are kept few here, by forgetting the longest idle.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

MAX_CLIENTS = 10_000
_MAX_NAME_CHARS = 80


class Limiter:
    """Allows each client a number of takes in any stretch of time."""

    def __init__(self, per_minute: int, *, window_s: int = 60, max_clients: int = MAX_CLIENTS) -> None:
        """Set the limit.

        Args:
            per_minute: takes allowed in a window, which is a minute unless `window_s` says otherwise.
            window_s: length of the window, in seconds.
            max_clients: with more clients than this, the one that took longest ago begins anew.

        Raises:
            ValueError: a number is below 1.
        """
        if min(per_minute, window_s, max_clients) < 1:
            raise ValueError(f"all must be at least 1: {per_minute=}, {window_s=}, {max_clients=}")
        self._item = RateLimitItemPerSecond(per_minute, window_s)
        self._window_s = window_s
        self._max_clients = max_clients
        self._storage = MemoryStorage()
        self._windows = MovingWindowRateLimiter(self._storage)
        self._last_take: OrderedDict[str, float] = OrderedDict()  # by client, the longest ago first
        self._lock = Lock()

    def __len__(self) -> int:
        """The number of clients in memory."""
        return len(self._last_take)

    def take(self, client: str) -> float | None:
        """Count a take and return None; or, where it is one too many, the seconds until one is allowed."""
        with self._lock:
            now = time.monotonic()
            self._forget_idle(now)
            if not self._windows.hit(self._item, client):
                return self._wait_s(client)
            self._last_take[client] = now
            self._last_take.move_to_end(client)
            if len(self._last_take) > self._max_clients:
                self._forget(next(iter(self._last_take)))
            return None

    def wait_s(self, client: str) -> float | None:
        """What `take` would return, without counting."""
        with self._lock:
            return None if self._windows.test(self._item, client) else self._wait_s(client)

    def forget(self, client: str) -> None:
        """Let a client begin anew."""
        with self._lock:
            self._forget(client)

    def _wait_s(self, client: str) -> float:
        return max(0.0, self._windows.get_window_stats(self._item, client).reset_time - time.time())

    def _forget_idle(self, now: float) -> None:
        while self._last_take:
            client, last = next(iter(self._last_take.items()))
            if now - last <= self._window_s:
                return
            self._forget(client)

    def _forget(self, client: str) -> None:
        key = self._item.key_for(client)
        with self._storage.locks[key]:  # the storage's own thread may be looking at this client
            self._storage.clear(key)
        self._last_take.pop(client, None)


def client_of(address: str | None) -> str:
    """The name under which an address is counted.

    A household or company has a whole IPv6 network of 2**64 addresses, so that is counted as one.

    Args:
        address: as the server gives it; None where it gives none, as for a local socket.

    >>> client_of("192.0.2.7"), client_of("::ffff:192.0.2.7"), client_of(None)
    ('192.0.2.7', '192.0.2.7', 'unknown')
    >>> client_of("2001:db8:1:2:3:4:5:6"), client_of("2001:db8:1:2::9")
    ('2001:db8:1:2::/64', '2001:db8:1:2::/64')
    """
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return (address or "unknown")[:_MAX_NAME_CHARS]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((int(parsed), 64), strict=False))
