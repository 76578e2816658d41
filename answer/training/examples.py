"""Labelled examples for the judge: a question, the hits a search finds for it, and which of them answer it.

Three kinds of questions are asked of every policy: what it answers, near misses on its topics, and others
about anything else. The hits come from the production search.
"""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from answer.alignment import Aligner, Alignment
from answer.assistant import NUM_HITS
from answer.judge import features_of
from index.build import index_in_memory
from index.encoder import Encoder
from index.search import Hit
from index.training.labelled import LabelledPolicy, bucket_of

OFF_TOPIC = Path(__file__).parent / "data" / "off_topic.jsonl"
QUESTIONS = Path(__file__).parent / "data" / "questions.jsonl"
_GENERAL_SOURCES = (
    "qa_search_dureader",
    "qa_medical_toyhom",
    "qa_forum_egret",
    "qa_mrc_cmrc2018",
    "para_atec",
)
_NUM_GENERAL, _NUM_OFF_TOPIC = 15, 20  # asked of every policy
_MAX_GENERAL_CHARS = 60

Kind: TypeAlias = Literal["answered", "near", "other"]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with what the search found.

    Attributes:
        kind: what kind of question it is.
        hits: all with text of their own, best first, at least one.
        alignment: the question with the windows of the hits.
        features: of the hits, see `features_of`.
        is_right: bool, shape (num_hits,): which clauses answer; none for near misses and others.
        question: as asked.
    """

    kind: Kind
    question: str
    hits: tuple[Hit, ...]
    alignment: Alignment
    features: npt.NDArray[np.float32]
    is_right: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Others:
    """Questions that no policy answers: from general sources, and written for this project."""

    general: tuple[str, ...]
    off_topic: tuple[str, ...]

    def of(self, buckets: Sequence[int]) -> Others:
        """Keep those that belong to policies of the buckets, so that no question is on two sides."""
        kept = [
            tuple(question for question in questions if bucket_of(question) in buckets)
            for questions in (self.general, self.off_topic)
        ]
        return Others(*kept)

    def sample(self, rng: random.Random) -> list[str]:
        """Draw those that one policy is asked."""
        general = rng.sample(self.general, min(_NUM_GENERAL, len(self.general)))
        return general + rng.sample(self.off_topic, min(_NUM_OFF_TOPIC, len(self.off_topic)))


def read_others(folder: Path) -> Others:
    """Read questions that no policy answers.

    Args:
        folder: the training data.
    """
    general: set[str] = set()
    for source in _GENERAL_SOURCES:
        with lzma.open(folder / f"{source}.jsonl.xz", "rt", encoding="utf-8") as lines:
            general |= {row["q"] if "q" in row else row["a"] for row in map(json.loads, lines)}
    with OFF_TOPIC.open(encoding="utf-8") as lines:
        off_topic = [json.loads(line)["question"] for line in lines]
    short = sorted(question for question in general if len(question) <= _MAX_GENERAL_CHARS)
    return Others(tuple(short), tuple(off_topic))


def collect(
    policies: Sequence[LabelledPolicy], others: Others, encoder: Encoder, aligner: Aligner, *, seed: int
) -> Iterator[Example]:
    """Ask every policy its questions. Questions without any hit give no example."""
    rng = random.Random(seed)  # noqa: S311 - a sample, no secret
    for policy in policies:
        index = index_in_memory([policy.policy], encoder)
        right_clauses = [set(policy.clauses[right].tolist()) for right in policy.is_right]
        asked: list[tuple[Kind, str, set[int]]] = [
            *(("answered", q, right) for q, right in zip(policy.questions, right_clauses, strict=True)),
            *(("near", question, set()) for question in policy.near_misses),
            *(("other", question, set()) for question in others.sample(rng)),
        ]
        for kind, question, right in asked:
            hits = tuple(hit for hit in index.search(question, limit=NUM_HITS) if hit.window)
            if hits:
                yield Example(
                    kind,
                    question,
                    hits,
                    aligner.align(question, [hit.window.text for hit in hits if hit.window]),
                    features_of(question, hits),
                    np.array([hit.clause.position in right for hit in hits]),
                )
