"""How long an answer takes, and its stages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Runs from when it is made.

    Attributes:
        stages: milliseconds by the name of a stage; one that comes again is summed up.
    """

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self.stages: dict[str, float] = {}

    @property
    def ms(self) -> float:
        """Milliseconds since it was made."""
        return round((time.perf_counter() - self._started) * 1000, 3)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of a block to a stage.

        >>> watch = Stopwatch()
        >>> with watch.stage("search"):
        ...     pass
        >>> list(watch.stages)
        ['search']
        """
        started = time.perf_counter()
        try:
            yield
        finally:
            ms = (time.perf_counter() - started) * 1000
            self.stages[name] = round(self.stages.get(name, 0.0) + ms, 3)
