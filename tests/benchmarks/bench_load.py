"""How much the server bears: 1, 10 and 50 users at once, then a soak with its memory watched.

    python -m tests.benchmarks.bench_load [--seconds 60] [--soak 10000]

Users run in a process of their own and ask without a pause. `/healthz` is the floor: what HTTP costs alone.
Writes `docs/load.md`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil

from settings import ROOT
from tests.browser import PID_FILE, serve
from tests.evaluation.questions import FOLDER, read_questions

USERS = (1, 10, 50)
WARM_UP = 500
_REPORT = ROOT / "docs" / "load.md"
_HEAD = """# Load

Written by `python -m tests.benchmarks.bench_load` on {machine}, {cores} cores, which server and users share;
one process, extractive answers, the questions of `tests/questions/users.jsonl` one after the other. `healthz`
is the floor: a request that asks nothing. Milliseconds at the user.

| route | users | seconds | requests | requests/s | p50 | p95 | p99 | failures |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
"""
_SOAK = """
## Soak

{asked} questions by 10 users in {seconds:.0f} s, {failures} failures. Memory of the server (RSS):
{warm:.0f} MB after the first {warm_up}, {half:.0f} MB at half, {end:.0f} MB at the end.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What users saw.

    Attributes:
        seconds: how long they asked.
        ms: milliseconds of every request.
        failures: requests that were not answered with 200.
    """

    seconds: float
    ms: tuple[float, ...]
    failures: int

    def percentile(self, share: float) -> float:
        """Milliseconds within which a share of the requests was answered."""
        return sorted(self.ms)[min(len(self.ms) - 1, int(share * len(self.ms)))]


def use(address: str, route: str, num_users: int, *, seconds: float = 0.0, num_requests: int = 0) -> Run:
    """Let users ask for some seconds, or so many requests together, in another process."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_use, (address, route, num_users, seconds, num_requests))


def _use(address: str, route: str, num_users: int, seconds: float, num_requests: int) -> Run:
    questions = [gold.question for gold in read_questions(FOLDER / "users.jsonl")]
    started = time.perf_counter()
    lock, taken = threading.Lock(), [0]
    ms: list[float] = []
    failures = [0]

    def goes_on() -> int | None:
        with lock:
            number = taken[0]
            is_over = number >= num_requests if num_requests else time.perf_counter() - started > seconds
            taken[0] += 0 if is_over else 1
        return None if is_over else number

    def user() -> None:
        with httpx2.Client(base_url=address, timeout=60, trust_env=False) as client:
            send = _sender(client, route)
            while (number := goes_on()) is not None:
                begun = time.perf_counter()
                is_failed = send(questions[number % len(questions)]).status_code != 200
                took = (time.perf_counter() - begun) * 1000
                with lock:
                    ms.append(took)
                    failures[0] += is_failed

    users = [threading.Thread(target=user) for _ in range(num_users)]
    for each in users:
        each.start()
    for each in users:
        each.join()
    return Run(time.perf_counter() - started, tuple(ms), failures[0])


def _sender(client: httpx2.Client, route: str) -> Callable[[str], httpx2.Response]:
    match route:
        case "ask":
            return lambda question: client.post("/api/v1/ask", json={"question": question})
        case "search":
            return lambda question: client.get("/api/v1/search", params={"q": question})
    return lambda _: client.get("/healthz")


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_load", description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="with 50 users; a quarter with fewer")
    parser.add_argument("--soak", type=int, default=10_000, help="questions of the soak")
    options = parser.parse_args(argv)
    report = _HEAD.format(
        machine=f"{platform.machine()}, Python {platform.python_version()}", cores=psutil.cpu_count()
    )
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address:
        server = psutil.Process(int((Path(folder) / PID_FILE).read_text()))
        use(address, "ask", 1, num_requests=100)
        for route in ("healthz", "search", "ask"):
            for num_users in USERS:
                seconds = options.seconds if num_users == USERS[-1] else options.seconds / 4
                report += _row(route, num_users, use(address, route, num_users, seconds=seconds))
        use(address, "ask", 10, num_requests=WARM_UP)
        warm = server.memory_info().rss / 1e6
        halves = []
        runs = []
        for _ in range(2):
            runs.append(use(address, "ask", 10, num_requests=options.soak // 2))
            halves.append(server.memory_info().rss / 1e6)
    report += _SOAK.format(
        asked=sum(len(run.ms) for run in runs),
        seconds=sum(run.seconds for run in runs),
        failures=sum(run.failures for run in runs),
        warm=warm,
        warm_up=WARM_UP,
        half=halves[0],
        end=halves[1],
    )
    _REPORT.write_text(report, encoding="utf-8")
    print(report)


def _row(route: str, num_users: int, run: Run) -> str:
    times = " | ".join(
        f"{value:.1f}" for value in (statistics.median(run.ms), run.percentile(0.95), run.percentile(0.99))
    )
    rate = len(run.ms) / run.seconds
    counts = f"{num_users} | {run.seconds:.0f} | {len(run.ms)}"
    return f"| {route} | {counts} | {rate:.0f} | {times} | {run.failures} |\n"


if __name__ == "__main__":
    main()
