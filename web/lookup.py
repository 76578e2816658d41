"""查条款 as HTML: hits with the matched words marked, the tree of clauses with counts, and the filters.

`web/desk.py` calls this for every key that is typed, so nothing here reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from index.search import ClauseIndex, Hit
from ingest.policy import Clause, Policy, Span
from web.panel import copied, in_force_since, name_of, without_title
from web.places import Places, UnknownPlaceError

MAX_HITS = 20
_CANDIDATES = 200
_SNIPPET_CHARS = 120
_MIN_MATCH_CHARS = 2
_TERM = re.compile(r"[A-Za-z0-9.]+|[\u3400-\u9fff]+")
_ASKING = frozenset(
    (
        "怎么",
        "什么",
        "如何",
        "哪些",
        "多久",
        "可以",
        "能否",
        "是否",
        "请问",
        "我的",
        "我们",
        "你们",
        "您的",
        "关于",
    )
)
NOTHING_TYPED = '<p class="hint">输入编号（七（五））、词语（简历 可见）或一段原文，边写边出结果。</p>'


class Lookup:
    """Looks clauses up and renders what is found."""

    def __init__(self, index: ClauseIndex, places: Places) -> None:
        self._index = index
        self._places = places

    def hits(self, words: str, *, policy: int | None, top: int | None) -> str:
        """Render what is found.

        Args:
            words: a number, words, or a fragment; empty lists the chosen chapter.
            policy: position of the only policy that is searched; None for all in force.
            top: position of the only top clause that is searched; one policy at a time has one.

        Raises:
            UnknownPlaceError: there is no such top clause.
        """
        found = self._found(words, policy=policy, top=top)
        if not found:
            return NOTHING_TYPED if not words.strip() else _nothing(words)
        shown = "".join(self._hit(each, clause, words) for each, clause in found)
        more = f"列出最相关的 {len(found)} 条" if len(found) == MAX_HITS else f"找到 {len(found)} 条"
        return f'<p class="hint" role="status">{more}</p>{shown}'

    def tree(self, policy: int | None) -> str:
        """Render the clause tree of one policy, or of all in force."""
        chosen = self._chosen(policy)
        if len(chosen) == 1:
            return self._branch(chosen[0], None)
        return "".join(
            f"<details><summary>《{escape(p.title)}》<small>{len(p.clauses)}</small></summary>"
            f"{self._branch(p, None)}</details>"
            for p in chosen
        )

    def policy_options(self) -> str:
        """Render the choice of a policy and version."""
        policies = self._places.policies
        rows = [
            f'<option value="{position}">{escape(p.title)}（{in_force_since(p) or "未注明日期"}）</option>'
            for position, p in enumerate(policies)
        ]
        return "".join(['<option value="">全部现行政策</option>', *rows] if len(rows) > 1 else rows)

    def top_options(self, policy: int | None) -> str:
        """Render the choice of a top clause; only one policy at a time has one."""
        chosen = self._chosen(policy)
        tops = [c for c in chosen[0].clauses if c.parent is None] if len(chosen) == 1 else []
        rows = [f'<option value="{c.position}">{escape(name_of(c))}</option>' for c in tops]
        return "".join(['<option value="">全部章节</option>', *rows])

    def _chosen(self, policy: int | None) -> Sequence[Policy]:
        return self._index.policies_in_force() if policy is None else [self._places.policies[policy]]

    def _found(self, words: str, *, policy: int | None, top: int | None) -> list[tuple[Policy, Clause]]:
        first = self._chosen(policy)[0]
        if top is not None and top >= len(first.clauses):
            raise UnknownPlaceError(f"there is no clause {top} in {first.title!r}")
        within = first.clauses[top] if top is not None else None
        if not words.strip():
            return [(first, c) for c in first.clauses if within and _holds(within, c)][:MAX_HITS]
        chosen = None if policy is None else [policy]
        hits = self._index.search(words, limit=_CANDIDATES if within else MAX_HITS, policies=chosen)
        inside = [hit for hit in hits if within is None or _holds(within, hit.clause)]
        return [(hit.policy, hit.clause) for hit in _relevant(inside)[:MAX_HITS]]

    def _hit(self, policy: Policy, clause: Clause, words: str) -> str:
        title = mark_words(clause.title, words)
        of = f"<small>《{escape(policy.title)}》</small>" if len(self._places.policies) > 1 else ""
        return (
            f'<button type="button" class="hit" data-cite="{self._places.address(policy, clause)}" '
            f'data-copied="{escape(copied(policy, clause))}"><b>{escape(clause.label)}</b> {title}{of}'
            f"<span>{snippet(without_title(clause), words)}</span></button>"
        )

    def _branch(self, policy: Policy, parent: int | None) -> str:
        rows = []
        for clause in (c for c in policy.clauses if c.parent == parent):
            cite, name = self._places.address(policy, clause), escape(_short(policy, clause))
            below = sum(1 for c in policy.clauses if c is not clause and _holds(clause, c))
            if below:
                rows.append(
                    f'<li><details><summary data-cite="{cite}"><span>{name}</span>'
                    f"<small>{below}</small></summary>{self._branch(policy, clause.position)}</details></li>"
                )
            else:
                rows.append(f'<li><button type="button" data-cite="{cite}">{name}</button></li>')
        return f"<ul>{''.join(rows)}</ul>"


def matches(words: str, text: str) -> list[Span]:
    """Find where a text has the words of a query, or the longest pieces of them.

    >>> [span.of("招聘方可以看到您的简历") for span in matches("简历招聘方可见吗", "招聘方可以看到您的简历")]
    ['招聘方可', '简历']
    """
    folded = text.casefold()
    pieces = {piece for term in _TERM.findall(words.casefold()) for piece in _pieces(term, folded)}
    spans: list[Span] = []
    for piece in sorted(pieces, key=len, reverse=True):
        for match in re.finditer(re.escape(piece), folded):
            if not any(span.start < match.end() and match.start() < span.end for span in spans):
                spans.append(Span(match.start(), match.end()))
    return sorted(spans)


def mark_words(text: str, words: str, spans: Sequence[Span] | None = None) -> str:
    """Escape a text and mark the words of a query in it."""
    pieces, at = [], 0
    for span in matches(words, text) if spans is None else spans:
        pieces.append(f"{escape(text[at : span.start])}<mark>{escape(span.of(text))}</mark>")
        at = span.end
    return "".join([*pieces, escape(text[at:])])


def snippet(text: str, words: str) -> str:
    """Cut the piece of a clause with most of the words out, as HTML with the words marked."""
    flat = " ".join(text.split())
    spans = matches(words, flat)
    start = max(
        (max(0, span.start - 20) for span in spans),
        key=lambda at: sum(s.end - s.start for s in spans if at <= s.start and s.end <= at + _SNIPPET_CHARS),
        default=0,
    )
    cut = flat[start : start + _SNIPPET_CHARS]
    inside = [
        Span(s.start - start, s.end - start) for s in spans if start <= s.start and s.end <= start + len(cut)
    ]
    before, after = "…" if start else "", "…" if start + len(cut) < len(flat) else ""
    return before + mark_words(cut, words, inside) + after


def _pieces(term: str, text: str) -> Iterator[str]:
    """The longest pieces of a term that a text has, from the left."""
    if term in text:
        yield term
        return
    if term[0].isascii():
        return
    start = 0
    while start < len(term):
        end = next((e for e in range(len(term), start + 1, -1) if term[start:e] in text), start + 1)
        if end - start >= _MIN_MATCH_CHARS and term[start:end] not in _ASKING:
            yield term[start:end]
        start = end


def _relevant(hits: Sequence[Hit]) -> Sequence[Hit]:
    """Leave out the far end of a ranking: what is a hundredth as relevant as the best hit."""
    return [hit for hit in hits if hit.relevance >= hits[0].relevance / 100]


def _holds(whole: Clause, clause: Clause) -> bool:
    return whole.start <= clause.start and clause.end <= whole.end


def _short(policy: Policy, clause: Clause) -> str:
    """What the tree calls a clause: its own marker, and its title or the first words of its text."""
    said = clause.title or " ".join(clause.text.split())[:18]
    parents = policy.clauses[clause.parent].label if clause.parent is not None else ""
    own = clause.label.removeprefix(parents).lstrip("、") if clause.path else clause.label
    return f"{own} {said}".strip()


def _nothing(words: str) -> str:
    return f'<p class="hint" role="status">没有找到“{escape(words.strip())}”，换个词试试。</p>'
