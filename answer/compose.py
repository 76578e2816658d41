"""The extractive answer: a lead line that names policy and clause, then verbatim sentences with [n].

Nothing is worded here but the lead line (`prompts/lead.txt`) and the hint at a list that is longer than an
answer (`prompts/cut.txt`); what is said is said by the policy. The sentences come from the passages that
are most likely to hold the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from answer.parts import Part, Quote, are_of_one_list, opened_items, opening, part_of
from answer.records import MAX_ANSWER_CHARS, MAX_CITATIONS, Citation
from index.search import Hit, Passage
from ingest.policy import Clause, Policy, Span
from prompts import render

MAX_CLAUSES = 3
_ENOUGH = 0.9
_MARK_CHARS = len(" [1]")


@dataclass(frozen=True, slots=True)
class Composed:
    """The text of an answer and what it cites."""

    text: str
    citations: tuple[Citation, ...]


def compose(passages: Sequence[Passage]) -> Composed:
    """Compose an answer from passages, most likely first.

    Passages are taken until the answer is among them with a probability of _ENOUGH, as far as there is room.
    They are shown clause by clause, the most likely clause first, in the order of the text, and with the
    lists they belong to.

    Raises:
        ValueError: there is no passage.
    """
    if not passages:
        raise ValueError("an extractive answer needs a passage")
    chosen: dict[int, list[Passage]] = {}
    parts: list[Part] = []
    share = 0.0
    for passage in passages:
        if passage.hit.entry not in chosen and len(chosen) == MAX_CLAUSES:
            continue
        more = {entry: list(taken) for entry, taken in chosen.items()}
        more.setdefault(passage.hit.entry, []).append(passage)
        wanted = [_part(taken) for taken in more.values()]
        if not _has_room(wanted):
            if chosen:
                continue
            wanted = _filled(wanted)
        chosen, parts, share = more, wanted, share + passage.share
        if share >= _ENOUGH:
            break
    return _write(_with_lists(parts))


def compose_whole(hits: Sequence[Hit]) -> Composed:
    """Compose an answer that gives clauses from their beginning, as far as there is room.

    Raises:
        ValueError: no hit has text of its own.
    """
    parts = [part_of(hit.policy, hit.clause, hit.clause.own) for hit in hits if hit.window]
    if not parts:
        raise ValueError("an extractive answer needs a hit with text of its own")
    return _write(_filled(parts))


def lead(policy: Policy, clause: Clause, before: Policy | None) -> str:
    """Word the line that names a clause, e.g. 根据《58同城隐私政策》第七条（五）“注销账户”：.

    Behind a clause of another policy the policy is named anew.

    A clause without a title of its own goes by the next title above it, which says what a list is about.
    """
    above = (clause, *policy.ancestors(clause))
    title = next((f"“{each.title}”" for each in above if each.title), "")
    if before is None:
        return render("lead", policy=policy.title, label=clause.label, title=title)
    if before is not policy:
        return render("lead_elsewhere", policy=policy.title, label=clause.label, title=title)
    return render("lead_more", label=clause.label, title=title)


def _part(passages: Sequence[Passage]) -> Part:
    hit = passages[0].hit
    return part_of(hit.policy, hit.clause, [passage.window.span for passage in passages])


def _filled(parts: Sequence[Part]) -> list[Part]:
    """Take sentences until there is no more room; the first is cut where it alone is too long."""
    taken: list[Part] = []
    for part in parts:
        first = replace(part, quotes=(part.quotes[0] if taken else _fit(part.quotes[0]),))
        if taken and not _has_room([*taken, first]):
            return taken
        taken.append(first)
        for quote in part.quotes[1:]:
            longer = [*taken[:-1], taken[-1].with_quotes([quote])]
            if not _has_room(longer):
                return [*taken[:-1], replace(taken[-1], is_cut=True)]
            taken = longer
    return taken


def _fit(quote: Quote) -> Quote:
    """Cut a sentence that is longer than an answer at its last comma that fits."""
    span, room = quote.span, MAX_ANSWER_CHARS
    while not _has_room([Part((quote,))]):
        room -= 1
        cut = max(span.of(quote.policy.text)[:room].rfind(mark) for mark in "，,、；：")
        room = cut if cut > 0 else room
        quote = replace(quote, span=Span(span.start, span.start + (cut + 1 if cut > 0 else room)))
    return quote


def _with_lists(parts: Sequence[Part]) -> list[Part]:
    """Show the lists that parts open with their items, and items with what opens their list."""
    done = _joined(parts)
    for at in range(len(done)):
        done[at : at + 1] = [_with_items(done, at)]
    at = 0
    while at < len(done):
        opens = opening(done[at])
        longer = [*done[:at], done[at].with_quotes([opens] if opens else []), *done[at + 1 :]]
        if _has_room(longer):
            done = _joined(longer)
        at += 1
    return done


def _with_items(parts: Sequence[Part], at: int) -> Part:
    """Show as many items of the lists that a part opens as there is room for.

    An opening sentence at its end, none of whose items has room, is left out unless it is all there is.
    """
    part = parts[at]
    for number, item in enumerate(opened_items(part)):
        longer = part.with_quotes([item])
        if _has_room([*parts[:at], longer, *parts[at + 1 :]]):
            part = longer
        elif number == 0 and len(part.quotes) > 1 and part.ends_opening:
            return replace(part, quotes=part.quotes[:-1])
        else:
            return replace(part, is_cut=number > 0 or part.ends_opening)
    return part


def _joined(parts: Sequence[Part]) -> list[Part]:
    """Join parts one of which opens a list that the other has items of."""
    done: list[Part] = []
    for part in parts:
        at = next((at for at, other in enumerate(done) if are_of_one_list(other, part)), None)
        if at is None:
            done.append(part)
        else:
            done[at] = done[at].with_quotes(part.quotes)
    return done


def _lines(parts: Sequence[Part]) -> list[tuple[str, Quote | None]]:
    """The lines of an answer without their [n]; the line of a quote comes with it."""
    lines: list[tuple[str, Quote | None]] = []
    for number, part in enumerate(parts):
        before = parts[number - 1].policy if number else None
        lines.append((lead(part.policy, part.head, before), None))
        lines += [(quote.line, quote) for quote in part.quotes]
        if part.is_cut:
            lines.append((_cut_hint(part), None))
    return lines


def _has_room(parts: Sequence[Part]) -> bool:
    """Tell whether an answer holds all of the parts, and one hint more that a part is cut."""
    lines = [*_lines(parts), (max((_cut_hint(part) for part in parts), key=len), None)]
    num_quotes = sum(quote is not None for _, quote in lines)
    num_chars = sum(len(line) + 1 for line, _ in lines) + _MARK_CHARS * num_quotes
    return num_chars <= MAX_ANSWER_CHARS and num_quotes <= MAX_CITATIONS


def _cut_hint(part: Part) -> str:
    return render("cut", label=part.head.label)


def _write(parts: Sequence[Part]) -> Composed:
    """Number the quotes."""
    rows: list[str] = []
    citations: list[Citation] = []
    for line, quote in _lines(parts):
        if quote is None:
            rows.append(line)
        else:
            citations.append(Citation(len(citations) + 1, quote.policy, quote.clause, quote.span))
            rows.append(f"{line} [{len(citations)}]")
    return Composed("\n".join(rows), tuple(citations))
