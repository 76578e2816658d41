"""Serving on an address of this machine: the page, the API and the tools, in one process.

Nothing is fetched from or sent to anywhere else.
"""

from __future__ import annotations

import os
import socket

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # Gradio reads it when it is imported

import gradio as gr
import uvicorn
from fastapi import FastAPI

from errors import PortInUseError
from settings import Settings
from web.api.app import create_api
from web.api.guard import Guard
from web.api.observe import Observed, log_as_json
from web.chinese import ChineseDocument
from web.desk import Desk
from web.feedback import Feedback
from web.frames import COMPLAINTS, LOOK, TALK
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
    listening = socket.socket(family, socket.SOCK_STREAM)
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
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=_LAST_WORDS_S)
    try:
        _Server(config, f"http://{settings.host}:{settings.port}").run(sockets=[listening])
    finally:
        live.close()


def build_app(live: Live, settings: Settings) -> FastAPI:
    """Put page, API and tools together."""
    feedback, shows = Feedback(settings.feedback_db), settings.show_complaints
    app = create_api(live, feedback, settings)
    tools = create_tools(live).streamable_http_app(
        stateless_http=True, json_response=True, host=settings.host
    )
    app.router.routes.extend(tools.routes)
    app.router.lifespan_context = tools.router.lifespan_context
    talk, desk = Talk(live, feedback, keeps_refusals=shows), Desk(live, feedback)
    page = Page(live, talk, desk, [TALK, LOOK, *([COMPLAINTS] if shows else [])])
    gr.mount_gradio_app(
        app,
        page.blocks,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        theme=gr.themes.Base(primary_hue="teal", font=_FONTS, font_mono=("monospace",)),
        css_paths=[FOLDER / "style.css", FOLDER / "look.css"],
        footer_links=[],
        ssr_mode=False,
        run_history=False,
        show_error=False,
    )
    app.add_middleware(ChineseDocument)
    app.add_middleware(Guard)
    app.add_middleware(Observed)
    return app


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
