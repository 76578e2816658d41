"""The extractive answer: a lead line that names policy and clause, then verbatim sentences with [n].

Nothing is worded here but the lead line (`prompts/lead.txt`); what is said is said by the policy. The
sentences come from the passages that are most likely to hold the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from answer.records import MAX_ANSWER_CHARS, MAX_CITATIONS, Citation
from index.search import Hit, Passage
from ingest.lines import tidy
from ingest.policy import Span
from ingest.sentences import split_sentences
from prompts import render

MAX_CLAUSES = 3
_ENOUGH = 0.9
_MARK_CHARS = len("\n [1]")


@dataclass(frozen=True, slots=True)
class Composed:
    """The text of an answer and what it cites."""

    text: str
    citations: tuple[Citation, ...]


def compose(passages: Sequence[Passage]) -> Composed:
    """Compose an answer from passages, most likely first.

    Passages are taken until the answer is among them with a probability of _ENOUGH, as far as there is room.
    They are shown clause by clause, the most likely clause first, in the order of the text.

    Raises:
        ValueError: there is no passage.
    """
    if not passages:
        raise ValueError("an extractive answer needs a passage")
    chosen: dict[int, list[Passage]] = {}
    composed, share = Composed("", ()), 0.0
    for passage in passages:
        if passage.hit.entry not in chosen and len(chosen) == MAX_CLAUSES:
            continue
        more = {entry: list(taken) for entry, taken in chosen.items()}
        more.setdefault(passage.hit.entry, []).append(passage)
        sentences = [(taken[0].hit, _sentences(taken)) for taken in more.values()]
        if chosen and not _has_room(sentences):
            continue
        chosen, composed, share = more, _compose(sentences), share + passage.share
        if share >= _ENOUGH:
            break
    return composed


def compose_whole(hits: Sequence[Hit]) -> Composed:
    """Compose an answer that gives clauses from their beginning, as far as there is room.

    Raises:
        ValueError: no hit has text of its own.
    """
    return _compose(
        (hit, _said(hit, split_sentences(hit.policy.text, hit.clause))) for hit in _with_text(hits)
    )


def lead(hit: Hit, *, is_first: bool) -> str:
    """Word the line that names the clause, e.g. 根据《58同城隐私政策》第七条（五）“注销账户”：.

    A clause without a title of its own goes by the next title above it, which says what a list is about.
    """
    above = (hit.clause, *hit.policy.ancestors(hit.clause))
    title = next((f"“{clause.title}”" for clause in above if clause.title), "")
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


def _sentences(passages: Sequence[Passage]) -> list[Span]:
    """The sentences of passages of one clause, each once, in the order of the text."""
    hit = passages[0].hit
    spans = [passage.window.span for passage in passages]
    return _said(
        hit,
        [
            sentence
            for sentence in split_sentences(hit.policy.text, hit.clause)
            if any(span.start <= sentence.start and sentence.end <= span.end for span in spans)
        ],
    )


def _has_room(passages: Sequence[tuple[Hit, Sequence[Span]]]) -> bool:
    """Tell whether an answer holds all of the passages."""
    num_chars = sum(len(lead(hit, is_first=i == 0)) + 1 for i, (hit, _) in enumerate(passages))
    sentences = [(hit, sentence) for hit, sentences in passages for sentence in sentences]
    num_chars += sum(len(tidy(span.of(hit.policy.text))) + _MARK_CHARS for hit, span in sentences)
    return num_chars <= MAX_ANSWER_CHARS and len(sentences) <= MAX_CITATIONS


def _said(hit: Hit, sentences: Sequence[Span]) -> list[Span]:
    """Leave out the heading, which the lead line says already."""
    said = [span for span in sentences if tidy(span.of(hit.policy.text)) != hit.clause.title]
    return said or list(sentences)
