"""Parts of an extractive answer, and the lists that a part must not tear apart.

A list is opened by a sentence that ends with a colon; its items end with semicolons and are either the
sentences behind it or the sub-clauses. An opened list is shown with its items; an item alone, with what opens
the list, for without that it means nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.lines import tidy
from ingest.policy import Clause, Policy, Span
from ingest.sentences import split_sentences

_OPENS = ("：", ":")
_GOES_ON = (*_OPENS, "；", ";")


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a clause."""

    policy: Policy
    clause: Clause
    span: Span

    @property
    def line(self) -> str:
        """The sentence made readable."""
        return tidy(self.span.of(self.policy.text))


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences under one lead line.

    Attributes:
        quotes: the sentences, in the order of the text, of one clause and perhaps of its sub-clauses.
        is_cut: whether what they begin, a list or a whole clause, is longer than what is shown.
    """

    quotes: tuple[Quote, ...]
    is_cut: bool = False

    @property
    def head(self) -> Clause:
        """The clause that the lead line names."""
        return self.quotes[0].clause

    @property
    def policy(self) -> Policy:
        """The policy quoted."""
        return self.quotes[0].policy

    @property
    def ends_opening(self) -> bool:
        """Whether the last sentence opens a list."""
        return _ends(self.policy, self.quotes[-1].span, _OPENS)

    def with_quotes(self, more: Iterable[Quote]) -> Part:
        """Put sentences in, each once and where it stands in the text."""
        quotes = {quote.span: quote for quote in (*self.quotes, *more)}
        return replace(self, quotes=tuple(quotes[span] for span in sorted(quotes)))


def part_of(policy: Policy, clause: Clause, spans: Sequence[Span]) -> Part:
    """Quote the sentences of a clause that lie in spans.

    The heading is left out, for the lead line says it. Where there is nothing else, the sentence behind it
    is quoted, and the heading itself only where that is all of the clause.

    Raises:
        ValueError: the clause has no text of its own.
    """
    sentences = _said(policy, clause)
    inside = [s for s in sentences if any(span.start <= s.start and s.end <= span.end for span in spans)]
    return Part(tuple(Quote(policy, clause, span) for span in inside or sentences[:1]))


def opened_items(part: Part) -> list[Quote]:
    """The items of the lists that a part opens and does not show, in the order of the text."""
    shown = {quote.span for quote in part.quotes}
    clauses = {quote.clause.position: quote.clause for quote in part.quotes}
    items: list[Quote] = []
    for clause in clauses.values():
        sentences = _said(part.policy, clause)
        for at, span in enumerate(sentences):
            if span in shown and _opens(part.policy, sentences, at):
                items += _items_behind(part.policy, clause, sentences, at)
    return [
        item
        for item in items
        if item.span not in shown and (item.clause is part.head or item.clause.position not in clauses)
    ]


def opening(part: Part) -> Quote | None:
    """The sentence that opens the list whose item a part begins with; None where there is no such list.

    A clause with a heading of its own is no item, whatever its parent's text ends with.
    """
    policy, clause, first = part.policy, part.head, part.quotes[0].span
    before = [span for span in _said(policy, clause) if span.end <= first.start]
    while before and _ends(policy, before[-1], _GOES_ON):
        if _ends(policy, before[-1], _OPENS):
            return Quote(policy, clause, before[-1])
        before = before[:-1]
    has_heading = len(_said(policy, clause)) < len(split_sentences(policy.text, clause))
    if before or has_heading or clause.parent is None:
        return None
    parent = policy.clauses[clause.parent]
    above = [span for span in split_sentences(policy.text, parent) if span.end <= clause.start]
    return Quote(policy, parent, above[-1]) if above and _ends(policy, above[-1], _OPENS) else None


def are_of_one_list(one: Part, other: Part) -> bool:
    """Tell whether a part opens a list that another has an item of."""
    return one.policy is other.policy and (_opens_for(one, other) or _opens_for(other, one))


def _opens_for(one: Part, other: Part) -> bool:
    opens = opening(other)
    if opens is not None and any(quote.span == opens.span for quote in one.quotes):
        return True
    return one.ends_opening and other.head.parent == one.quotes[-1].clause.position


def _said(policy: Policy, clause: Clause) -> list[Span]:
    """The sentences of a clause without its heading, or the heading where there is nothing else."""
    sentences = split_sentences(policy.text, clause)
    said = [span for span in sentences if tidy(span.of(policy.text)).rstrip("。：:") != clause.title]
    if not sentences:
        raise ValueError(f"clause {clause.label!r} has no text of its own")
    return said or sentences


def _ends(policy: Policy, span: Span, marks: tuple[str, ...]) -> bool:
    return span.of(policy.text).endswith(marks)


def _opens(policy: Policy, sentences: Sequence[Span], at: int) -> bool:
    """Tell whether a sentence opens a list: with a colon, or as the first of several that go on."""
    if _ends(policy, sentences[at], _OPENS):
        return True
    is_first = at == 0 or not _ends(policy, sentences[at - 1], _GOES_ON)
    return is_first and at + 1 < len(sentences) and _ends(policy, sentences[at], _GOES_ON)


def _items_behind(policy: Policy, clause: Clause, sentences: Sequence[Span], at: int) -> Iterator[Quote]:
    for span in sentences[at + 1 :]:
        yield Quote(policy, clause, span)
        if not _ends(policy, span, _GOES_ON):
            return
    if not _ends(policy, sentences[-1], _OPENS):
        return
    for child in policy.children(clause):
        if child.own:
            yield Quote(policy, child, split_sentences(policy.text, child)[0])
