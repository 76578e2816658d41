"""`/login` and `/logout`: a page of our own that works without JavaScript, and the cookie it gives."""

from __future__ import annotations

import asyncio
import logging
import math
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs

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
_MAX_FIELDS = 10
_MAX_SHOWN_CHARS = 80
_MAX_NEXT_CHARS = 500
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\s\\]*")
_NOT_KEPT = {"Cache-Control": "no-store"}
_PAGE = Path(__file__).with_name("login.html")

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
    """The routes. Wrong passwords are counted by address and by name.

    Passwords are checked one at a time: guesses sent side by side would else all be checked before the first
    wrong one is counted, and each check takes 64 MiB of memory.
    """
    router = APIRouter(include_in_schema=False)
    attempts = _Attempts(door)
    page = Template(_PAGE.read_text(encoding="utf-8"))
    one_at_a_time = asyncio.Lock()

    @router.get("/login")
    def show(request: Request) -> Response:
        return HTMLResponse(_fill(page, wanted=request.query_params.get("next", "")), 200, _NOT_KEPT)

    @router.post("/login")
    async def log_in(request: Request) -> Response:
        name, password, wanted = _read(await request.body())
        address = client_of(request.client.host if request.client else None)
        try:
            _check_own(request)
            async with one_at_a_time:
                cookie = await run_in_threadpool(attempts.log_in, name, password, address)
        except _NotLetInError as error:
            text = _fill(page, error.said, name=name, wanted=wanted)
            return HTMLResponse(text, error.status, _NOT_KEPT | error.headers)
        reply = RedirectResponse(_local(wanted) or door.start, 303, _NOT_KEPT)
        is_secure = door.is_secure or request.url.scheme == "https"
        reply.set_cookie(
            COOKIE, cookie, max_age=door.sessions.max_age_s, httponly=True, samesite="lax", secure=is_secure
        )
        return reply

    @router.post("/logout")
    def log_out(request: Request) -> Response:
        try:
            _check_own(request)
        except _NotLetInError as error:
            return HTMLResponse(_fill(page, error.said), error.status, _NOT_KEPT)
        reply = RedirectResponse("/", 303)
        reply.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return reply

    return router


class _NotLetInError(Exception):
    """A login fails; says why."""

    def __init__(self, status: int, said: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(said)
        self.status = status
        self.said = said
        self.headers = headers or {}


class _Attempts:
    """Checks passwords and counts the wrong ones."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._wrong = Limiter(MAX_WRONG, window_s=_WINDOW_S)

    def log_in(self, name: str, password: str, address: str) -> str:
        """Return the cookie of a user whose password is right; raise `_NotLetInError` otherwise."""
        by_name = f"name {name[:_MAX_SHOWN_CHARS]}"
        counted = (f"address {address}", by_name)
        wait_s = math.ceil(max(self._wrong.wait_s(client) or 0.0 for client in counted))
        if wait_s:
            said = f"输错的次数太多，请 {math.ceil(wait_s / 60)} 分钟后再试。"
            raise _NotLetInError(429, said, {"Retry-After": str(wait_s)})
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
        # The address stays counted: or whoever has a password could guess those of all others without end.
        self._wrong.forget(by_name)
        return cookie


def _read(body: bytes) -> tuple[str, str, str]:
    """Name, password and `next` of a form; empty where it has none, or is no form."""
    try:
        sent = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_MAX_FIELDS)
    except ValueError:
        sent = {}
    name, password, wanted = ((sent.get(field) or [""])[0] for field in ("name", "password", "next"))
    return name.strip(), password, wanted  # keyboards of phones put a space behind a name


def _fill(page: Template, said: str = "", *, name: str = "", wanted: str = "") -> str:
    """The page as HTML. Whoever mistyped a password finds the name filled in and goes on at the password."""
    return page.substitute(
        alert=f'<p role="alert">{escape(said)}</p>' if said else "",
        name=escape(name[:_MAX_SHOWN_CHARS]),
        wanted=escape(_local(wanted)),
        focus_name="" if name else " autofocus",
        focus_password=" autofocus" if name else "",
    )


def _local(path: str) -> str:
    """A path of this server, or nothing: a link to the login must not lead elsewhere afterwards."""
    return path if len(path) <= _MAX_NEXT_CHARS and _LOCAL_PATH.fullmatch(path) else ""


def _check_own(request: Request) -> None:
    """Raise `_NotLetInError` unless a page of this server sent the form; browsers say who did."""
    sender = request.headers.get("origin", "").partition("://")[2]
    if not sender or sender != request.headers.get("host"):
        raise _NotLetInError(403, "请求不是从本页发出的，请刷新后重试。")
