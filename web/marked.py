"""A piece of a policy as HTML: escaped, its lines whole, with quotes, references and amounts set apart.

The one place where policy text becomes HTML. Tags are put in as private characters before the text is made
readable, because `tidy` moves characters; they become tags after everything else is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ingest.lines import tidy
from ingest.policy import Span

_FIRST_SENTINEL = 0xE000
_SENTINELS = re.compile("[\ue000-\uf8ff]")
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]+\)")
_DIGITS = r"(?:\d[\d,，]*(?:\.\d+)?|[一二两三四五六七八九十百]{1,5})"
_TELLING = re.compile(
    rf"(?:不(?:会)?(?:超过|少于|低于)\s*)?{_DIGITS}\s*(?:个(?:工作日|自然日|月|小时)|工作日|天|小时|分钟|周岁|万元|元(?![素件])|%|％)"
    r"(?:以?[内上下])?"
    r"|[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    r"|(?<!\d)(?:400-?\d{3}-?\d{4}|0\d{2,3}-\d{7,8}|1\d{10}|\d{10})(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A tag around a span of the policy's text.

    Attributes:
        span: what it stands around.
        before: the opening tag, as HTML.
        after: the closing tag, as HTML.
    """

    span: Span
    before: str
    after: str


def readable(text: str) -> str:
    """Show the words of a markdown link without its target.

    >>> readable("见[《儿童规则》](https://example.com/a)。")
    '见《儿童规则》。'
    """
    return _LINK.sub(r"\1", text)


def telling(text: str) -> str:
    """Escape a text and set its amounts, durations and contacts in bold.

    >>> telling("我们将在15个工作日内回复<b>，请致电10105858转1")
    '我们将在<strong>15个工作日内</strong>回复&lt;b&gt;，请致电10105858转1'
    """
    pieces, at = [], 0
    for match in _TELLING.finditer(text):
        pieces.append(escape(text[at : match.start()]) + f"<strong>{escape(match[0])}</strong>")
        at = match.end()
    return "".join([*pieces, escape(text[at:])])


def mark_up(text: str, piece: Span, marks: Sequence[Mark]) -> str:
    r"""Show a piece of a policy's text with marks.

    Args:
        text: the policy's text.
        piece: what of it is shown.
        marks: spans of the policy's text; parts outside the piece are cut off. They may nest, not cross.

    >>> mark_up("在**十五**天内\n注销&删除。", Span(0, 16), [Mark(Span(10, 12), "<mark>", "</mark>")])
    '在<strong>十五天内</strong><br><mark>注销</mark>&amp;删除。'
    """
    tags: list[str] = []
    cuts: list[tuple[int, int, int, str]] = []
    for mark in marks:
        start, end = max(mark.span.start, piece.start), min(mark.span.end, piece.end)
        if start < end:
            cuts.append((start, 1, -end, mark.before))
            cuts.append((end, 0, -start, mark.after))
    pieces, at = [], piece.start
    for offset, _, _, tag in sorted(cuts):
        pieces.append(_plain(text[at:offset]) + chr(_FIRST_SENTINEL + len(tags)))
        tags.append(tag)
        at = offset
    shown = readable(tidy("".join([*pieces, _plain(text[at : piece.end])])))
    html = telling(shown).replace("\n", "<br>")
    return _SENTINELS.sub(lambda match: tags[ord(match[0]) - _FIRST_SENTINEL], html)


def _plain(text: str) -> str:
    """A text without private characters of its own."""
    return _SENTINELS.sub("□", text)
