"""The Gradio page: layout and wiring. Wording of answers and retrieval live elsewhere.

Gradio's types stay in this module and in `web/serve.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from answer.assistant import Assistant
from answer.questions import MAX_QUESTION_CHARS
from errors import AssistantError
from ingest.policy import Policy
from web.html import Pages, Turn

FOLDER = Path(__file__).resolve().parent
TITLE = "政策问答"
_PLACEHOLDER = "用您自己的话问，比如“手机号会给别人吗”"
_EMPTY_PANEL = '<p class="hint">点一下回答里的条款编号，这里会打开整条原文。</p>'


@dataclass(frozen=True, slots=True)
class _View:
    """What the event handlers need."""

    assistant: Assistant
    pages: Pages
    greeting: str

    def ask(self, question: str, turns: list[Turn]) -> Iterator[tuple[str, list[Turn], str]]:
        """Answer a question line by line: the conversation, its turns, and the text left in the box."""
        earlier = [turn.question for turn in turns]
        yield self._shown([*turns, Turn(question, None, 0)]), turns, ""
        try:
            answer = self.assistant.ask(question, earlier)
        except AssistantError as error:
            gr.Warning(error.user_message, title="请看一下")
            yield self._shown(turns), turns, question
            return
        num_lines = answer.text.count("\n") + 1
        for shown in range(1, num_lines + 1):
            done = [*turns, Turn(answer.question, answer, shown)]
            yield self._shown(done), done, ""

    def ask_example(self, turns: list[Turn], event: gr.EventData) -> Iterator[tuple[str, list[Turn], str]]:
        """Answer the example question that was clicked."""
        yield from self.ask(str(event.ask), turns)

    def open_clause(self, event: gr.EventData) -> str:
        """Show the clause behind a chip."""
        return self.pages.clause(self.pages.read_cite(str(event.cite)))

    def _shown(self, turns: Sequence[Turn]) -> str:
        return self.pages.conversation(turns, self.greeting)


def build_page(assistant: Assistant, policies: Sequence[Policy], examples: Sequence[str]) -> gr.Blocks:
    """Build the page."""
    pages = Pages(policies)
    view = _View(assistant, pages, pages.greeting(examples))
    script = (FOLDER / "page.js").read_text(encoding="utf-8")
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(
            f'<header><b>{TITLE}</b><span class="version">{pages.header()}</span></header>', elem_id="top"
        )
        turns = gr.State([])
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk"):
                conversation = gr.HTML(
                    pages.conversation([], view.greeting),
                    elem_id="conversation",
                    js_on_load=script,
                    container=False,
                )
                box = gr.Textbox(
                    placeholder=_PLACEHOLDER,
                    label="您的问题",
                    show_label=False,
                    submit_btn="提问",
                    max_length=MAX_QUESTION_CHARS,
                    lines=1,
                    max_lines=5,
                    autofocus=True,
                    elem_id="box",
                )
                gr.HTML('<p class="foot">回答由条款原文组成，不代替法律意见</p>')
            with gr.Column(elem_id="side"):
                panel = gr.HTML(_EMPTY_PANEL, elem_id="panel", js_on_load=script, container=False)
        shown = [conversation, turns, box]
        box.submit(view.ask, [box, turns], shown, show_progress="hidden", api_visibility="private")
        conversation.example_select(
            view.ask_example, turns, shown, show_progress="hidden", api_visibility="private"
        )
        for source in (conversation, panel):
            source.select(view.open_clause, None, panel, show_progress="hidden", api_visibility="private")
    return page  # type: ignore[no-any-return]  # Gradio's Blocks.__enter__ is untyped
