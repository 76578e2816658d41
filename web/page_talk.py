"""The chat's events: asking, voting, exporting, starting anew. Gradio's types stay in `web/page*.py`.

The conversation lives in the browser (`web/kept.py`), so it survives a reload and a restart of the server,
and no server holds what anyone asked.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import gradio as gr

from answer.events import Finished, Verified
from answer.questions import check_question
from errors import AssistantError
from web.access.limiter import client_of
from web.api.observe import ask_observed
from web.export import conversation_as_markdown
from web.feedback import REASONS, Feedback
from web.kept import keep, read_kept
from web.live import Live, Served
from web.talk import Turn

_ORIGIN = re.compile(r"https?://[\w.:\[\]-]+")

log = logging.getLogger(__name__)

Shown: TypeAlias = tuple[Any, Any, str]
"""Conversation, kept turns, notice; Gradio's skip leaves one as it is."""


class Talk:
    """Handlers of the chat's events."""

    def __init__(self, live: Live, feedback: Feedback) -> None:
        self._live = live
        self._feedback = feedback

    def ask(self, question: str, kept: object, request: gr.Request) -> Iterator[Shown]:
        """Answer a question line by line. The box is the script's: what is typed meanwhile stays."""
        now = self._live.now
        turns = read_kept(kept, now.places)
        turn = Turn(secrets.token_hex(16), question.strip(), None)
        earlier = [turn.question for turn in turns]
        try:
            check_question(question)
            yield _shown(now, [*turns, turn]), gr.skip(), ""
            for event in ask_observed(
                now.assistant,
                question.strip(),
                earlier,
                front="page",
                client=client_of(request.client.host if request.client else None),
            ):
                if isinstance(event, Verified):  # of the model; the whole answer comes with `Finished`
                    so_far = replace(event.so_far, text=event.so_far.text + "\n")  # more may come
                    turn = replace(turn, answer=so_far, num_lines=so_far.text.count("\n"))
                    yield _shown(now, [*turns, turn]), gr.skip(), ""
                elif isinstance(event, Finished):
                    answer = event.answer
        except AssistantError as error:
            yield _shown(now, turns), gr.skip(), error.user_message
            return
        num_lines = answer.text.count("\n") + 1
        first = 1 if answer.mode == "extractive" else num_lines  # what a model wrote is shown already
        for shown in range(first, num_lines + 1):
            turn = replace(turn, answer=answer, num_lines=shown)
            yield _shown(now, [*turns, turn]), gr.skip(), ""
        asked = [*earlier, turn.question]
        turn = replace(turn, suggestions=now.suggester.suggest(answer, asked))
        self._note_refusal(turn)
        yield _shown(now, [*turns, turn]), keep([*turns, turn], now.places), ""

    def ask_clicked(self, kept: object, event: gr.EventData, request: gr.Request) -> Iterator[Shown]:
        """Answer an example or a suggestion that was clicked."""
        yield from self.ask(str(event.ask), kept, request)

    def restore(self, kept: object) -> str:
        """Show the conversation that the browser kept."""
        now = self._live.now
        return _shown(now, read_kept(kept, now.places))

    def begin_anew(self) -> Shown:
        """Forget the conversation. An empty text would not do: Gradio leaves the browser's copy as it was."""
        now = self._live.now
        return _shown(now, []), keep([], now.places), "已开始新对话。"

    def vote(self, kept: object, event: gr.EventData) -> Shown:
        """Keep a vote for a turn; a file that cannot be written costs a message and nothing else."""
        now = self._live.now
        turns = read_kept(kept, now.places)
        number, reason = int(event.turn), str(event.reason or "")
        if not 0 <= number < len(turns) or turns[number].answer is None or reason not in ("", *REASONS):
            return gr.skip(), gr.skip(), "这条回答已经不在了，请刷新页面后再试。"
        turn = replace(turns[number], vote="up" if event.helpful else "down", reason=reason)
        assert turn.answer is not None  # checked above
        try:
            self._feedback.vote(
                turn.id, turn.question, turn.answer.text, is_helpful=turn.vote == "up", reason=reason
            )
        except AssistantError as error:
            log.warning("%s", error)
            return gr.skip(), gr.skip(), error.user_message
        turns[number] = turn
        return _shown(now, turns), keep(turns, now.places), ""

    def export(self, kept: object, event: gr.EventData) -> str:
        """Write the conversation as Markdown."""
        origin = str(event.origin)
        turns = [(turn.question, turn.answer) for turn in read_kept(kept, self._live.now.places)]
        return conversation_as_markdown(
            turns,
            origin=origin if _ORIGIN.fullmatch(origin) else "",
            now=dt.datetime.now().astimezone(),
        )

    def _note_refusal(self, turn: Turn) -> None:
        if not (turn.answer and turn.answer.refused):
            return
        try:
            self._feedback.refuse(turn.id, turn.question)
        except AssistantError as error:
            log.warning("%s", error)  # no matter of the one who asked


def _shown(now: Served, turns: Sequence[Turn]) -> str:
    return now.pages.conversation(turns, now.greeting)
