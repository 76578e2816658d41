"""A scripted language model: a real HTTP server on loopback that speaks OpenAI's streaming protocol.

Tests say what it replies; it keeps what it was asked. Faults are faults of the wire: a refused key, silence,
a connection that is cut, bytes that are no text.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

KEY = "scripted-key"
NAME = "scripted"
PIECE_CHARS = 3  # tokens cut words, marks and citations anywhere

Play: TypeAlias = Callable[["_Handler"], None]


@dataclass
class ScriptedModel:
    """Replies one after the other; the last one is repeated. `asked` are the bodies of all requests."""

    script: list[Play]
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    base_url: str = ""

    def next_play(self) -> Play:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


def says(text: str) -> Play:
    """Stream a text in small pieces, then stop as the protocol wants."""

    def play(handler: _Handler) -> None:
        handler.begin_stream()
        for start in range(0, len(text), PIECE_CHARS):
            handler.send_token(text[start : start + PIECE_CHARS])
        handler.end_stream()

    return play


def says_then_waits(first: str, rest: str) -> Play:
    """Stream a first part, wait until the test lets go, then stream the rest."""

    def play(handler: _Handler) -> None:
        handler.begin_stream()
        handler.send_token(first)
        handler.model.released.wait(timeout=30)
        handler.send_token(rest)
        handler.end_stream()

    return play


def fails(status: int, **headers: str) -> Play:
    """Answer with an error of the protocol."""

    def play(handler: _Handler) -> None:
        body = json.dumps(
            {"error": {"message": "scripted", "type": "scripted", "code": str(status)}}
        ).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return play


def is_silent(handler: _Handler) -> None:
    """Accept the request and say nothing until the test is over."""
    handler.model.released.wait(timeout=30)


def drips(handler: _Handler) -> None:
    """Keep the connection busy with comments, which no read time-out notices, and say nothing."""
    handler.begin_stream()
    while not handler.model.released.wait(timeout=0.05):
        handler.send_chunk(b": keep-alive\n\n")


def never_stops(handler: _Handler) -> None:
    """Stream until the client hangs up."""
    handler.begin_stream()
    while not handler.model.released.is_set():
        handler.send_token("还有，" * 20)


def is_cut_after(text: str) -> Play:
    """Stream a text and drop the connection in the middle of the next chunk."""

    def play(handler: _Handler) -> None:
        handler.begin_stream()
        handler.send_token(text)
        handler.wfile.write(b"ff\r\ndata: {")
        handler.close_connection = True

    return play


def sends_raw(*chunks: bytes) -> Play:
    """Stream bytes as they are."""

    def play(handler: _Handler) -> None:
        handler.begin_stream()
        for chunk in chunks:
            handler.send_chunk(chunk)
        handler.end_stream()

    return play


@contextmanager
def serve(*script: Play) -> Iterator[ScriptedModel]:
    """Serve a script on a free port of loopback until the block ends."""
    model = ScriptedModel(list(script))
    handler = type("Handler", (_Handler,), {"model": model})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        model.base_url = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield model
        finally:
            model.released.set()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    model: ScriptedModel
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.model.asked.append(body)
        self.model.keys.append(self.headers.get("Authorization", "").removeprefix("Bearer "))
        play = fails(404) if not self.path.endswith("/chat/completions") else self.model.next_play()
        try:
            play(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client hung up, as it may

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send_token(self, text: str, finish: str | None = None) -> None:
        row = {
            "id": "scripted-1",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": NAME,
            "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}],
        }
        self.send_chunk(f"data: {json.dumps(row, ensure_ascii=False)}\n\n".encode())

    def send_chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def end_stream(self) -> None:
        self.send_token("", "stop")
        self.send_chunk(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server calls
        """Say nothing on the test's output."""
