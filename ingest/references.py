"""References from one clause to others: 本条第8款, 本隐私政策第十条, 前款, 第（一）、（二）项.

`ingest/parse.py` reports those that lead nowhere or seem to lead astray. References to other documents
(《…法》第四十条) are left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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
_BARE = re.compile(rf"第?\s*[（(]\s*(?P<bare>{HAN}|\d{{1,3}})\s*[）)]\s*(?P<unit>[款项])?")
_OWN_SCOPE = re.compile(r"本\s*(?:条|款|项|节|章)")

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
    addresses = [address_of(clause.path) for clause in policy.clauses]
    return [
        reference
        for clause in policy.clauses
        for own in clause.own
        for reference in _in_span(policy, addresses, clause, own)
    ]


def describe_oddities(policy: Policy, references: Sequence[Reference]) -> list[str]:
    """Say in Chinese which references lead nowhere, and which seem to mean a neighbour of their target."""
    said = []
    for reference in references:
        source = policy.clauses[reference.clause]
        if reference.target is None:
            said.append(f"{source.label}提到的“{reference.text}”找不到对应的条款")
            continue
        target = policy.clauses[reference.target]
        meant = _meant_instead(policy, reference, target)
        if meant:
            said.append(
                f"{source.label}提到的“{reference.text}”指向{target.label}“{target.title}”，"
                f"但内容像是在说{meant.label}“{meant.title}”"
            )
    return list(dict.fromkeys(said))


def _in_span(
    policy: Policy, addresses: Sequence[Sequence[Step]], clause: Clause, own: Span
) -> Iterator[Reference]:
    at = own.start
    while match := _REFERENCE.search(policy.text, at, own.end):
        at = max(match.end(), at + 1)
        if match["before"]:
            target = _before(policy, clause, match["before_unit"])
            yield Reference(clause.position, Span(match.start(), match.end()), match[0], target)
            continue
        is_foreign = bool(match["title"]) and not _is_own_title(policy, match["title"])
        for span in _listed(policy.text, match, own.end):
            at = max(at, span.end)
            if not is_foreign:
                steps = _read(span.of(policy.text))
                target = _resolve(
                    policy, addresses, clause, match["scope"] or "", steps, span.of(policy.text)
                )
                text = policy.text[
                    match.start() if span.start == match.start("number") else span.start : span.end
                ]
                yield Reference(clause.position, Span(span.end - len(text), span.end), tidy(text), target)


def _read(written: str) -> list[Step]:
    """The steps of a number; the first of several (第（一）、第（二）款) goes without its unit."""
    steps, _ = read_steps(written, 0)
    return steps or read_steps(written.removeprefix("第"), 0)[0]


def _listed(text: str, match: re.Match[str], end: int) -> Iterator[Span]:
    """The numbers of a reference: 第（一）、第（二）款 and 第三条、第五条 are two each."""
    span = Span(match.start("number"), match.end("number"))
    yield span
    while more := _MORE.match(text, span.end, end):
        following = re.compile(_NUMBER).match(text, more.end(), end) or _BARE.match(text, more.end(), end)
        if following is None:
            return
        span = Span(following.start(), following.end())
        yield span


def _resolve(
    policy: Policy,
    addresses: Sequence[Sequence[Step]],
    clause: Clause,
    scope: str,
    steps: Sequence[Step],
    written: str,
) -> int | None:
    is_relative = bool(_OWN_SCOPE.match(scope)) or steps[0].unit in ("款", "项", "目", "")
    if not is_relative:
        found = find_named(policy, addresses, steps)
        return found[0].position if found else None
    around = [clause, *policy.ancestors(clause)]
    for fits in (_is_written_so, _has_value):
        for base in around:
            target = _descend(policy, base, steps, written, fits)
            if target is not None:
                return target.position
    return None


def _descend(policy: Policy, base: Clause, steps: Sequence[Step], written: str, fits: _Fits) -> Clause | None:
    for step in steps:
        if step.unit == "款" and base.path and base.path[-1].endswith("条"):
            continue  # a paragraph of an article has no clause of its own
        below = [child for child in policy.children(base) if fits(child, step, written)]
        if not below:
            return None
        base = below[0]
    is_paragraph = steps[-1].unit == "款" and base.path and base.path[-1].endswith("条")
    return base if not is_paragraph or has_paragraph(base, steps[-1].value) else None


def _is_written_so(child: Clause, step: Step, written: str) -> bool:
    """第8款 means 8 rather than 8）, where both exist."""
    return _has_value(child, step, written) and child.path[-1] in written.replace("(", "（").replace(
        ")", "）"
    )


def _has_value(child: Clause, step: Step, _written: str) -> bool:
    address = address_of(child.path[-1:])
    return bool(address) and address[-1].value == step.value


def _before(policy: Policy, clause: Clause, unit: str) -> int | None:
    """The clause in front: 前条 of an article, 前项 of an item; 前款 is a paragraph of the clause itself."""
    if unit == "款":
        return clause.position
    around = [clause, *policy.ancestors(clause)]
    article = next((c for c in around if c.path and c.path[-1].endswith("条")), clause)
    base = article if unit == "条" else clause
    siblings = [other for other in policy.clauses if other.parent == base.parent and other.path]
    place = siblings.index(base) if base in siblings else 0
    return siblings[place - 1].position if place else None


def _is_own_title(policy: Policy, title: str) -> bool:
    return title in policy.title or policy.title in title or title in ("隐私政策", "本政策", "本协议")


def _meant_instead(policy: Policy, reference: Reference, target: Clause) -> Clause | None:
    """The one sibling of a target that the referring sentence seems to mean.

    That is the case where the sentence has nothing of the target's title, but a word that no other sibling's
    title has.
    """
    source = policy.clauses[reference.clause]
    sentence = next(
        (
            span
            for span in split_sentences(policy.text, source)
            if span.start <= reference.span.start < span.end
        ),
        reference.span,
    )
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
    return {
        text[i : i + 2]
        for i in range(len(text) - 1)
        if all("\u3400" <= c <= "\u9fff" for c in text[i : i + 2])
    }
