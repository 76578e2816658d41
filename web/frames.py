"""The standing parts of the page as HTML: header, the tools under the box, and the frame of 查条款.

`web/page.py` puts them in; `web/scripts/` works them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from web.compare_html import pair_options
from web.lookup import NOTHING_TYPED, Lookup
from web.places import Places

View: TypeAlias = tuple[str, str]
"""The id and the name of a view."""

TALK: View = ("talk", "问政策")
LOOK: View = ("look", "查条款")
COMPLAINTS: View = ("complaints", "待改进")
NO_CLAUSE = '<p class="hint">点一下条款编号，这里会打开整条原文。</p>'
NOTICE = '<p role="status" aria-live="polite">${value}</p>'
TOOLS = """<div class="foot">
<span id="count" aria-live="polite"></span>
<span>以条款原文为准，不代替法律意见</span>
<span id="spoken" class="unseen" role="status" aria-live="polite"></span>
<button type="button" class="tool" data-new="1">新对话</button>
<button type="button" class="tool" data-export="1">导出对话</button>
</div>"""

_LOOK = """<div class="columns">
<nav class="tree" aria-label="条款目录">{tree}</nav>
<section aria-label="查条款">
<div class="search">
<input id="words" type="search" autocomplete="off" maxlength="2000" placeholder="编号、词语或一段原文"
 aria-label="查条款：编号、词语或原文"><kbd aria-hidden="true">/</kbd>
</div>
<div class="filters">
<span><label for="policy">政策</label><select id="policy">{policies}</select></span>
<span><label for="chapter">章节</label><select id="chapter">{tops}</select></span>
{comparison}
</div>
<div id="hits">{hits}</div>
<p class="hint keys">
<kbd>/</kbd> 输入　<kbd>↑</kbd><kbd>↓</kbd> 选择　<kbd>Enter</kbd> 打开
<kbd>c</kbd> 复制　<kbd>←</kbd><kbd>→</kbd> 上下条
</p>
</section>
</div>
<div id="versions"></div>"""
_COMPARISON = """<span><label for="pair">对比版本</label>
<select id="pair"><option value="">不对比</option>{pairs}</select></span>"""


LOGIN = '<a class="tool" href="/login?next=/desk">客服登录</a>'
LOGOUT = '<form method="post" action="/logout"><button type="submit" class="tool">退出登录</button></form>'


def header(title: str, views: Sequence[View], policies: str, door: str) -> str:
    """Render the header.

    Args:
        title: the page's name.
        views: id and name of every view.
        policies: the line about the policies, as HTML.
        door: the way in or out of the login, as HTML; empty where there is none.
    """
    tabs = "".join(f'<button type="button" data-view="{view}">{name}</button>' for view, name in views)
    return (
        f'<header><h1>{title}</h1><nav aria-label="页面">{tabs}</nav>'
        f'<span class="version">{policies}</span>{door}</header>'
    )


def look(lookup: Lookup, places: Places) -> str:
    """Render the frame of 查条款; there is a comparison where a policy has two versions."""
    pairs = pair_options(places)
    return _LOOK.format(
        tree=lookup.tree(None),
        policies=lookup.policy_options(),
        tops=lookup.top_options(None),
        comparison=_COMPARISON.format(pairs=pairs) if pairs else "",
        hits=NOTHING_TYPED,
    )
