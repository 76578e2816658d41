"""What the bundled encoder costs beside a small transformer: `python -m tests.benchmarks.bench_encoders`.

The transformer has the shape of bge-small-zh (BERT, 4 layers, 512 wide, 8 heads, 2,048 inside, 21,128 tokens)
and random weights: what it costs does not depend on them, and nothing is fetched. Its vocabulary has every
Chinese character, so a text becomes about as many tokens as it would there.

Every model is measured in a process of its own, which loads it as the assistant does. Memory is what the
process grows by, from before the imports to after the windows are encoded; load time counts the imports that
the model needs.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from settings import BUNDLED_ENCODER, ROOT

NUM_ROUNDS = 20
NUM_WINDOWS = 256
QUESTIONS = [
    "怎么注销账户",
    "浏览记录保存多长时间",
    "谁能看到我投的简历",
    "监护人不同意怎么办",
    "你们的办公地址",
]
NUM_TOKENS, DIMENSION = 21_128, 512
_MAX_TOKENS = 512
_HAN = range(0x4E00, 0x4E00 + 20_000)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a model costs.

    Attributes:
        size_mb: its files.
        memory_mb: growth of the resident memory.
        load_s: until the first question can be encoded.
        question_ms: median time of a question.
        fastest_ms: the fastest time of a question; it tells most where the machine has other work.
        windows_per_s: windows of the policy that ships, in batches.
    """

    size_mb: float
    memory_mb: float
    load_s: float
    question_ms: float
    fastest_ms: float
    windows_per_s: float


def main(argv: Sequence[str] | None = None) -> None:
    """Measure both models, one after the other, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_encoders")
    parser.add_argument("--one", type=Path, metavar="FOLDER", help="measure one model, print JSON")
    options = parser.parse_args(argv)
    if options.one:
        print(json.dumps(asdict(measure(options.one))))
        return
    table = Table("encoder", "files, MB", "memory, MB", "load, s", "question, ms", "fastest, ms", "windows/s")
    with tempfile.TemporaryDirectory() as folder:
        write_random_transformer(Path(folder))
        for name, model in (("bundled", BUNDLED_ENCODER), ("bge-small-zh shape", Path(folder))):
            cost = measure_apart(model)
            table.add_row(
                name,
                f"{cost.size_mb:.1f}",
                f"{cost.memory_mb:.0f}",
                f"{cost.load_s:.2f}",
                f"{cost.question_ms:.2f}",
                f"{cost.fastest_ms:.2f}",
                f"{cost.windows_per_s:.0f}",
            )
    Console(width=100).print(table)


def measure_apart(folder: Path) -> Cost:
    """Measure a model in a fresh process."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_encoders", "--one", str(folder)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    outcome = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return Cost(**json.loads(outcome.stdout.splitlines()[-1]))


def measure(folder: Path) -> Cost:
    """Measure a model in this process, which must be fresh."""
    windows = _windows()
    memory, started = _resident_mb(), time.perf_counter()
    from index.encoder import Encoder

    encoder = Encoder.load(str(folder))
    encoder.encode_question(QUESTIONS[0])
    load_s = time.perf_counter() - started
    times = []
    for _ in range(NUM_ROUNDS):
        for question in QUESTIONS:
            asked = time.perf_counter()
            encoder.encode_question(question)
            times.append((time.perf_counter() - asked) * 1000)
    started = time.perf_counter()
    encoder.encode_windows(windows)
    windows_per_s = len(windows) / (time.perf_counter() - started)
    return Cost(
        size_mb=sum(path.stat().st_size for path in folder.rglob("*") if path.suffix != ".png") / 1e6,
        memory_mb=_resident_mb() - memory,
        load_s=load_s,
        question_ms=statistics.median(times),
        fastest_ms=min(times),
        windows_per_s=windows_per_s,
    )


def write_random_transformer(folder: Path) -> None:
    """Write a sentence-transformers model of bge-small-zh's shape with random weights."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    torch.manual_seed(0)
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *map(chr, range(33, 127)), *map(chr, _HAN)]
    tokens += [f"[unused{number}]" for number in range(NUM_TOKENS - len(tokens))]
    config = BertConfig(
        vocab_size=NUM_TOKENS,
        hidden_size=DIMENSION,
        num_hidden_layers=4,
        num_attention_heads=8,
        intermediate_size=2048,
        max_position_embeddings=_MAX_TOKENS,
    )
    with tempfile.TemporaryDirectory() as bare:
        BertModel(config).save_pretrained(bare)
        BertTokenizer(vocab={token: i for i, token in enumerate(tokens)}).save_pretrained(bare)
        transformer = Transformer(bare, max_seq_length=_MAX_TOKENS)
    modules = [transformer, Pooling(DIMENSION, "cls"), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)


def _windows() -> list[str]:
    """Windows of the policy that ships, as many as NUM_WINDOWS."""
    from index.windows import cut_windows
    from ingest.read import find_policy_files

    (file,) = find_policy_files(ROOT / "policies")
    policy = file.parse()
    return [window.text for clause in policy.clauses for window in cut_windows(policy, clause)][:NUM_WINDOWS]


def _resident_mb() -> float:
    """The resident memory of this process; Linux only."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
