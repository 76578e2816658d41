"""Windows: runs of one to three sentences inside a clause. They are what is embedded.

A long clause dilutes a vector, so a clause is represented by several windows and takes its best one;
`index/build.py` makes them. A window never crosses a sub-clause: its text is one piece of the file.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.lines import tidy
from ingest.policy import Clause, Policy, Span
from ingest.sentences import split_sentences

MAX_SENTENCES = 3
MIN_CHARS = 80
MAX_CHARS = 160


@dataclass(frozen=True, slots=True)
class Window:
    """A run of sentences of one clause.

    Attributes:
        clause: position of the clause in its policy.
        span: where it stands in the policy's text.
        text: the span made readable.
    """

    clause: int
    span: Span
    text: str


def cut_windows(policy: Policy, clause: Clause) -> list[Window]:
    """Cut the own text of a clause into overlapping windows.

    From every sentence on, a window takes sentences until it has at least MIN_CHARS characters, at most
    MAX_SENTENCES, and none that would carry it past MAX_CHARS; a single longer sentence is a window.

    Returns:
        The windows in order; none for a clause without own text. No window lies inside another.
    """
    sentences = split_sentences(policy.text, clause)
    windows: list[Window] = []
    for first, sentence in enumerate(sentences):
        last = _last_sentence(sentences, first, clause)
        span = Span(sentence.start, sentences[last].end)
        if not windows or span.end > windows[-1].span.end:
            windows.append(Window(clause.position, span, tidy(span.of(policy.text))))
    return windows


def _last_sentence(sentences: list[Span], first: int, clause: Clause) -> int:
    last = first
    while last + 1 < len(sentences) and last + 1 - first < MAX_SENTENCES:
        start = sentences[first].start
        is_long_enough = sentences[last].end - start >= MIN_CHARS
        is_one_piece = any(own.start <= start and sentences[last + 1].end <= own.end for own in clause.own)
        if is_long_enough or not is_one_piece or sentences[last + 1].end - start > MAX_CHARS:
            break
        last += 1
    return last
