"""The panel with a clause in its place: what stands above, beside and below it, and what it refers to."""

from __future__ import annotations

from html import escape

from ingest.lines import tidy
from ingest.policy import Clause, Policy, Span
from ingest.references import Reference, find_references
from ingest.sentences import split_sentences
from web.marked import Mark, mark_up
from web.places import Place, Places, link_of

NOT_FOUND = '<p class="hint" role="status">没有找到这条条款，可能政策已经更新。您可以在“查条款”里找一找。</p>'


class Panel:
    """Renders clauses of the policies that are served."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._references: dict[int, list[Reference]] = {}

    def render(self, place: Place | None) -> str:
        """Render a clause; None is a clause that was not found."""
        if place is None:
            return NOT_FOUND
        policy = self._places.policies[place.policy]
        clause = policy.clauses[place.clause]
        below = "".join(self._row(policy, child) for child in policy.children(clause))
        link = escape(link_of(policy, clause))
        return (
            '<button type="button" class="close" data-close="1">关闭</button>'
            f'<nav class="crumb" aria-label="条款位置">{self._crumb(policy, clause)}</nav>'
            f'<h2 tabindex="-1">{escape(name_of(clause))}</h2>'
            f'<div class="clause-text">{self._text(place, policy, clause)}</div>'
            '<div class="row"><button type="button" class="copy" '
            f'data-copy="{escape(copied(policy, clause))}">复制条款与出处</button>'
            f'<button type="button" class="pill" data-copy-link="{link}">复制链接</button></div>'
            f"{f'<div class=below><p class=hint>下级条款</p>{below}</div>' if below else ''}"
            f"{self._neighbours(policy, clause)}"
        )

    def _crumb(self, policy: Policy, clause: Clause) -> str:
        above = [
            f'<a href="{escape(link_of(policy, a))}" data-cite="{self._places.address(policy, a)}">'
            f"{escape(name_of(a))}</a>"
            for a in policy.ancestors(clause)
        ]
        dated = f"（{policy.version} 版）" if policy.version else ""
        return " › ".join([f"《{escape(policy.title)}》{dated}", *reversed(above)])

    def _text(self, place: Place, policy: Policy, clause: Clause) -> str:
        """The own text as paragraphs, the quote marked; the heading stands above already."""
        quote = Mark(place.quote, "<mark>", "</mark>")
        links = [mark for mark in self._links(place.policy, clause) if not _crosses(mark.span, quote.span)]
        shown = [mark_up(policy.text, own, [quote, *links]) for own in _below_title(policy, clause)]
        return "<br>".join(filter(None, shown)) or "（本条只有标题，内容见下级条款。）"

    def _links(self, position: int, clause: Clause) -> list[Mark]:
        """The references of a clause that lead somewhere, as links."""
        policy = self._places.policies[position]
        if position not in self._references:
            self._references[position] = find_references(policy)
        marks = []
        for reference in self._references[position]:
            if reference.clause == clause.position and reference.target is not None:
                target = policy.clauses[reference.target]
                href, cite = escape(link_of(policy, target)), self._places.address(policy, target)
                title = escape(name_of(target))
                before = f'<a class="ref" href="{href}" data-cite="{cite}" title="{title}">'
                marks.append(Mark(reference.span, before, "</a>"))
        return marks

    def _row(self, policy: Policy, clause: Clause) -> str:
        cite = self._places.address(policy, clause)
        return f'<button type="button" class="sub" data-cite="{cite}">{escape(name_of(clause))}</button>'

    def _neighbours(self, policy: Policy, clause: Clause) -> str:
        buttons = []
        for position, text, which in (
            (clause.position - 1, "‹ {}", "previous"),
            (clause.position + 1, "{} ›", "next"),
        ):
            if 0 <= position < len(policy.clauses):
                near = policy.clauses[position]
                said = escape(text.format(name_of(near)))
                cite = self._places.address(policy, near)
                buttons.append(
                    f'<button type="button" class="near {which}" data-cite="{cite}">{said}</button>'
                )
        return f'<div class="neighbours">{"".join(buttons)}</div>'


def name_of(clause: Clause) -> str:
    """Label and title of a clause."""
    return f"{clause.label} {clause.title}".strip()


def in_force_since(policy: Policy) -> str:
    """Say from when a policy is in force, e.g. 2021年11月16日生效; empty where nothing is known."""
    day, word = (policy.effective, "生效") if policy.effective else (policy.updated, "更新")
    return f"{day.year}年{day.month}月{day.day}日{word}" if day else ""


def copied(policy: Policy, clause: Clause) -> str:
    """Write what an agent pastes: 《…》（2021年11月16日生效）第七条（五）注销账户：…."""
    dated = f"（{in_force_since(policy)}）" if in_force_since(policy) else ""
    return f"《{policy.title}》{dated}{clause.label}{clause.title}：{without_title(clause)}"


def without_title(clause: Clause) -> str:
    """The text of a clause without the title that it begins with."""
    return clause.text.removeprefix(clause.title).lstrip("：:\n") if clause.title else clause.text


def _below_title(policy: Policy, clause: Clause) -> list[Span]:
    """The own text of a clause without a first line that only repeats its title."""
    own = list(clause.own)
    sentences = split_sentences(policy.text, clause)
    if sentences and tidy(sentences[0].of(policy.text)).rstrip("：:") == clause.title:
        own[0] = Span(sentences[0].end, own[0].end)
    return own


def _crosses(one: Span, other: Span) -> bool:
    """Tell whether two spans overlap without one holding the other."""
    return one.start < other.start < one.end < other.end or other.start < one.start < other.end < one.end
