"""The label of a clause: its path as people write it, e.g. 第七条（五）, 3.1.10, 第十三条（六）.

`ingest/parse.py` makes the labels, `index/numbers.py` reads back what people type.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.numerals import HAN_DIGITS

_PLAIN_HAN = re.compile(f"[{HAN_DIGITS}]+")
_PLAIN_DIGITS = re.compile(r"\d+")
_DECIMAL = re.compile(r"\d+(?:\.\d+)+")
_ARTICLE = re.compile(r"第.+条.*")


def make_label(path: Sequence[str], groups: Sequence[str] = ()) -> str:
    """Write a path as a label.

    A bare top number is written 第…条. What an article or a decimal already says is not repeated: articles
    are numbered through a law, and 3.1.10 names its parents.

    Args:
        path: the markers from the top down.
        groups: for every marker, the unnumbered sub-heading it stands under, or "".

    >>> make_label(["七", "（五）"]), make_label(["七", "（一）", "3"], ["", "", "PC端"])
    ('第七条（五）', '第七条（一）PC端 3')
    >>> make_label(["三", "（二）", "14", "1）"]), make_label(["三", "3.1", "3.1.10"])
    ('第三条（二）14、1）', '3.1.10')
    >>> make_label(["第二章", "第一节", "第十三条", "（六）"])
    '第十三条（六）'
    """
    label, previous = "", ""
    for depth, marker in enumerate(path):
        group = groups[depth] if depth < len(groups) else ""
        if not _names_parents(marker, path[:depth]):
            label = _join(label, previous, marker, group, is_top=depth == 0)
        else:
            label = f"{group} {marker}" if group else marker
        previous = marker
    return label


def _names_parents(marker: str, parents: Sequence[str]) -> bool:
    """Tell whether a marker alone is enough: an article, or a decimal that names its parents."""
    if _ARTICLE.fullmatch(marker):
        return True
    is_absolute = _DECIMAL.fullmatch(marker) and all(
        not _PLAIN_DIGITS.fullmatch(parent) for parent in parents[1:]
    )
    return bool(is_absolute) and len(parents) <= marker.count(".")


def _join(label: str, previous: str, marker: str, group: str, *, is_top: bool) -> str:
    if is_top:
        return f"{group} {_top(marker)}" if group else _top(marker)
    if group:
        return f"{label}{group} {marker}"
    if previous and _DECIMAL.fullmatch(marker) and marker.startswith(previous + "."):
        return label.removesuffix(previous) + marker
    needs_stop = previous[-1:].isascii() and previous[-1:].isalnum() and not marker.startswith("（")
    return label + ("、" if needs_stop else "") + marker


def _top(marker: str) -> str:
    return f"第{marker}条" if _PLAIN_HAN.fullmatch(marker) or _PLAIN_DIGITS.fullmatch(marker) else marker
