"""What the service tells about itself: one JSON line a request, and figures for Prometheus.

Neither holds a question: those are kept only where the settings say so (`web/feedback.py`). Where a message
of the log quotes what somebody sent, personal data in it is masked.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette import types

from answer.assistant import Assistant
from answer.events import Event, Finished
from answer.masking import mask
from answer.records import Answer
from index.scope import EVERYTHING, Scope

_BUCKETS_S = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_KNOWN = ("/api/v1/ask", "/api/v1/search", "/api/v1/policies", "/api/v1/clauses", "/api/v1/feedback", "/mcp")

registry = CollectorRegistry()
_requests = Counter("policy_qa_requests", "HTTP requests", ["route", "method", "status"], registry=registry)
_seconds = Histogram(
    "policy_qa_request_seconds", "time to the last byte", ["route"], buckets=_BUCKETS_S, registry=registry
)
_in_flight = Gauge("policy_qa_requests_in_flight", "requests being answered", registry=registry)
_answers = Counter("policy_qa_answers", "answered questions", ["front", "mode", "refused"], registry=registry)
_stages = Histogram(
    "policy_qa_stage_seconds",
    "time of a stage of an answer",
    ["stage"],
    buckets=_BUCKETS_S,
    registry=registry,
)
_policies = Gauge("policy_qa_policies", "policies that are served", registry=registry)

log = structlog.get_logger("web.requests")


def log_as_json() -> None:
    """Write this program's log as JSON Lines on standard error, with UTC time stamps."""
    formatter = json_formatter()
    for handler in logging.getLogger().handlers:
        handler.setFormatter(formatter)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def json_formatter() -> logging.Formatter:
    """What writes a message of the log as JSON."""
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _masked(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {name: mask(value) if isinstance(value, str) else value for name, value in event.items()}


_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.format_exc_info,
    _masked,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def ask_observed(
    assistant: Assistant,
    question: str,
    history: Sequence[str],
    scope: Scope = EVERYTHING,
    *,
    front: str,
    client: str = "",
) -> Iterator[Event]:
    """Answer a question as `Assistant.events` does, and tell how it went."""
    for event in assistant.events(question, history, scope, client=client):
        if isinstance(event, Finished):
            _tell(event.answer, front)
        yield event


def _tell(answer: Answer, front: str) -> None:
    _answers.labels(front, answer.mode, str(answer.refused).lower()).inc()
    for name, ms in answer.stages.items():
        _stages.labels(name).observe(ms / 1000)
    log.info(
        "answered",
        front=front,
        mode=answer.mode,
        refused=answer.refused,
        citations=len(answer.citations),
        characters=len(answer.question),
        ms=answer.elapsed_ms,
        stages=dict(answer.stages),
    )


def metrics(num_policies: int) -> bytes:
    """The figures in Prometheus' text format."""
    _policies.set(num_policies)
    return generate_latest(registry)


class Observed:
    """ASGI middleware: counts and logs every request once its last byte is out."""

    def __init__(self, app: types.ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        """Pass a request on and watch its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def watch(message: types.Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with _in_flight.track_inprogress():
            try:
                await self._app(scope, receive, watch)
            finally:
                seconds, route = time.perf_counter() - started, _route(scope["path"])
                _requests.labels(route, scope["method"], str(status)).inc()
                _seconds.labels(route).observe(seconds)
                if route != "page":  # its parts are many and small
                    log.info(
                        "request",
                        method=scope["method"],
                        path=scope["path"][:200],
                        status=status,
                        ms=round(seconds * 1000, 1),
                    )


def _route(path: str) -> str:
    """The first part of a path that says what it is for; the number of labels must stay small."""
    known = next((known for known in _KNOWN if path == known or path.startswith(f"{known}/")), None)
    return known or (path if path in ("/healthz", "/readyz", "/metrics") else "page")
