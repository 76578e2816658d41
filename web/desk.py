"""What the page's scripts ask the server outside the chat: clauses, look-ups, comparisons, the list.

Plain functions of plain values: `web/page.py` hands them to Gradio. What a script sends is checked here,
because anyone can send anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from html import escape

from pydantic import BaseModel, Field, ValidationError

from answer.questions import MAX_QUESTION_CHARS
from errors import AssistantError
from web.compare_html import comparison, version_pairs
from web.complaints import complaints_table
from web.feedback import Feedback
from web.live import Live
from web.panel import NOT_FOUND
from web.places import UnknownPlaceError

log = logging.getLogger(__name__)


class _Asked(BaseModel):
    words: str = Field(default="", max_length=MAX_QUESTION_CHARS)
    policy: int | None = Field(default=None, ge=0)
    top: int | None = Field(default=None, ge=0)


class _Link(BaseModel):
    clause: str = Field(max_length=MAX_QUESTION_CHARS)
    version: str = Field(default="", max_length=20)


class Desk:
    """Answers the page's scripts with HTML."""

    def __init__(self, live: Live, feedback: Feedback) -> None:
        self._live = live
        self._feedback = feedback

    def open_clause(self, sent: object) -> str:
        """Show the clause behind an address."""
        now = self._live.now
        place = now.places.read_address(sent) if isinstance(sent, str) else None
        return now.panel.render(place)

    def open_link(self, sent: object) -> str:
        """Show the clause of a link."""
        now, link = self._live.now, _Link.model_validate(sent)
        return now.panel.render(now.places.read_link(link.clause, link.version))

    def look_up(self, sent: object) -> str:
        """Show what is found for the words typed, within the filters."""
        now, asked = self._live.now, _Asked.model_validate(sent)
        return now.lookup.hits(asked.words, policy=now.places.checked(asked.policy), top=asked.top)

    def show_tree(self, sent: object) -> str:
        """Show the clause tree of the chosen policy."""
        now = self._live.now
        return now.lookup.tree(now.places.checked(_Asked.model_validate(sent).policy))

    def show_tops(self, sent: object) -> str:
        """Show the choice of top clauses of the chosen policy."""
        now = self._live.now
        return now.lookup.top_options(now.places.checked(_Asked.model_validate(sent).policy))

    def compare_versions(self, sent: object) -> str:
        """Show two versions side by side."""
        places = self._live.now.places
        for old, new in version_pairs(places):
            if sent == f"{old}/{new}":
                return comparison(places, old, new)
        return NOT_FOUND

    def show_complaints(self, _sent: object) -> str:
        """Show which questions were refused or voted down."""
        return complaints_table(self._feedback.complaints())


def said_on_failure(answer: Callable[[object], str]) -> Callable[[object], str]:
    """Turn what can go wrong for one request into a line on the page; the name stays, Gradio goes by it."""

    def answer_or_say(sent: object) -> str:
        try:
            return answer(sent)
        except AssistantError as error:
            log.warning("%s", error)
            return f'<p class="hint" role="alert">{escape(error.user_message)}</p>'
        except (ValidationError, UnknownPlaceError) as error:
            # A ValidationError quotes what was typed, unless told not to.
            why = error.errors(include_input=False) if isinstance(error, ValidationError) else error
            log.info("request refused: %s", why)
            return '<p class="hint" role="alert">这个请求看不懂，请刷新页面后再试。</p>'

    answer_or_say.__name__ = answer.__name__
    return answer_or_say
