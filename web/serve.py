"""Serving the page on an address of this machine. Nothing is fetched from or sent to anywhere else."""

from __future__ import annotations

import os
import socket

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # Gradio reads it when it is imported

import gradio as gr
from starlette.middleware import Middleware

from answer.assistant import Assistant
from errors import PortInUseError
from index.search import ClauseIndex
from settings import Settings
from web.chinese import ChineseDocument
from web.desk import Desk
from web.examples import choose_examples
from web.feedback import Feedback
from web.page import FOLDER, build_page
from web.page_talk import Talk
from web.places import Places

_FONTS = ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif")


def check_port(host: str, port: int) -> None:
    """Find out early whether the address can be listened on.

    Raises:
        PortInUseError: another program listens there, or the host is no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            raise PortInUseError(
                f"cannot listen on {host}:{port}: {exc}; choose another with --port or POLICY_QA_PORT",
                user_message=f"地址 {host}:{port} 用不了（多半是端口被占用），请用 --port 换一个端口。",
            ) from exc


def build_and_serve(assistant: Assistant, index: ClauseIndex, settings: Settings) -> None:
    """Build the page and serve it until the process is told to stop."""
    places, feedback = Places(index.policies), Feedback(settings.feedback_db)
    shows = settings.show_complaints
    talk = Talk(assistant, places, feedback, choose_examples(assistant), keeps_refusals=shows)
    page = build_page(talk, Desk(index, places, feedback), places, shows_complaints=shows)
    page.launch(
        server_name=settings.host,
        server_port=settings.port,
        quiet=True,
        share=False,
        theme=gr.themes.Base(primary_hue="teal", font=_FONTS, font_mono=("monospace",)),
        css_paths=[FOLDER / "style.css", FOLDER / "look.css"],
        app_kwargs={"middleware": [Middleware(ChineseDocument)]},
        footer_links=[],
        ssr_mode=False,
        run_history=False,
        prevent_thread_lock=True,
    )
    print(f"政策问答已启动：http://{settings.host}:{settings.port}", flush=True)
    page.block_thread()
