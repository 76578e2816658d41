"""The log of a training: on the screen and in a file beside what was trained."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path


def open_log(path: Path, names: Sequence[str]) -> None:
    """Let loggers write to the screen and anew to a file; handlers of an earlier training are closed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [
        logging.StreamHandler(),
        logging.FileHandler(path, mode="w", encoding="utf-8"),
    ]
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(message)s"))
    for log in map(logging.getLogger, names):
        log.setLevel(logging.INFO)
        for earlier in list(log.handlers):
            log.removeHandler(earlier)
            earlier.close()
        for handler in handlers:
            log.addHandler(handler)
