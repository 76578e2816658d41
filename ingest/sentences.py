"""The sentences of a clause's own text, as spans of the file.

`index/windows.py` embeds groups of them and `answer/` quotes them. They live in `ingest` because a sentence
is a piece of the file like a clause is: pages break in the middle of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.lines import is_broken
from ingest.policy import Clause, Span

_SENTENCE = re.compile(r".+?(?:[。！？；!?;…]+[”’」』）)】》*_]*|$)", re.DOTALL)
_EDGE = re.compile(r"(?:[-+•·●■◆○>#*_\\]|\s|\u3000)*")


def split_sentences(text: str, clause: Clause) -> list[Span]:
    r"""Split the own text of a clause into sentences.

    A sentence ends at 。！？； and at the end of a paragraph. A heading is a sentence of its own.

    Args:
        text: the text of the clause's policy.
        clause: a clause of that policy.

    Returns:
        Spans of `text`, ascending, without white space, bullets or emphasis at their edges; none is empty and
        none reaches over a sub-clause.
    """
    return [
        span for own in clause.own for paragraph in _paragraphs(text, own) for span in _cut(text, paragraph)
    ]


def _paragraphs(text: str, own: Span) -> Iterator[Span]:
    """Join the lines that a page or crawl has broken."""
    start, end, previous = own.start, own.start, ""
    at = own.start
    for row in own.of(text).splitlines(keepends=True):
        bare = row.strip().strip("*_").strip()
        if bare:
            if previous and not is_broken(previous, bare):
                yield Span(start, end)
                start, previous = at, ""
            previous += bare
            end = at + len(row)
        at += len(row)
    if previous:
        yield Span(start, end)


def _cut(text: str, paragraph: Span) -> Iterator[Span]:
    for match in _SENTENCE.finditer(paragraph.of(text)):
        span = _trim(text, Span(paragraph.start + match.start(), paragraph.start + match.end()))
        if span.start < span.end:
            yield span


def _trim(text: str, span: Span) -> Span:
    """Leave out white space, bullets and emphasis at the edges."""
    lead = _EDGE.match(text, span.start, span.end)
    assert lead is not None  # the pattern matches the empty text
    start, end = lead.end(), span.end
    while end > start and (text[end - 1].isspace() or text[end - 1] in "*_"):
        end -= 1
    return Span(start, end)
