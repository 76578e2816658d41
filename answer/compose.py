"""The extractive answer: a lead line that names policy and clause, then verbatim sentences with [n].

Nothing is worded here but the lead line (`prompts/lead.txt`); what is said is said by the policy. The
sentences come from the best window of the best clauses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from answer.records import MAX_ANSWER_CHARS, MAX_CITATIONS, Citation
from index.search import Hit
from ingest.lines import tidy
from ingest.policy import Span
from ingest.sentences import split_sentences
from prompts import render

MAX_CLAUSES = 2
_NEAR_ODDS = 0.35
_MARK_CHARS = len("\n [1]")


@dataclass(frozen=True, slots=True)
class Composed:
    """The text of an answer and what it cites."""

    text: str
    citations: tuple[Citation, ...]


def compose(hits: Sequence[Hit]) -> Composed:
    """Compose an answer from hits, best first: the best window of the best clause.

    The second clause is added only if it is nearly as relevant as the first.

    Raises:
        ValueError: no hit has text of its own.
    """
    chosen = _with_text(hits)[:MAX_CLAUSES]
    near = [hit for hit in chosen if hit is chosen[0] or _odds(hit) >= _NEAR_ODDS * _odds(chosen[0])]
    return _compose((hit, _window_sentences(hit)) for hit in near)


def compose_whole(hits: Sequence[Hit]) -> Composed:
    """Compose an answer that gives clauses from their beginning, as far as there is room.

    Raises:
        ValueError: no hit has text of its own.
    """
    return _compose(
        (hit, _said(hit, split_sentences(hit.policy.text, hit.clause))) for hit in _with_text(hits)
    )


def lead(hit: Hit, *, is_first: bool) -> str:
    """Word the line that names the clause, e.g. 根据《58同城隐私政策》第七条（五）“注销账户”：."""
    title = f"“{hit.clause.title}”" if hit.clause.title else ""
    if is_first:
        return render("lead", policy=hit.policy.title, label=hit.clause.label, title=title)
    return render("lead_more", label=hit.clause.label, title=title)


def _with_text(hits: Sequence[Hit]) -> list[Hit]:
    chosen = [hit for hit in hits if hit.window]
    if not chosen:
        raise ValueError("an extractive answer needs a hit with text of its own")
    return chosen


def _compose(passages: Iterable[tuple[Hit, Sequence[Span]]]) -> Composed:
    """Put lead lines and quotes together until characters or citations run out."""
    lines: list[str] = []
    citations: list[Citation] = []
    room = MAX_ANSWER_CHARS
    for hit, spans in passages:
        pending = [lead(hit, is_first=not lines)]
        for whole in spans:
            span = whole if citations else _fit(hit, whole, room - len(pending[0]) - _MARK_CHARS)
            citation = Citation(len(citations) + 1, hit.policy, hit.clause, span)
            pending.append(f"{citation.quote} [{citation.n}]")
            needed = sum(len(line) + 1 for line in pending)
            if needed > room + 1 or len(citations) == MAX_CITATIONS:
                return Composed("\n".join(lines), tuple(citations))
            lines, room, pending = lines + pending, room - needed, []
            citations.append(citation)
    return Composed("\n".join(lines), tuple(citations))


def _fit(hit: Hit, span: Span, room: int) -> Span:
    """Cut a sentence that is longer than an answer at its last comma that fits."""
    if span.end - span.start <= room:
        return span
    cut = max(span.of(hit.policy.text)[:room].rfind(mark) for mark in "，,、；：")
    return Span(span.start, span.start + (cut + 1 if cut > 0 else room))


def _window_sentences(hit: Hit) -> list[Span]:
    """The sentences of a hit's best window."""
    assert hit.window is not None  # chosen by the caller
    window = hit.window.span
    sentences = split_sentences(hit.policy.text, hit.clause)
    return _said(hit, [span for span in sentences if window.start <= span.start and span.end <= window.end])


def _said(hit: Hit, sentences: Sequence[Span]) -> list[Span]:
    """Leave out the heading, which the lead line says already."""
    said = [span for span in sentences if tidy(span.of(hit.policy.text)) != hit.clause.title]
    return said or list(sentences)


def _odds(hit: Hit) -> float:
    return hit.relevance / max(1 - hit.relevance, 1e-6)
