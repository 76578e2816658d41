"""Serving on an address of this machine: the page, the API and the tools, in one process.

Nothing is fetched from or sent to anywhere else.
"""

from __future__ import annotations

import os
import secrets
import socket

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # Gradio reads it when it is imported

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from errors import PortInUseError
from settings import Settings
from web.access import Keys, Limiter, Sessions, Users, read_secret
from web.access.gate import DESK, AccessGate
from web.access.login import Door, create_login
from web.access.sessions import MIN_SECRET_CHARS
from web.api.app import create_api
from web.api.guard import Guard
from web.api.observe import Observed, log_as_json
from web.chinese import ChineseDocument
from web.desk import Desk
from web.feedback import Feedback
from web.frames import COMPLAINTS, LOGIN, LOGOUT, LOOK, TALK
from web.live import Live
from web.page import FOLDER, Page
from web.page_talk import Talk
from web.tools import create_tools

_FONTS = ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif")
_LAST_WORDS_S = 5  # for answers that are on their way when the server is told to stop


def listen(host: str, port: int) -> socket.socket:
    """Take the address early, before the slow start.

    Raises:
        PortInUseError: another program listens there, or the host is no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Said to be TCP, or asyncio would not switch Nagle's algorithm off, and every answer would wait 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as exc:
        listening.close()
        raise PortInUseError(
            f"cannot listen on {host}:{port}: {exc}; choose another with --port or POLICY_QA_PORT",
            user_message=f"地址 {host}:{port} 用不了（多半是端口被占用），请用 --port 换一个端口。",
        ) from exc
    return listening


def build_and_serve(live: Live, listening: socket.socket, settings: Settings) -> None:
    """Build what is served and serve it until the process is told to stop."""
    log_as_json()
    app = build_app(live, settings)
    live.watch()
    config = uvicorn.Config(
        app,
        log_config=None,
        timeout_graceful_shutdown=_LAST_WORDS_S,
        forwarded_allow_ips=settings.trusted_proxies,
    )
    try:
        _Server(config, f"http://{settings.host}:{settings.port}").run(sockets=[listening])
    finally:
        live.close()


def build_app(live: Live, settings: Settings) -> FastAPI:
    """Put page, API, tools and access together.

    Without any user the page at / has all views. With one, / has the chat, and /desk, behind the login, all.

    Raises:
        AccessError: the session secret cannot be read or made.
    """
    feedback = Feedback(
        settings.feedback_db,
        retention_days=settings.retention_days,
        keeps_refusals=settings.log_questions,
    )
    users, keys = Users(settings.users_file), Keys(settings.api_keys_file)
    sessions = Sessions(_secret(users, settings), users, max_age_s=settings.session_hours * 3600)
    door = Door(users, sessions, settings.secure_cookies, DESK)
    app = create_api(live, feedback, settings)
    app.include_router(create_login(door))
    tools = create_tools(live).streamable_http_app(
        stateless_http=True, json_response=True, host=settings.host
    )
    app.router.routes.extend(tools.routes)
    app.router.lifespan_context = tools.router.lifespan_context
    talk, desk = Talk(live, feedback), Desk(live, feedback)
    has_login = users.exist()
    if has_login:
        app.add_route(DESK, lambda request: RedirectResponse(f"{DESK}/?{request.url.query}"))
        _mount(app, Page(live, talk, desk, [TALK, LOOK, COMPLAINTS], DESK, LOGOUT), settings)
    complaints = [COMPLAINTS] if settings.show_complaints and not has_login else []
    views = [TALK] if has_login else [TALK, LOOK, *complaints]
    _mount(app, Page(live, talk, desk, views, "/", LOGIN if has_login else ""), settings)
    app.add_middleware(ChineseDocument, paths=("/", DESK, f"{DESK}/"))
    app.add_middleware(AccessGate, door=door, keys=keys, limiter=Limiter(settings.requests_per_minute))
    app.add_middleware(Guard, desks=(DESK,))
    app.add_middleware(Observed)
    return app


def _secret(users: Users, settings: Settings) -> str:
    """The session secret; where nobody can log in, one for nothing, so that a disk may be read-only."""
    if not users.exist():
        return secrets.token_urlsafe(MIN_SECRET_CHARS)
    secret_file = settings.users_file.with_name("session_secret")
    return read_secret(secret_file, settings.session_secret.get_secret_value())


def _mount(app: FastAPI, page: Page, settings: Settings) -> None:
    gr.mount_gradio_app(
        app,
        page.blocks,
        path=page.path,
        server_name=settings.host,
        server_port=settings.port,
        theme=gr.themes.Base(primary_hue="teal", font=_FONTS, font_mono=("monospace",)),
        css_paths=[FOLDER / "style.css", FOLDER / "look.css"],
        footer_links=[],
        ssr_mode=False,
        run_history=False,
        show_error=False,
    )


class _Server(uvicorn.Server):
    """Says on standard output when it is ready."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started:
            print(f"政策问答已启动：{self._address}", flush=True)
