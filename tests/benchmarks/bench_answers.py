"""How fast the line is, from file to answer: `make bench`.

Times are medians of repeated runs in one process. Every row also gives its ratio to BM25 alone over the same
questions, which is the least any search here costs, so that runs on different machines compare.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from answer.answerability import Answerability
from answer.assistant import Assistant
from index.build import lexical_text, open_index
from index.encoder import Encoder
from index.lexical import LexicalIndex
from ingest.policy import Policy
from ingest.read import find_policy_files
from settings import BUNDLED_ENCODER, ROOT

NUM_ROUNDS = 30
QUESTIONS = [
    "怎么注销账户",
    "浏览记录保存多长时间",
    "谁能看到我投的简历",
    "监护人不同意怎么办",
    "第七条（五）",
    "明天会下雨吗",
]


def main() -> None:
    """Measure and print a table."""
    (file,) = find_policy_files(ROOT / "policies")
    policy = file.parse()
    encoder = Encoder.load(str(BUNDLED_ENCODER))
    with tempfile.TemporaryDirectory() as folder:
        index_dir = Path(folder)
        started = time.perf_counter()
        index = open_index(ROOT / "policies", index_dir, encoder)
        build_ms = (time.perf_counter() - started) * 1000
        started = time.perf_counter()
        open_index(ROOT / "policies", index_dir, encoder)
        open_ms = (time.perf_counter() - started) * 1000
    assistant = Assistant(index, Answerability.load(str(BUNDLED_ENCODER)))
    lexical = _lexical(policy)
    floor = _median_ms(lexical.rate, QUESTIONS)
    rows = [
        ("BM25 alone, a question", floor),
        ("encode a question", _median_ms(encoder.encode_question, QUESTIONS)),
        ("search", _median_ms(index.search, QUESTIONS)),
        ("ask", _median_ms(assistant.ask, QUESTIONS)),
        ("parse the policy", _median_ms(lambda _: file.parse(), [""])),
        ("build the index", build_ms),
        ("open the index", open_ms),
    ]
    table = Table(
        "step", "ms", "ratio to BM25", title=f"{len(policy.clauses)} clauses, {len(index.windows)} windows"
    )
    for name, ms in rows:
        table.add_row(name, f"{ms:.3f}", f"{ms / floor:.1f}")
    Console().print(table)


def _lexical(policy: Policy) -> LexicalIndex:
    return LexicalIndex.build([lexical_text(policy, clause) for clause in policy.clauses])


def _median_ms(step: Callable[[str], object], questions: Sequence[str]) -> float:
    """The median time of one call, in milliseconds, after one warm-up round."""
    times = []
    for number in range(NUM_ROUNDS + 1):
        for question in questions:
            started = time.perf_counter()
            step(question)
            if number:
                times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
