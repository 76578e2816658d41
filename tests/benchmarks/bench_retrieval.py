"""How well the right clause is found: `python -m tests.benchmarks.bench_retrieval FILE...`.

The files have a question a line, as those of `tests/questions/`; questions without an answer are left out.
Four rows a file: vectors alone, BM25 alone, late interaction alone, and the search as users have it. All but
the last rank every clause that has text of its own.

A hit is right when the text of its clause contains an evidence, white space and asterisks aside; where `any`
is false every evidence must be in one of the first hits, unless `--one-is-enough` is given. Equal values keep
the order of the policy.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from rich.console import Console
from rich.table import Table

from answer.questions import make_whole
from index.build import index_in_memory
from index.encoder import Encoder
from index.fusion import Evidence
from index.search import ClauseIndex
from ingest.policy import Policy
from ingest.read import find_policy_files
from settings import BUNDLED_ENCODER, ROOT

DEPTHS = (1, 3, 5, 10)

Rank: TypeAlias = Callable[[str], list[str]]
"""Takes a question, gives the texts of the first max(DEPTHS) clauses, best first."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with an answer, made whole, and the evidence for it, squeezed."""

    question: str
    evidence: tuple[str, ...]
    needs_all: bool

    def depth(self, texts: Sequence[str]) -> int | None:
        """Count the hits that are needed, best first; None where they are not enough."""
        squeezed = [squeeze(text) for text in texts]
        first = [next((i for i, text in enumerate(squeezed) if e in text), None) for e in self.evidence]
        found = [place + 1 for place in first if place is not None]
        if not found or (self.needs_all and len(found) < len(first)):
            return None
        return max(found) if self.needs_all else min(found)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure the files and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_retrieval")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--encoder", default=str(BUNDLED_ENCODER), help="a model by path or name")
    parser.add_argument("--one-is-enough", action="store_true", help="never ask for more than one evidence")
    options = parser.parse_args(argv)
    policies = [file.parse() for file in find_policy_files(ROOT / "policies")]
    index = index_in_memory(policies, Encoder.load(options.encoder))
    table = Table("questions", "n", "ranked by", *(f"hit@{depth}" for depth in DEPTHS))
    for path in options.files:
        questions = read_questions(path, one_is_enough=options.one_is_enough)
        if not questions:
            parser.error(f"{path} holds no question that has an answer")
        for name, rank in ranks(index, policies).items():
            shares = measure(questions, rank)
            table.add_row(path.stem, str(len(questions)), name, *(f"{share:.3f}" for share in shares))
        table.add_section()
    Console(width=90).print(table)


def read_questions(path: Path, *, one_is_enough: bool) -> list[Labelled]:
    """Read the questions of a file that have an answer."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        Labelled(
            question=make_whole(row["question"], row["history"]),
            evidence=tuple(squeeze(evidence) for evidence in row["evidence"]),
            needs_all=row.get("any") is False and not one_is_enough,
        )
        for row in rows
        if row["answerable"]
    ]


def measure(questions: Sequence[Labelled], rank: Rank) -> list[float]:
    """The share of questions that are answered by the first hits, for every depth of DEPTHS."""
    depths = [question.depth(rank(question.question)) for question in questions]
    return [float(np.mean([found is not None and found <= depth for found in depths])) for depth in DEPTHS]


def ranks(index: ClauseIndex, policies: Sequence[Policy]) -> dict[str, Rank]:
    """The four ways to rank."""

    def fused(question: str) -> list[str]:
        return [hit.clause.text for hit in index.search(question, limit=max(DEPTHS))]

    texts = [clause.text for policy in policies for clause in policy.clauses]
    ranker = index._ranker  # no front weighs all clauses
    with_text = np.flatnonzero(ranker.has_text)

    def by(name: str) -> Rank:
        column = Evidence._fields.index(name)

        def rank(question: str) -> list[str]:
            evidence = ranker.weigh(ranker.read(question), with_text).evidence[:, column]
            order = np.argsort(-evidence, kind="stable")[: max(DEPTHS)]
            return [texts[i] for i in with_text[order]]

        return rank

    return {
        "vectors": by("window"),
        "BM25": by("lexical"),
        "late interaction": by("late"),
        "search": fused,
    }


def squeeze(text: str) -> str:
    """Remove white space and asterisks."""
    return re.sub(r"[\s*]+", "", text)


if __name__ == "__main__":
    main()
