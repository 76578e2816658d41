"""对比版本 as HTML: two versions of a policy side by side, clause by clause, changed words marked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from index.versions import family_of
from ingest.policy import Clause, Policy
from web.compare import Change, Piece, Row, compare, compare_words
from web.panel import in_force_since, name_of, without_title
from web.places import Places

_WORDS: dict[Change, str] = {
    "added": "新增",
    "removed": "删去",
    "changed": "改动",
    "renumbered": "只改了编号",
    "same": "未变",
}


def version_pairs(places: Places) -> list[tuple[int, int]]:
    """The positions of neighbouring versions of one policy, the older first."""
    families: dict[str, list[int]] = {}
    for position, policy in enumerate(places.policies):
        families.setdefault(family_of(policy.title), []).append(position)
    pairs = []
    for positions in families.values():
        dated = sorted(positions, key=lambda position: places.policies[position].version or "")
        pairs += list(pairwise(dated))
    return pairs


def pair_options(places: Places) -> str:
    """Render the choice of two versions."""
    rows = []
    for old, new in version_pairs(places):
        one, other = places.policies[old], places.policies[new]
        said = (
            f"{other.title}：{in_force_since(one) or '未注明日期'} → {in_force_since(other) or '未注明日期'}"
        )
        rows.append(f'<option value="{old}/{new}">{escape(said)}</option>')
    return "".join(rows)


def comparison(places: Places, old: int, new: int) -> str:
    """Render two versions side by side; clauses that did not change are folded away."""
    before, after = places.policies[old], places.policies[new]
    rows = compare(before, after)
    counts = {change: sum(1 for row in rows if row.change == change) for change in _WORDS}
    said = "，".join(f"{_WORDS[change]} {count} 条" for change, count in counts.items() if count)
    heads = "".join(f"<th scope=col>《{escape(p.title)}》{in_force_since(p)}</th>" for p in (before, after))
    body = "".join(_row(places, before, after, row) for row in rows)
    return (
        f'<p role="status">{said}。</p>'
        '<label class="check"><input type="checkbox" data-unchanged> 显示未变的条款</label>'
        f'<table class="versions"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
    )


def _row(places: Places, before: Policy, after: Policy, row: Row) -> str:
    is_retitled = row.old is not None and row.new is not None and row.old.title != row.new.title
    said = _text if is_retitled else without_title
    left, right = compare_words(said(row.old) if row.old else "", said(row.new) if row.new else "")
    cells = [
        _cell(places, policy, clause, pieces, tag, _WORDS[row.change])
        for policy, clause, pieces, tag in ((before, row.old, left, "del"), (after, row.new, right, "ins"))
    ]
    return f'<tr class="{row.change}">{"".join(cells)}</tr>'


def _text(clause: Clause) -> str:
    return clause.text


def _cell(
    places: Places, policy: Policy, clause: Clause | None, pieces: Sequence[Piece], tag: str, word: str
) -> str:
    if clause is None:
        return f'<td class="none">（{"旧版没有这一条" if tag == "del" else "新版没有这一条"}）</td>'
    cite = places.address(policy, clause)
    text = "".join(
        escape(piece.text) if piece.is_common else f"<{tag}>{escape(piece.text)}</{tag}>" for piece in pieces
    ).replace("\n", "<br>")
    badge = f" <small>{word}</small>" if tag == "ins" or word == _WORDS["removed"] else ""
    return (
        f'<td><button type="button" class="label" data-cite="{cite}">{escape(name_of(clause))}</button>'
        f"{badge}<div>{text}</div></td>"
    )
