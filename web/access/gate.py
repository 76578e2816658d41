"""ASGI middleware: who may see what, and how often. It knows paths, not what is behind them.

The page where agents work wants a login once there is a user, the API and the tools a key once there is one.
"""

from __future__ import annotations

import math
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from errors import AccessError
from web.access.keys import Keys
from web.access.limiter import Limiter, client_of
from web.access.login import Door
from web.api.problems import respond

DESK = "/desk"
_API = ("/api/v1", "/mcp")
_ASKS = ("/api/v1", "/mcp", "/gradio_api/queue/join", f"{DESK}/gradio_api/queue/join")
_FOR_ALL = ("/api/v1/openapi.json",)


class AccessGate:
    """Lets requests through or says why not."""

    def __init__(self, app: ASGIApp, door: Door, keys: Keys, limiter: Limiter) -> None:
        self._app = app
        self._door = door
        self._keys = keys
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request and pass it on."""
        refusal = self._refusal(Request(scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, request: Request) -> ASGIApp | None:
        path: str = request.scope["path"]  # what the routes match; `url` is made from the Host header too
        client = client_of(request.client.host if request.client else None)
        if _is_below(path, (DESK,)) and self._door.user_of(request) is None:
            if request.method == "GET" and path in (DESK, f"{DESK}/"):
                query = f"?{request.url.query}" if request.url.query else ""
                return RedirectResponse(f"/login?next={quote(path + query)}", 303)
            return respond(401, "请先登录。", path)
        if _is_below(path, _API) and path not in _FOR_ALL and self._keys.exist():
            owner = self._owner(request)
            if owner is None:
                said = "请在请求头里带上接口密钥：Authorization: Bearer 密钥。"
                return respond(401, said, path, {"WWW-Authenticate": "Bearer"})
            request.state.client = client = f"key {owner}"
        wait_s = self._limiter.take(client) if _is_below(path, _ASKS) else None
        if wait_s is None:
            return None
        seconds = max(1, math.ceil(wait_s))
        return respond(429, f"请求太多，请 {seconds} 秒后再试。", path, {"Retry-After": str(seconds)})

    def _owner(self, request: Request) -> str | None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        try:
            return self._keys.owner(key.strip()) if scheme.lower() == "bearer" else None
        except AccessError:
            return None  # `Keys.exist` has logged it


def client_name(request: Request) -> str:
    """The name under which whoever sends a request is counted: that of the API key, or the address."""
    address = client_of(request.client.host if request.client else None)
    return getattr(request.state, "client", address)


def _is_below(path: str, roots: tuple[str, ...]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)
