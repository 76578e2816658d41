"""The conversation as HTML: greeting, questions, answers with chips, refusals, tools and follow-ups.

What comes from a question or a policy is escaped here or in `web/marked.py`. `web/page_talk.py` puts the
outcome into the page; `web/scripts/talk.js` hears the clicks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from answer.checks.marks import read_marks
from answer.contact import contact_details, find_contact
from answer.records import Answer, Citation
from web.export import answer_as_text
from web.feedback import REASONS
from web.marked import readable, telling
from web.panel import in_force_since, name_of
from web.places import Places, link_of

_THUMB = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M7 11v9H4v-9zm0 0 4-8c1.5 0 2.5 1 2.5 2.5V9H19'
    'c1.2 0 2 1 1.8 2.2l-1.3 7c-.2 1-1 1.8-2 1.8H7"/></svg>'  # a thumb; many systems have no emoji font
)
_CITATION_MARK = re.compile(r"\s*\[(\d+)\]$")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and as much of its answer as is shown so far.

    Attributes:
        id: names the turn in the feedback; cannot be guessed.
        question: as asked.
        answer: None while it is looked for, and where the policy it rested on is gone.
        num_lines: lines of the answer that are shown.
        suggestions: follow-up questions; empty while lines are still coming.
        is_outdated: the policy has changed since, so the old answer is not shown.
        vote: "up", "down" or nothing yet.
        reason: why it was voted down.
    """

    id: str
    question: str
    answer: Answer | None
    num_lines: int = 0
    suggestions: tuple[str, ...] = ()
    is_outdated: bool = False
    vote: str = ""
    reason: str = ""

    @property
    def is_whole(self) -> bool:
        """All lines of the answer are shown."""
        return self.answer is not None and self.num_lines > self.answer.text.count("\n")


class TalkPages:
    """Renders conversations against the policies that are served."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def header(self) -> str:
        """The line that says which policies answer, and from when they are in force."""
        named = [
            escape(" · ".join(filter(None, [f"《{policy.title}》", in_force_since(policy)])))
            for policy in self._places.current()[:3]
        ]
        return "；".join(named)

    def greeting(self, examples: Sequence[str]) -> str:
        """The first bubble: what can be asked and what cannot, with example questions."""
        policies = self._places.current()
        names = "、".join(
            f"《{escape(policy.title)}》"
            + (f"（{in_force_since(policy)}）" if in_force_since(policy) else "")
            for policy in policies[:3]
        )
        more = f"等 {len(policies)} 份政策" if len(policies) > 3 else ""
        return (
            f'<div class="bubble bot greeting"><p>您好，我只依据{names}{more}回答，'
            "每句话都注明出处，点开就是条款原文。政策里没写的，我会直接告诉您。</p>"
            '<p class="lead">我查不到您的账号和订单，也不能代替法律意见。</p>'
            f"{pills(examples)}</div>"
        )

    def conversation(self, turns: Sequence[Turn], greeting: str) -> str:
        """The whole conversation."""
        return greeting + "".join(self._turn(turn, number) for number, turn in enumerate(turns))

    def _turn(self, turn: Turn, number: int) -> str:
        asked = f'<div class="bubble me">{escape(turn.question)}</div>'
        if turn.is_outdated:
            said = '<p class="lead">政策更新过，旧的回答不再显示。再问一次：</p>'
            return f'{asked}<div class="bubble bot">{said}{pills([turn.question])}</div>'
        if turn.answer is None:
            waiting = '<p class="lead">正在查阅条款……</p>'
            return f'{asked}<div class="bubble bot waiting" aria-busy="true">{waiting}</div>'
        lines = turn.answer.text.split("\n")[: turn.num_lines]
        if turn.answer.refused:
            return asked + self._refusal(turn.answer, lines, self._tools(turn, number))
        said = "".join(self._line(turn.answer, line) for line in lines)
        below = self._tools(turn, number) + pills(turn.suggestions) if turn.is_whole else ""
        return f'{asked}<div class="bubble bot">{said}{below}</div>'

    def _line(self, answer: Answer, line: str) -> str:
        if answer.mode == "model":  # its words are not the policy's, so they are no quotes
            written, numbers = read_marks(line)
            chips = "".join(self._chip(answer.citations[number - 1]) for number in numbers)
            return f"<p>{telling(written)}{chips}</p>"
        match = _CITATION_MARK.search(line)
        if not match:
            return f'<p class="lead">{escape(line)}</p>'
        citation = answer.citations[int(match[1]) - 1]
        said = telling(readable(line[: match.start()]))
        return f"<blockquote>{said}{self._chip(citation)}</blockquote>"

    def _chip(self, citation: Citation) -> str:
        label = escape(citation.clause.label)
        link = escape(link_of(citation.policy, citation.clause))
        return (
            f' <a class="chip" href="{link}" data-cite="{self._address(citation)}" '
            f'aria-label="查看引用 {citation.n}：{label}">{citation.n} · {label}</a>'
        )

    def _refusal(self, answer: Answer, lines: Sequence[str], tools: str) -> str:
        first, _, rest = "".join(lines).partition("。")
        said = f"<p><b>{escape(first)}。</b>{telling(rest)}</p>"
        pills = "".join(self._near(related) for related in answer.related)
        return f'<div class="bubble bot refuse">{said}<div class="row">{pills}</div>{tools}</div>'

    def _near(self, related: Citation) -> str:
        """A clause beside a refusal; that with the contact details shows them."""
        is_contact = related.clause == find_contact(related.policy)
        details = "、".join(contact_details(related.clause)[:3]) if is_contact else ""
        heading = "人工帮助" if is_contact else "相近条款"
        said = f"{heading}：{name_of(related.clause)}{f'（{details}）' if details else ''}"
        return (
            f'<button type="button" class="pill" data-cite="{self._address(related)}">{escape(said)}</button>'
        )

    def _tools(self, turn: Turn, number: int) -> str:
        assert turn.answer is not None  # asked for whole turns only
        copy = escape(answer_as_text(turn.answer))
        return (
            '<div class="tools">'
            f'<button type="button" class="tool" data-copy="{copy}">复制（带出处）</button>'
            f"{_vote(turn, number)}</div>"
        )

    def _address(self, citation: Citation) -> str:
        return self._places.address(citation.policy, citation.clause, citation.span)


def pills(questions: Sequence[str]) -> str:
    """Questions that are asked by a click."""
    shown = "".join(
        f'<button type="button" class="pill" data-ask="{escape(q)}">{escape(q)}</button>' for q in questions
    )
    return f'<div class="row">{shown}</div>' if shown else ""


def _vote(turn: Turn, number: int) -> str:
    if turn.vote == "up" or turn.reason:
        said = f"谢谢，已记下这一问一答{'：' + escape(turn.reason) if turn.reason else ''}"
        return f'<span class="said" role="status">{said}</span>'
    if turn.vote == "down":
        reasons = "".join(
            f'<button type="button" class="tool reason" data-vote="{number}" data-reason="{reason}">'
            f"{reason}</button>"
            for reason in REASONS
        )
        return f'<span class="said" role="status">已记下这一问一答，哪里不好？</span>{reasons}'
    return (
        f'<button type="button" class="tool" data-vote="{number}" data-helpful="1">{_THUMB} 有帮助</button>'
        f'<button type="button" class="tool down" data-vote="{number}">{_THUMB} 没帮助</button>'
    )
