"""References from one clause to others: 本条第8款, 本隐私政策第十条, 前款, 第（一）、（二）项.

`ingest/parse.py` reports those that lead nowhere or seem to lead astray. References to other documents
(《…法》第四十条) are left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from ingest.addresses import HAN, Step, address_of, find_named, has_paragraph, read_steps
from ingest.lines import tidy
from ingest.policy import Clause, Policy, Span
from ingest.sentences import split_sentences

_NUMBER = rf"第\s*[（(]?\s*(?:{HAN}|\d{{1,4}})\s*[）)]?\s*(?:编|分编|部分|章|节|条|款|项|目)"
_LIST_HEAD = re.compile(rf"第\s*[（(]\s*(?:{HAN}|\d{{1,3}})\s*[）)](?=\s*[、和或及与至])")
_REFERENCE = re.compile(
    rf"""(?P<scope>《(?P<title>[^》]{{2,60}})》(?:的|中|中的)?\s*|本\s*[\u4e00-\u9fff]{{1,8}}?(?:的|中|中的)?\s*|上述|前述)?
    (?P<number>{_LIST_HEAD.pattern}|{_NUMBER}(?:\s*(?:{_NUMBER}|[（(]\s*(?:{HAN}|\d{{1,3}})\s*[）)]))*)
    |(?P<before>前(?P<before_unit>[条款项]))(?!件)""",
    re.VERBOSE,
)
_MORE = re.compile(rf"\s*(?:、|和|或者?|及|与|至|到)\s*(?=第|[（(]\s*(?:{HAN}|\d))")
_NEXT_NUMBER = re.compile(rf"{_NUMBER}|第?\s*[（(]\s*(?:{HAN}|\d{{1,3}})\s*[）)]\s*[款项]?")
_OWN_SCOPE = re.compile(r"本\s*(?:条|款|项|节|章)(?!例)")

_Fits: TypeAlias = Callable[[Clause, Step, str], bool]


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in the text of a clause.

    Attributes:
        clause: position of the clause whose text holds it.
        span: where it stands in the policy's text.
        text: its words.
        target: position of the clause it leads to; None where it leads nowhere.
    """

    clause: int
    span: Span
    text: str
    target: int | None


def find_references(policy: Policy) -> list[Reference]:
    """Find and resolve the references of a policy to its own clauses, in document order."""
    resolver = _Resolver(policy)
    return [
        reference
        for clause in policy.clauses
        for own in clause.own
        for reference in _in_span(policy, resolver, clause, own)
    ]


def describe_oddities(policy: Policy, references: Sequence[Reference]) -> list[str]:
    """Say in Chinese which references lead nowhere, and which seem to mean a neighbour of their target."""
    said = dict[tuple[int, str], str]()
    sentences: dict[int, list[Span]] = {}
    for reference in references:
        if (reference.clause, reference.text) in said:
            continue
        source = policy.clauses[reference.clause]
        if reference.target is None:
            said[reference.clause, reference.text] = f"{source.label}提到的“{reference.text}”找不到对应的条款"
            continue
        if reference.clause not in sentences:
            sentences[reference.clause] = split_sentences(policy.text, source)
        target = policy.clauses[reference.target]
        meant = _meant_instead(policy, reference, target, sentences[reference.clause])
        said[reference.clause, reference.text] = (
            f"{source.label}提到的“{reference.text}”指向{target.label}“{target.title}”，"
            f"但内容像是在说{meant.label}“{meant.title}”"
            if meant
            else ""
        )
    return [sentence for sentence in said.values() if sentence]


