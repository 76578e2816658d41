"""The list of questions that were refused or voted down, as HTML, for those who maintain the policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape

from web.feedback import Complaint

_HEADS = ("问题", "没答上", "没帮助", "理由", "最近一次")


def complaints_table(complaints: Sequence[Complaint]) -> str:
    """Render the list, in its order."""
    if not complaints:
        return '<p class="hint">还没有没答上或被评为没帮助的问题。</p>'
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    rows = "".join(_row(complaint) for complaint in complaints)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _row(complaint: Complaint) -> str:
    last = dt.datetime.fromisoformat(complaint.last).replace(tzinfo=dt.UTC).astimezone()
    reasons = "、".join(complaint.reasons)
    cells = (
        complaint.question,
        str(complaint.num_refused),
        str(complaint.num_down),
        reasons,
        f"{last:%Y-%m-%d %H:%M}",
    )
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
