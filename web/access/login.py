"""`/login` and `/logout`: a page of our own that works without JavaScript, and the cookie it gives."""

from __future__ import annotations

import logging
import math
import re
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from errors import AccessError
from web.access.limiter import Limiter, client_of
from web.access.sessions import Sessions
from web.access.users import Users

COOKIE = "policy_qa_session"
MAX_WRONG = 5
_WINDOW_S = 15 * 60
_MAX_NEXT_CHARS = 500
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\s\\]*")

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>登录 · 政策问答</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<style>
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px;
  box-sizing: border-box; font: 16px/1.7 "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
  background: light-dark(#f6f5f2, #17191c); color: light-dark(#22262b, #e7e7e4); }}
main {{ width: min(360px, 100%); background: light-dark(#fff, #1f2226); border-radius: 12px; padding: 28px;
  border: 1px solid light-dark(#dedbd3, #3a3f45); box-sizing: border-box; }}
h1 {{ font-size: 20px; margin: 0 0 16px; }}
label {{ display: block; margin: 12px 0 4px; }}
input {{ width: 100%; box-sizing: border-box; font: inherit; padding: 8px 10px; border-radius: 8px;
  border: 1px solid light-dark(#8a8f96, #7b828a); background: transparent; color: inherit; }}
button {{ margin-top: 20px; width: 100%; font: inherit; padding: 9px; border: 0; border-radius: 8px;
  background: #0f766e; color: #fff; cursor: pointer; }}
:focus-visible {{ outline: 3px solid #14a098; outline-offset: 2px; }}
[role=alert] {{ color: light-dark(#a51d2d, #ff9d9d); margin: 0 0 8px; }}
a {{ color: light-dark(#0f6b64, #6fd0c5); }}
</style></head>
<body><main><h1>登录</h1>{said}
<form method="post" action="/login">
<input type="hidden" name="next" value="{next}">
<label for="name">用户名</label>
<input id="name" name="name" value="{name}" autocomplete="username" required autofocus>
<label for="password">密码</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">登录</button>
</form><p><a href="/">返回问政策</a></p></main></body></html>"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """Who may log in and how it is remembered.

    Attributes:
        users: those who may.
        sessions: their cookies.
        is_secure: send the cookie over https only, whatever this server sees.
        start: where they are led to afterwards.
    """

    users: Users
    sessions: Sessions
    is_secure: bool
    start: str

    def user_of(self, request: Request) -> str | None:
        """The user who sends a request; None for nobody, and while the users' file is damaged."""
        try:
            return self.sessions.read(request.cookies.get(COOKIE, ""))
        except AccessError as error:
            log.error("%s", error)  # noqa: TRY400  # the message says it all
            return None


def create_login(door: Door) -> APIRouter:
    """The routes. Wrong passwords are counted by address and by name."""
    router = APIRouter(include_in_schema=False)
    attempts = _Attempts(door)

    @router.get("/login")
    def show(request: Request) -> Response:
        return _page("", "", request.query_params.get("next", ""))

    @router.post("/login")
    async def log_in(request: Request) -> Response:
        if not _is_own(request):
            return _page("登录请求不是从本页发出的，请重新登录。", "", "", 403)
        sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
        name, password, wanted = ((sent.get(field) or [""])[0] for field in ("name", "password", "next"))
        address = client_of(request.client.host if request.client else None)
        try:
            cookie = await run_in_threadpool(attempts.log_in, name, password, address)
        except _NotLetInError as error:
            return _page(error.said, name, wanted, error.status)
        reply = RedirectResponse(_local(wanted) or door.start, 303)
        is_secure = door.is_secure or request.url.scheme == "https"
        reply.set_cookie(
            COOKIE, cookie, max_age=door.sessions.max_age_s, httponly=True, samesite="lax", secure=is_secure
        )
        return reply

    @router.post("/logout")
    def log_out(request: Request) -> Response:
        reply = RedirectResponse("/", 303)
        if _is_own(request):
            reply.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return reply

    return router


class _NotLetInError(Exception):
    """A login fails; says why."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


class _Attempts:
    """Checks passwords and counts the wrong ones."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._wrong = Limiter(MAX_WRONG, window_s=_WINDOW_S)

    def log_in(self, name: str, password: str, address: str) -> str:
        """Return the cookie of a user whose password is right; raise `_NotLetInError` otherwise."""
        counted = (f"address {address}", f"name {name[:80]}")
        wait_s = max(self._wrong.wait_s(client) or 0.0 for client in counted)
        if wait_s:
            raise _NotLetInError(429, f"输错的次数太多，请 {math.ceil(wait_s / 60)} 分钟后再试。")
        try:
            is_right = self._door.users.check(name, password)
            cookie = self._door.sessions.issue(name) if is_right else ""
        except AccessError as error:
            log.error("%s", error)  # noqa: TRY400  # the message says it all
            raise _NotLetInError(503, "暂时不能登录，请联系管理员。") from error
        if not is_right:
            for client in counted:
                self._wrong.take(client)
            log.warning("wrong password from %s", address)
            raise _NotLetInError(401, "用户名或密码不对，请再试一次。")
        for client in counted:
            self._wrong.forget(client)
        return cookie


def _page(said: str, name: str, wanted: str, status: int = 200) -> Response:
    alert = f'<p role="alert">{escape(said)}</p>' if said else ""
    body = _PAGE.format(said=alert, name=escape(name[:80]), next=escape(_local(wanted)))
    return HTMLResponse(body, status, {"Cache-Control": "no-store"})


def _local(path: str) -> str:
    """A path of this server, or nothing: a link to the login must not lead elsewhere afterwards."""
    return path if len(path) <= _MAX_NEXT_CHARS and _LOCAL_PATH.fullmatch(path) else ""


def _is_own(request: Request) -> bool:
    """Tell whether a form was sent from a page of this server; browsers say so with every POST."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