class _Resolver:
    """Finds the clause a number means, seen from the clause that holds it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._addresses = [address_of(clause.path) for clause in policy.clauses]
        self._children: dict[int | None, list[Clause]] = {}
        for clause in policy.clauses:
            self._children.setdefault(clause.parent, []).append(clause)
        self._named: dict[tuple[Step, ...], int | None] = {}

    def target(self, clause: Clause, scope: str, steps: Sequence[Step], written: str) -> int | None:
        """Resolve a written number; one that belongs to 本条, or names no article, is near the clause."""
        is_relative = bool(_OWN_SCOPE.match(scope)) or steps[0].unit in ("款", "项", "目", "")
        if not is_relative:
            return self._absolute(tuple(steps))
        around = [clause, *self._policy.ancestors(clause)]
        for fits in (_is_written_so, _has_value):
            for base in around:
                found = self._descend(base, steps, written, fits)
                if found is not None:
                    return found.position
        return None

    def before(self, clause: Clause, unit: str) -> int | None:
        """The clause in front: 前条 of an article, 前项 of an item; 前款 is in the clause itself."""
        if unit == "款":
            return clause.position
        around = [clause, *self._policy.ancestors(clause)]
        article = next((c for c in around if c.path and c.path[-1].endswith("条")), clause)
        base = article if unit == "条" else clause
        siblings = [other for other in self._children[base.parent] if other.path]
        place = siblings.index(base) if base in siblings else 0
        return siblings[place - 1].position if place else None

    def _absolute(self, steps: tuple[Step, ...]) -> int | None:
        if steps not in self._named:
            found = find_named(self._policy, self._addresses, steps)
            self._named[steps] = found[0].position if found else None
        return self._named[steps]

    def _descend(self, base: Clause, steps: Sequence[Step], written: str, fits: _Fits) -> Clause | None:
        for step in steps:
            if step.unit == "款" and _is_article(base):
                continue  # a paragraph of an article has no clause of its own
            below = (child for child in self._children.get(base.position, ()) if fits(child, step, written))
            found = next(below, None)
            if found is None:
                return None
            base = found
        is_paragraph = steps[-1].unit == "款" and _is_article(base)
        return base if not is_paragraph or has_paragraph(base, steps[-1].value) else None


def _in_span(policy: Policy, resolver: _Resolver, clause: Clause, own: Span) -> Iterator[Reference]:
    at = own.start
    while match := _REFERENCE.search(policy.text, at, own.end):
        at = max(match.end(), at + 1)
        if match["before"]:
            target = resolver.before(clause, match["before_unit"])
            yield Reference(clause.position, Span(match.start(), match.end()), match[0], target)
            continue
        is_foreign = bool(match["title"]) and not _is_own_title(policy, match["title"])
        for span in _listed(policy.text, match, own.end):
            at = max(at, span.end)
            if not is_foreign:
                written = span.of(policy.text)
                target = resolver.target(clause, match["scope"] or "", _read(written), written)
                start = match.start() if span.start == match.start("number") else span.start
                whole = Span(start, span.end)
                yield Reference(clause.position, whole, whole.of(policy.text), target)


def _read(written: str) -> list[Step]:
    """The steps of a number; the first of several (第（一）、第（二）款) goes without its unit."""
    steps, _ = read_steps(written, 0)
    return steps or read_steps(written.removeprefix("第"), 0)[0]


def _listed(text: str, match: re.Match[str], end: int) -> Iterator[Span]:
    """The numbers of a reference: 第（一）、第（二）款 and 第三条、第五条 are two each."""
    span = Span(match.start("number"), match.end("number"))
    yield span
    while more := _MORE.match(text, span.end, end):
        following = _NEXT_NUMBER.match(text, more.end(), end)
        if following is None:
            return
        span = Span(following.start(), following.end())
        yield span


def _is_written_so(child: Clause, step: Step, written: str) -> bool:
    """第8款 means 8 rather than 8）, where both exist."""
    return _has_value(child, step, written) and child.path[-1] in written.replace("(", "（").replace(
        ")", "）"
    )


def _has_value(child: Clause, step: Step, _written: str) -> bool:
    address = address_of(child.path[-1:])
    return bool(address) and address[-1].value == step.value


def _is_article(clause: Clause) -> bool:
    return bool(clause.path) and clause.path[-1].endswith("条")


def _is_own_title(policy: Policy, title: str) -> bool:
    return title in policy.title or policy.title in title or title in ("隐私政策", "本政策", "本协议")


def _meant_instead(
    policy: Policy, reference: Reference, target: Clause, sentences: Sequence[Span]
) -> Clause | None:
    """The one sibling of a target that the referring sentence seems to mean.

    That is the case where the sentence has nothing of the target's title, but a word that no other sibling's
    title has.
    """
    source = policy.clauses[reference.clause]
    start = reference.span.start
    sentence = next((span for span in sentences if span.start <= start < span.end), reference.span)
    said = _pairs(tidy(sentence.of(policy.text)))
    if not target.title or target.position == source.position or said & _pairs(target.title):
        return None
    siblings = [clause for clause in policy.clauses if clause.parent == target.parent and clause.title]
    common = Counter(pair for clause in siblings for pair in _pairs(clause.title))
    above = {clause.position for clause in policy.ancestors(source)} | {source.position}
    named = [
        clause
        for clause in siblings
        if clause.position not in above and any(common[pair] == 1 for pair in said & _pairs(clause.title))
    ]
    return named[0] if len(named) == 1 else None


def _pairs(text: str) -> set[str]:
    """The pairs of neighbouring Chinese characters of a text."""
    return {first + second for first, second in pairwise(text) if _is_han(first) and _is_han(second)}


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"
