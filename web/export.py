"""Answers as text to paste and conversations as Markdown to keep; every citation with its clause and link."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from answer.records import Answer, Citation
from web.panel import in_force_since, name_of
from web.places import link_of

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#+!|~])")


def answer_as_text(answer: Answer) -> str:
    """Write an answer with the clauses it quotes, as plain text."""
    rows = [f"[{c.n}] {_cited(c)}" for c in answer.citations]
    return "\n".join([answer.text, *(["", "出处：", *rows] if rows else [])])


def conversation_as_markdown(
    turns: Sequence[tuple[str, Answer | None]], *, origin: str, now: dt.datetime
) -> str:
    """Write a conversation as Markdown.

    Args:
        turns: questions with their answers; None for an answer that is no longer valid.
        origin: the server's own address, e.g. http://127.0.0.1:7860, which goes before every link.
        now: the time that is written at the top.
    """
    blocks = ["# 政策问答对话", f"导出时间：{now:%Y-%m-%d %H:%M}"]
    for question, answer in turns:
        blocks.append(f"## 问：{_plain(question)}")
        if answer is None:
            blocks.append("（政策更新过，旧的回答不再有效。）")
            continue
        blocks.append("\n\n".join(_line(answer, line) for line in answer.text.split("\n")))
        shown, heading = (answer.related, "相近条款") if answer.refused else (answer.citations, "出处")
        rows = [_row(citation, origin) for citation in shown]
        if rows:
            blocks.append("\n".join([f"{heading}：", "", *rows]))
    return "\n\n".join(blocks) + "\n"


def _line(answer: Answer, line: str) -> str:
    is_quote = not answer.refused and re.search(r"\[\d+\]$", line)
    body, mark = (line[: is_quote.start()], line[is_quote.start() :]) if is_quote else (line, "")
    return f"> {_plain(body)}{mark}" if is_quote else _plain(line)


def _row(citation: Citation, origin: str) -> str:
    number = f"[{citation.n}] " if citation.n else ""
    link = origin + link_of(citation.policy, citation.clause)
    return f"- {number}[{_plain(_cited(citation))}]({link})"


def _cited(citation: Citation) -> str:
    dated = f"（{in_force_since(citation.policy)}）" if in_force_since(citation.policy) else ""
    return f"《{citation.policy.title}》{dated}{name_of(citation.clause)}"


def _plain(text: str) -> str:
    r"""Take Markdown's meaning from a text.

    >>> _plain("# 一 [链接](x) <b>")
    '\\# 一 \\[链接\\](x) \\<b\\>'
    """
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
