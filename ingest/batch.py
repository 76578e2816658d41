"""Many policy files at once: a bad one never stops the rest, and many are parsed side by side.

`index/build.py` and `python -m ingest` call it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from errors import PolicyFileError
from ingest.policy import Policy
from ingest.read import PolicyFile

_MIN_FILES_FOR_PROCESSES = 16


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of a number of files: their policies in the files' order, and the failures."""

    policies: tuple[Policy, ...]
    failures: tuple[PolicyFileError, ...]


def parse_files(files: Sequence[PolicyFile], *, done: Callable[[int], None] | None = None) -> Batch:
    """Parse files; a file that cannot be used becomes a failure.

    Args:
        files: the files; from a certain number on they are parsed by several processes.
        done: called with the number of files that are finished, after each.
    """
    policies, failures = list[Policy](), list[PolicyFileError]()
    for number, outcome in enumerate(_outcomes(files), 1):
        if isinstance(outcome, Policy):
            policies.append(outcome)
        else:
            failures.append(outcome)
        if done:
            done(number)
    return Batch(tuple(policies), tuple(failures))


def _outcomes(files: Sequence[PolicyFile]) -> Iterator[Policy | PolicyFileError]:
    if len(files) < _MIN_FILES_FOR_PROCESSES or (os.cpu_count() or 1) == 1:
        yield from map(_parse, files)
        return
    # "spawn": a process that already runs threads must not be forked.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield from pool.map(_parse, files, chunksize=4)


def _parse(file: PolicyFile) -> Policy | PolicyFileError:
    try:
        return file.parse()
    except PolicyFileError as error:
        return error
