"""What stands before every request: size, the page's paths, and headers. Plain ASGI middleware.

Gradio has routes that read files, fetch addresses and take uploads. The page needs none of them, so only the
paths that it does need are let through.
"""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.api.problems import respond

MAX_BYTES = 64 * 1024
_PATIENCE = 16
MAX_PAGE_BYTES = 2 * 1024 * 1024  # the browser sends the whole kept conversation along
_OF_THE_PAGE = re.compile(
    r"/|/config/?|/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/pwa_icon"
    r"|/(?:assets|static|svelte)/[\w./@~-]{1,200}"
    r"|/gradio_api/(?:info/?|app_id/?|startup-events|queue/(?:join|data)|component_server/?|reset/?|cancel"
    r"|heartbeat/\w+)"
)
_OURS = re.compile(r"/api/v1/.*|/mcp/?|/healthz|/readyz|/metrics|/login|/logout", re.DOTALL)
_HEADERS = {
    # Gradio's own scripts stand in the document and compile templates.
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Refuses what is too large and paths that nobody needs; adds security headers to every answer.

    Args:
        desks: where else the page is mounted, e.g. "/desk".
    """

    def __init__(self, app: ASGIApp, desks: tuple[str, ...] = ()) -> None:
        self._app = app
        self._desks = desks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request and pass it on."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        else:
            await self._check(scope, receive, _with_headers(send))

    async def _check(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        is_ours = _OURS.fullmatch(path) is not None
        if not is_ours and not self._is_of_the_page(path):
            await respond(404, "没有这个地址。", path)(scope, receive, send)
            return
        limit = MAX_BYTES if is_ours else MAX_PAGE_BYTES
        body = await _read(scope, receive, limit)
        if body is None:
            detail = f"请求超过 {limit // 1024} KB，请缩短后重试。"
            await respond(413, detail, path, {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _after(body, receive), send)

    def _is_of_the_page(self, path: str) -> bool:
        for desk in self._desks:
            if path == desk or path.startswith(f"{desk}/"):
                path = path[len(desk) :] or "/"
        return _OF_THE_PAGE.fullmatch(path) is not None and ".." not in path


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            for name in ("access-control-allow-origin", "access-control-allow-credentials"):
                if name in headers:  # Gradio allows some other origins; nobody is meant to
                    del headers[name]
        await send(message)

    return send_with_headers


async def _read(scope: Scope, receive: Receive, limit: int) -> list[Message] | None:
    """Read a body whole; None where it is larger than allowed.

    A body that is too large is read on for a while and thrown away: to hang up on a client that still sends
    would keep the answer from it.
    """
    stated = dict(scope["headers"]).get(b"content-length", b"0")
    if stated.isdigit() and int(stated) > limit * _PATIENCE:
        return None
    messages: list[Message] = []
    size, has_more = 0, True
    while has_more and size <= limit * _PATIENCE:
        message = await receive()
        size += len(message.get("body", b""))
        has_more = message.get("more_body", False)
        if size <= limit:
            messages.append(message)
    return messages if size <= limit else None


def _after(body: list[Message], receive: Receive) -> Receive:
    """What is received: the body that was read, then whatever comes."""
    waiting = body[::-1]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again
