"""Answers and clauses as HTML. What comes from a question, a policy or a file name is escaped here.

`web/page.py` puts the outcome into the page. A chip carries the address of its quote
(`data-cite="policy/clause/start/end"`), and `read_cite` reads it back when it is clicked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from answer.records import Answer, Citation
from ingest.lines import tidy
from ingest.policy import Clause, Policy, Span
from ingest.sentences import split_sentences

_CITATION_MARK = re.compile(r"\s*\[(\d+)\]$")
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]+\)")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and as much of its answer as is shown so far; None while it is being looked for."""

    question: str
    answer: Answer | None
    num_lines: int


@dataclass(frozen=True, slots=True)
class Cite:
    """A clause to show, and the quote to highlight in it."""

    policy: int
    clause: int
    span: Span


class Pages:
    """Renders against the policies that are served."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self._policies = list(policies)

    def header(self) -> str:
        """The line that says which policies answer, and from when they are in force."""
        return "；".join(escape(f"《{policy.title}》{_in_force(policy)}") for policy in self._policies[:3])

    def greeting(self, examples: Sequence[str]) -> str:
        """The first bubble: what can be asked, with example questions."""
        names = "、".join(f"《{escape(policy.title)}》" for policy in self._policies[:3])
        more = f"等 {len(self._policies)} 份政策" if len(self._policies) > 3 else ""
        return (
            f'<div class="bubble bot"><p>您好，我只依据{names}{more}回答，每句话都附上条款原文。'
            f"政策里没写的，我会直接告诉您。</p>{_pills(examples)}</div>"
        )

    def conversation(self, turns: Sequence[Turn], greeting: str) -> str:
        """The whole conversation."""
        return greeting + "".join(self._turn(turn) for turn in turns)

    def clause(self, cite: Cite) -> str:
        """The panel with a clause in its place: what stands above, beside and below it."""
        policy = self._policies[cite.policy]
        clause = policy.clauses[cite.clause]
        above = [f"{escape(a.label)} {escape(a.title)}" for a in policy.ancestors(clause)]
        crumb = " › ".join([f"《{escape(policy.title)}》", *reversed(above)])
        below = "".join(self._row(cite.policy, child) for child in policy.children(clause))
        return (
            f'<button type="button" class="close" data-close="1">关闭</button>'
            f'<div class="crumb">{crumb}</div><h2>{escape(_name(clause))}</h2>'
            f'<div class="clause-text">{_highlighted(policy, clause, cite.span)}</div>'
            f'<button type="button" class="copy" data-copy="{escape(_copied(policy, clause))}">'
            "复制条款与出处</button>"
            f"{f'<div class=below>{below}</div>' if below else ''}{self._neighbours(cite)}"
        )

    def read_cite(self, written: str) -> Cite:
        """Read the address a chip carries.

        Raises:
            ValueError: it names no clause that is served.
        """
        match = re.fullmatch(r"(\d{1,6})/(\d{1,6})/(\d{1,9})/(\d{1,9})", written)
        if not match:
            raise ValueError(f"not an address of a quote: {written!r}")
        policy, clause, start, end = (int(part) for part in match.groups())
        if policy >= len(self._policies) or clause >= len(self._policies[policy].clauses) or start > end:
            raise ValueError(f"no such clause is served: {written!r}")
        return Cite(policy, clause, Span(start, end))

    def _turn(self, turn: Turn) -> str:
        asked = f'<div class="bubble me">{escape(turn.question)}</div>'
        if turn.answer is None:
            return (
                asked
                + '<div class="bubble bot waiting" aria-busy="true"><p class="lead">正在查阅条款……</p></div>'
            )
        answer = turn.answer
        lines = answer.text.split("\n")[: turn.num_lines]
        if answer.refused:
            return asked + self._refusal(answer, lines)
        return asked + f'<div class="bubble bot">{"".join(self._line(answer, line) for line in lines)}</div>'

    def _line(self, answer: Answer, line: str) -> str:
        match = _CITATION_MARK.search(line)
        if not match:
            return f'<p class="lead">{escape(line)}</p>'
        citation = answer.citations[int(match[1]) - 1]
        said = escape(_readable(line[: match.start()]))
        return f"<blockquote>{said}{self._chip(citation)}</blockquote>"

    def _chip(self, citation: Citation) -> str:
        label = escape(citation.clause.label)
        return (
            f' <a class="chip" href="#" role="button" data-cite="{self._address(citation)}" '
            f'aria-label="查看引用 {citation.n}：{label}">{citation.n} · {label}</a>'
        )

    def _refusal(self, answer: Answer, lines: Sequence[str]) -> str:
        first, _, rest = "".join(lines).partition("。")
        said = f"<p><b>{escape(first)}。</b>{escape(rest)}</p>"
        pills = "".join(
            f'<button type="button" class="pill" data-cite="{self._address(related)}">'
            f"相近条款：{escape(_name(related.clause))}</button>"
            for related in answer.related
        )
        return f'<div class="bubble bot refuse">{said}<div class="row">{pills}</div></div>'

    def _address(self, citation: Citation) -> str:
        policy = self._policies.index(citation.policy)
        return f"{policy}/{citation.clause.position}/{citation.span.start}/{citation.span.end}"

    def _row(self, policy: int, clause: Clause) -> str:
        cite = f"{policy}/{clause.position}/{clause.start}/{clause.start}"
        return f'<button type="button" class="sub" data-cite="{cite}">{escape(_name(clause))}</button>'

    def _neighbours(self, cite: Cite) -> str:
        clauses = self._policies[cite.policy].clauses
        buttons = []
        for position, text in ((cite.clause - 1, "‹ {}"), (cite.clause + 1, "{} ›")):
            if 0 <= position < len(clauses):
                near = clauses[position]
                address = f"{cite.policy}/{position}/{near.start}/{near.start}"
                said = text.format(escape(_name(near)))
                buttons.append(f'<button type="button" class="near" data-cite="{address}">{said}</button>')
        return f'<div class="neighbours">{"".join(buttons)}</div>'


def _in_force(policy: Policy) -> str:
    if policy.effective:
        return f" · {policy.effective.year}年{policy.effective.month}月{policy.effective.day}日生效"
    return (
        f" · {policy.updated.year}年{policy.updated.month}月{policy.updated.day}日更新"
        if policy.updated
        else ""
    )


def _name(clause: Clause) -> str:
    return f"{clause.label} {clause.title}".strip()


def _copied(policy: Policy, clause: Clause) -> str:
    """Write what an agent pastes: 《…》（2021年11月16日生效）第七条（五）注销账户：…."""
    day = policy.effective
    dated = f"（{day.year}年{day.month}月{day.day}日生效）" if day else ""
    body = clause.text.removeprefix(clause.title).lstrip("：:\n") if clause.title else clause.text
    return f"《{policy.title}》{dated}{clause.label}{clause.title}：{body}"


def _highlighted(policy: Policy, clause: Clause, quote: Span) -> str:
    """The own text of a clause as paragraphs, the quote marked; its heading stands above already."""
    shown = []
    for own in _below_title(policy, clause):
        start, end = max(own.start, quote.start), min(own.end, quote.end)
        if start < end:
            before, marked, after = (
                policy.text[own.start : start],
                policy.text[start:end],
                policy.text[end : own.end],
            )
            shown.append(f"{_paragraphs(before)}<mark>{_paragraphs(marked)}</mark>{_paragraphs(after)}")
        else:
            shown.append(_paragraphs(own.of(policy.text)))
    return "<br>".join(filter(None, shown)) or "（本条只有标题，内容见下级条款。）"


def _below_title(policy: Policy, clause: Clause) -> list[Span]:
    """The own text of a clause without a first line that only repeats its title."""
    own = list(clause.own)
    sentences = split_sentences(policy.text, clause)
    if sentences and tidy(sentences[0].of(policy.text)).rstrip("：:") == clause.title:
        own[0] = Span(sentences[0].end, own[0].end)
    return own


def _paragraphs(raw: str) -> str:
    return escape(_readable(tidy(raw))).replace("\n", "<br>")


def _readable(text: str) -> str:
    """Show the words of a markdown link without its target."""
    return _LINK.sub(r"\1", text)


def _pills(questions: Sequence[str]) -> str:
    pills = "".join(
        f'<button type="button" class="pill" data-ask="{escape(q)}">{escape(q)}</button>' for q in questions
    )
    return f'<div class="row">{pills}</div>' if pills else ""
