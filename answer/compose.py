"""The extractive answer: a lead line that names policy and clause, then verbatim sentences with [n].

Nothing is worded here but the lead line (`prompts/lead.txt`); what is said is said by the policy. The
sentences come from the best window of the best clauses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from answer.records import MAX_ANSWER_CHARS, MAX_CITATIONS, Citation
from index.search import Hit
from ingest.lines import tidy
from ingest.policy import Span
from ingest.sentences import split_sentences
from prompts import render

MAX_CLAUSES = 2
_NEAR_ODDS = 0.35


@dataclass(frozen=True, slots=True)
class Composed:
    """The text of an answer and what it cites."""

    text: str
    citations: tuple[Citation, ...]


def compose(hits: Sequence[Hit]) -> Composed:
    """Compose an answer from hits, best first.

    The second clause is added only if it is nearly as relevant as the first.

    Raises:
        ValueError: no hit has text of its own.
    """
    chosen = [hit for hit in hits if hit.window][:MAX_CLAUSES]
    if not chosen:
        raise ValueError("an extractive answer needs a hit with text of its own")
    best = chosen[0]
    lines: list[str] = []
    citations: list[Citation] = []
    for hit in chosen:
        if hit is not best and _odds(hit) < _NEAR_ODDS * _odds(best):
            break
        added, cited = _passage(hit, len(citations), is_first=hit is best)
        if len("\n".join([*lines, *added])) > MAX_ANSWER_CHARS or len(citations) + len(cited) > MAX_CITATIONS:
            break
        lines, citations = lines + added, citations + cited
    return Composed("\n".join(lines), tuple(citations))


def lead(hit: Hit, *, is_first: bool) -> str:
    """Word the line that names the clause, e.g. 根据《58同城隐私政策》第七条（五）“注销账户”：."""
    title = f"“{hit.clause.title}”" if hit.clause.title else ""
    if is_first:
        return render("lead", policy=hit.policy.title, label=hit.clause.label, title=title)
    return render("lead_more", label=hit.clause.label, title=title)


def _passage(hit: Hit, num_before: int, *, is_first: bool) -> tuple[list[str], list[Citation]]:
    first_line = lead(hit, is_first=is_first)
    room = MAX_ANSWER_CHARS - len(first_line) - 1
    lines, citations = [first_line], list[Citation]()
    for span in _sentences(hit):
        citation = Citation(num_before + len(citations) + 1, hit.policy, hit.clause, span)
        line = f"{citation.quote} [{citation.n}]"
        if room - len(line) - 1 < 0:
            break
        room -= len(line) + 1
        lines.append(line)
        citations.append(citation)
    return lines, citations


def _sentences(hit: Hit) -> list[Span]:
    """The sentences of a hit's best window; its heading is in the lead line already."""
    assert hit.window is not None  # chosen by the caller
    window = hit.window.span
    inside = [
        span
        for span in split_sentences(hit.policy.text, hit.clause)
        if window.start <= span.start and span.end <= window.end
    ]
    said = [span for span in inside if tidy(span.of(hit.policy.text)) != hit.clause.title]
    return said or inside


def _odds(hit: Hit) -> float:
    return hit.relevance / max(1 - hit.relevance, 1e-6)
