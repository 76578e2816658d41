"""Policies with questions whose answering passage is known. They are split by policy, never by question.

The questions come from the training data (`policy_questions.jsonl`, `near_misses.jsonl`) and from
`index/training/data/questions.jsonl`, which was written for this project. The windows are those of
production, cut by `index/windows.py` from the clauses of `ingest`, so that training sees what will be
searched. An excerpt is the passage that a question was written for; a window is right when it overlaps it.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.windows import cut_windows
from ingest.parse import parse_policy
from ingest.policy import Policy, Span

OWN_QUESTIONS = Path(__file__).parent / "data" / "questions.jsonl"
NUM_BUCKETS = 10
FITTING_BUCKET, HELD_OUT_BUCKET = 8, 9
_MIN_OVERLAP_CHARS = 10


@dataclass(frozen=True, slots=True)
class LabelledPolicy:
    """A policy, its windows, and questions about it.

    Attributes:
        name: its file name.
        policy: the policy.
        windows: all windows, in the order of the text.
        clauses: for every window the position of its clause; ascending.
        excerpts: the passages that questions were written for.
        questions: the questions.
        asked: for every question the position of its excerpt.
        is_right: bool, shape (num_questions, num_windows).
        near_misses: questions on the same topics that the policy does not answer.
    """

    name: str
    policy: Policy
    windows: tuple[str, ...]
    clauses: npt.NDArray[np.int64]
    excerpts: tuple[str, ...]
    questions: tuple[str, ...]
    asked: npt.NDArray[np.int64]
    is_right: npt.NDArray[np.bool_]
    near_misses: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.is_right.any(axis=1).all():
            lost = self.questions[int(np.flatnonzero(~self.is_right.any(axis=1))[0])]
            raise ValueError(f"no window of {self.name!r} overlaps the passage that answers {lost!r}")

    @property
    def bucket(self) -> int:
        """Decides what the policy is for: training, fitting what is built on the encoder, or measuring."""
        return bucket_of(self.name)


def bucket_of(name: str) -> int:
    """Put a policy into one of ten buckets by its name alone, the same on every machine.

    >>> bucket_of("0506.txt")
    6
    """
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % NUM_BUCKETS


def squeeze(text: str) -> tuple[str, list[int]]:
    """Remove white space and asterisks, in which an excerpt may differ from the file.

    Returns:
        What is left, and for each of its characters the offset in `text`.

    >>> squeeze("**甲** 乙")
    ('甲乙', [2, 6])
    """
    offsets = [at for at, char in enumerate(text) if not char.isspace() and char != "*"]
    return "".join(text[at] for at in offsets), offsets


def read_labelled(folder: Path, more: Sequence[Path] = ()) -> list[LabelledPolicy]:
    """Read all questions and the policies they ask about, sorted by name.

    Args:
        folder: the training data.
        more: files of questions beside OWN_QUESTIONS, in the same shape.

    Raises:
        OSError, KeyError, json.JSONDecodeError: a file is missing or damaged.
        ValueError: an excerpt does not stand in its policy.
    """
    texts = _read_texts(folder)
    drafts = {name: _Draft(squeeze(text)) for name, text in texts.items()}
    for row in _rows(folder / "policy_questions.jsonl"):
        draft = drafts[row["policy"]]
        draft.add(row["clause"], _find(row["clause"], *draft.squeezed), row["questions"])
    for row in _rows(folder / "near_misses.jsonl"):
        drafts[row["policy"]].near_misses.append(row["question"])
    for row in (row for path in (OWN_QUESTIONS, *more) for row in _rows(path)):
        span = Span(row["start"], row["end"])
        drafts[row["policy"]].add(span.of(texts[row["policy"]]), [span], row["questions"])
        drafts[row["policy"]].near_misses.extend(row["near_misses"])
    return [_label(name, texts[name], drafts[name]) for name in sorted(drafts) if drafts[name].excerpts]


@dataclass(slots=True)
class _Draft:
    """What is known of a policy while the files are read."""

    squeezed: tuple[str, list[int]]
    excerpts: list[str] = field(default_factory=list)
    spans: list[list[Span]] = field(default_factory=list)
    questions: list[tuple[int, str]] = field(default_factory=list)
    near_misses: list[str] = field(default_factory=list)

    def add(self, excerpt: str, spans: list[Span], questions: Sequence[str]) -> None:
        """Add an excerpt, the places where it stands, and what was asked about it."""
        self.questions += [(len(self.excerpts), question) for question in questions]
        self.excerpts.append(excerpt)
        self.spans.append(spans)


def _read_texts(folder: Path) -> dict[str, str]:
    with lzma.open(folder / "policies_all.jsonl.xz", "rt", encoding="utf-8") as lines:
        texts = {row["policy"]: row["text"] for row in map(json.loads, lines)}
    for path in (folder / "policies").iterdir():
        texts[path.name] = path.read_text(encoding="utf-8")
    return texts


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _label(name: str, text: str, draft: _Draft) -> LabelledPolicy:
    policy = parse_policy(text, name)
    windows = [window for clause in policy.clauses for window in cut_windows(policy, clause)]
    spans = [window.span for window in windows]
    right = np.array([_overlaps(spans, excerpt_spans) for excerpt_spans in draft.spans])
    asked = np.array([excerpt for excerpt, _ in draft.questions], dtype=np.int64)
    return LabelledPolicy(
        name=name,
        policy=policy,
        windows=tuple(window.text for window in windows),
        clauses=np.array([window.clause for window in windows], dtype=np.int64),
        excerpts=tuple(draft.excerpts),
        questions=tuple(question for _, question in draft.questions),
        asked=asked,
        is_right=right[asked],
        near_misses=tuple(draft.near_misses),
    )


def _find(excerpt: str, squeezed: str, offsets: Sequence[int]) -> list[Span]:
    """Find every place where the excerpt stands."""
    wanted = squeeze(excerpt)[0]
    if not wanted:
        raise ValueError("an excerpt is empty")
    found = []
    at = squeezed.find(wanted)
    while at >= 0:
        found.append(Span(offsets[at], offsets[at + len(wanted) - 1] + 1))
        at = squeezed.find(wanted, at + 1)
    return found


def _overlaps(windows: Iterable[Span], excerpts: Sequence[Span]) -> list[bool]:
    return [any(_is_overlap(window, excerpt) for excerpt in excerpts) for window in windows]


def _is_overlap(one: Span, other: Span) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared >= min(_MIN_OVERLAP_CHARS, one.end - one.start, other.end - other.start)
