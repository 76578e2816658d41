"""How long people wait for the first sentence when ten of them ask at once: `make bench`.

app.py runs as a process of its own and is spoken to as the page does: join the queue, then listen. Measured
is the time from sending a question to the first quoted sentence; no language model runs.
"""

from __future__ import annotations

import json
import secrets
import statistics
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.benchmarks.bench_answers import QUESTIONS
from tests.browser import serve

NUM_PEOPLE = 10
NUM_ROUNDS = 5


def main() -> None:
    """Measure and print the median and the worst wait."""
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address:
        config = json.load(urllib.request.urlopen(f"{address}/config"))
        (asking,) = (each["id"] for each in config["dependencies"] if _is_asking(config, each))
        _round(address, asking)  # warm-up
        alone = [_wait_ms(address, asking, question) for question in QUESTIONS]
        waits = [wait for _ in range(NUM_ROUNDS) for wait in _round(address, asking)]
    print(f"one person: median {statistics.median(alone):.0f} ms, worst {max(alone):.0f} ms")
    print(f"{NUM_PEOPLE} at once: median {statistics.median(waits):.0f} ms, worst {max(waits):.0f} ms")


def _is_asking(config: dict[str, Any], dependency: dict[str, Any]) -> bool:
    """Tell whether a dependency is the box's submit."""
    boxes = [part["id"] for part in config["components"] if part["props"].get("elem_id") == "box"]
    return [boxes[0], "submit"] in [list(target) for target in dependency["targets"]]


def _round(address: str, asking: int) -> list[float]:
    """Let NUM_PEOPLE ask at the same moment; the wait of each, in milliseconds."""
    waits: list[float] = []
    start = threading.Barrier(NUM_PEOPLE)

    def ask(number: int) -> None:
        start.wait()
        waits.append(_wait_ms(address, asking, QUESTIONS[number % len(QUESTIONS)]))

    people = [threading.Thread(target=ask, args=(number,)) for number in range(NUM_PEOPLE)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(waits) == NUM_PEOPLE, "somebody got no answer"
    return waits


def _wait_ms(address: str, asking: int, question: str) -> float:
    session = secrets.token_hex(6)
    sent = {"data": [question, ""], "fn_index": asking, "session_hash": session}
    started = time.perf_counter()
    request = urllib.request.Request(
        f"{address}/gradio_api/queue/join", json.dumps(sent).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request).read()
    with urllib.request.urlopen(f"{address}/gradio_api/queue/data?session_hash={session}") as stream:
        for line in stream:
            said = line.decode()
            if "blockquote" in said or "bubble bot refuse" in said:
                return (time.perf_counter() - started) * 1000
    raise RuntimeError(f"no answer to {question!r}")


if __name__ == "__main__":
    main()
