"""The Gradio page: layout and wiring. Wording of answers and retrieval live elsewhere.

Three views share one clause panel: 问政策, 查条款, and, where the settings show it, 待改进. Gradio's types
stay in `web/page*.py` and `web/serve.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from web.desk import Desk, said_on_failure
from web.frames import COMPLAINTS, LOOK, NO_CLAUSE, NOTICE, TOOLS, View, header, look
from web.live import Live, Served
from web.page_talk import Talk

FOLDER = Path(__file__).resolve().parent
TITLE = "政策问答"
_PLACEHOLDER = "用您自己的话问，比如“手机号会给别人吗”"
_STORAGE = "policy-qa-talk"
_KEY = "policy-qa"  # not secret: it is the browser's own data, and a random key loses it at every restart
_MAX_AT_ONCE = 16


class Page:
    """The page, and what of it changes with the index.

    Attributes:
        blocks: Gradio's page.
        path: where it is served.
    """

    def __init__(
        self, live: Live, talk: Talk, desk: Desk, views: Sequence[View], path: str, door: str = ""
    ) -> None:
        self.path = path
        self._live = live
        self._frames: list[tuple[gr.HTML, Callable[[Served], str]]] = []
        with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as blocks:
            self._part("top", lambda now: header(TITLE, views, now.pages.header(), door), "frame.js", [])
            kept = gr.BrowserState("", storage_key=_STORAGE, secret=_KEY)
            with gr.Row(elem_id="desk"):
                with gr.Column(elem_id="talk"):
                    conversation = self._part("conversation", lambda now: now.greeting, "talk.js", [])
                    _talk(blocks, talk, conversation, kept)
                if LOOK in views:
                    functions = [desk.look_up, desk.show_tree, desk.show_tops, desk.compare_versions]
                    self._part("look", lambda now: look(now.lookup, now.places), "look.js", functions)
                if COMPLAINTS in views:
                    self._part("complaints", lambda _: "", "complaints.js", [desk.show_complaints])
                with gr.Column(elem_id="side"):
                    self._part("panel", lambda _: NO_CLAUSE, "panel.js", [desk.open_clause, desk.open_link])
        self.blocks: gr.Blocks = blocks
        live.when_changed.append(self._refresh)

    def _part(
        self,
        name: str,
        frame: Callable[[Served], str],
        script: str,
        functions: Sequence[Callable[[object], str]],
    ) -> gr.HTML:
        """A part of the page that is our own HTML with a script of its own."""
        part = gr.HTML(
            frame(self._live.now),
            elem_id=name,
            container=False,
            apply_default_css=False,
            js_on_load=(FOLDER / "scripts" / script).read_text(encoding="utf-8"),
            server_functions=[said_on_failure(function) for function in functions],
        )
        self._frames.append((part, frame))
        return part

    def _refresh(self) -> None:
        """Whoever opens the page from now on gets the frames of what is served now."""
        for part, frame in self._frames:
            part.value = frame(self._live.now)
        self.blocks.config = self.blocks.get_config_file()


def _talk(page: gr.Blocks, talk: Talk, conversation: gr.HTML, kept: gr.BrowserState) -> None:
    notice = gr.HTML("", elem_id="notice", html_template=NOTICE, apply_default_css=False)
    box = gr.Textbox(
        placeholder=_PLACEHOLDER,
        label="您的问题",
        show_label=False,
        submit_btn="提问",
        lines=1,
        max_lines=5,
        autofocus=True,
        elem_id="box",
    )
    gr.HTML(TOOLS, elem_id="tools", apply_default_css=False)
    exported = gr.Textbox(visible="hidden", elem_id="exported")
    shown = [conversation, kept, notice]
    quiet: Any = {"show_progress": "hidden", "api_visibility": "private"}
    # "once" would drop a second question in silence; talk.js lets one in at a time and says so.
    asking: Any = {"concurrency_limit": _MAX_AT_ONCE, "trigger_mode": "multiple"}
    for asked in (
        box.submit(talk.ask, [box, kept], shown, **quiet, **asking),
        conversation.example_select(talk.ask_clicked, kept, shown, **quiet, **asking),
    ):
        asked.then(None, js="() => { document.dispatchEvent(new Event('talk:done')); }")
        asked.failure(
            None, js="() => { document.dispatchEvent(new CustomEvent('talk:failed', {detail: 'server'})); }"
        )
    conversation.vote(talk.vote, kept, shown, **quiet)
    conversation.begin_anew(talk.begin_anew, None, shown, **quiet)
    conversation.export_talk(talk.export, kept, exported, **quiet).then(
        None,
        exported,
        js="(text) => { document.dispatchEvent(new CustomEvent('talk:export', {detail: text})); }",
    )
    page.load(talk.restore, kept, conversation, **quiet).then(
        None, js="() => { document.dispatchEvent(new Event('talk:ready')); }"
    )
