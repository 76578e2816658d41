"""`/api/v1`: ask, search, policies, clauses, feedback. The same shapes as the command line's JSON."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel, ConfigDict, Field

from answer.events import Event, Finished, Replaced, Verified
from answer.lookup import look_up
from answer.questions import MAX_QUESTION_CHARS, check_question
from web.access.gate import client_name
from web.api.observe import ask_observed
from web.api.problems import ProblemError, problem
from web.feedback import REASONS, Feedback
from web.live import Live
from web.scope import scope_of
from web.wire import AnswerJson, HitsJson

MAX_HISTORY = 20
MAX_POLICIES = 100
_EVENT_STREAM = "text/event-stream"
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: problem(description)
    for status, description in {
        401: "no valid API key",
        404: "no such policy",
        413: "the request is too large",
        422: "the request cannot be used",
        429: "too many requests",
        503: "a part of the service is not available",
    }.items()
}

Text = Annotated[str, Field(max_length=MAX_QUESTION_CHARS * 2)]


class Asked(BaseModel):
    """A question and the questions before it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "那要多久呢？", "history": ["怎么注销账户"]}]}
    )

    question: Annotated[
        str,
        Field(
            json_schema_extra={"minLength": 1, "maxLength": MAX_QUESTION_CHARS}
        ),  # checked with its own words
    ]
    history: Annotated[
        list[Text], Field(max_length=MAX_HISTORY, description="the earlier questions, oldest first")
    ] = []
    policies: Annotated[
        list[Text], Field(max_length=MAX_POLICIES, description="titles; empty: all that are in force")
    ] = []
    as_of: Annotated[
        dt.date | None, Field(description="the day whose versions answer; today if left out")
    ] = None
    id: Annotated[str, Field(max_length=200, description="comes back with the answer")] = ""


class Vote(BaseModel):
    """What somebody thinks of an answer."""

    id: Annotated[
        str,
        Field(pattern=r"^[0-9a-f]{16,64}$", description="names the answer; a second vote replaces the first"),
    ] = ""
    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_CHARS, examples=["怎么注销账户"])]
    answer: Annotated[str, Field(max_length=4000)]
    helpful: bool
    reason: Annotated[str, Field(description=f"one of {'、'.join(REASONS)}", examples=["答非所问"])] = ""


class Kept(BaseModel):
    """The id under which a vote is kept."""

    id: str


def create_routes(live: Live, feedback: Feedback) -> APIRouter:
    """The routes that ask, search and vote."""
    router = APIRouter(prefix="/api/v1", responses=_PROBLEMS)

    @router.post(
        "/ask",
        response_model=AnswerJson,
        responses={200: {"content": {_EVENT_STREAM: {"schema": {"type": "string"}}}}},
    )
    def ask(asked: Asked, request: Request) -> Response:
        """Answer a question from the policies in force.

        With `Accept: text/event-stream` the answer comes as events: `verified` for every sentence of a
        language model that passed its checks, `replaced` where the policy is quoted instead, and
        `finished`, which carries the whole answer, last.
        """
        question = check_question(asked.question)
        now = live.now
        scope = scope_of(now.places, asked.policies, asked.as_of)
        events = ask_observed(
            now.assistant, question, asked.history, scope, front="api", client=client_name(request)
        )
        if _EVENT_STREAM in request.headers.get("accept", ""):
            stream = _as_server_sent(events, asked.id)
            return StreamingResponse(stream, media_type=_EVENT_STREAM, headers={"Cache-Control": "no-store"})
        *_, last = events
        assert isinstance(last, Finished)  # as every run of events
        return _json(AnswerJson.of(last.answer, asked.id))

    @router.get("/search", response_model=HitsJson)
    def search(
        q: Annotated[str, Query(description="a clause number, words, or a fragment", examples=["七（五）"])],
        limit: Annotated[int, Query(ge=1, le=100)] = 10,
        policy: Annotated[list[Text], Query(max_length=MAX_POLICIES, description="titles")] = [],  # noqa: B006
        as_of: Annotated[dt.date | None, Query()] = None,
    ) -> Response:
        """Find clauses."""
        now, query = live.now, check_question(q)
        found = look_up(now.index, query, (), limit=limit, scope=scope_of(now.places, policy, as_of))
        return _json(HitsJson.of(query, found.hits, ""))

    @router.post("/feedback", status_code=201)
    def vote(cast: Vote) -> Kept:
        """Keep a vote on an answer, with the question."""
        if cast.reason and cast.reason not in REASONS:
            raise ProblemError(422, f"reason 的值“{cast.reason[:80]}”不能用，可选：{'、'.join(REASONS)}。")
        kept = Kept(id=cast.id or secrets.token_hex(16))
        question = check_question(cast.question)
        feedback.vote(kept.id, question, cast.answer, is_helpful=cast.helpful, reason=cast.reason)
        return kept

    return router


def _json(content: AnswerJson | HitsJson) -> Response:
    return Response(content.dump(), media_type="application/json")


def _as_server_sent(events: Iterator[Event], question_id: str) -> Iterator[bytes]:
    for event in events:
        match event:
            case Verified(sentence=sentence):
                yield _sent("verified", JSONResponse({"sentence": sentence}).body)
            case Replaced(why=why):
                yield _sent("replaced", JSONResponse({"why": why}).body)
            case Finished(answer=answer):
                yield _sent("finished", AnswerJson.of(answer, question_id).dump().encode())


def _sent(name: str, body: bytes | memoryview) -> bytes:
    return format_sse_event(event=name, data_str=bytes(body).decode())
