"""A real server and a real Chromium (the system's, driven by Playwright) for tests of the page."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from settings import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
START_TIMEOUT_S = 120
PID_FILE = "app.pid"
expect.set_options(timeout=20_000)  # a loaded machine is slow; what never comes still fails


@contextmanager
def serve(var: Path, **settings: str) -> Iterator[str]:
    """Run app.py on a free port of loopback; yield its address.

    Args:
        var: where the index, the feedback and the number of the process are kept.
        settings: more settings, without their prefix POLICY_QA_.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POLICY_QA_")}
    environment |= {"HF_HUB_OFFLINE": "1", "POLICY_QA_INDEX_DIR": str(var / "index")}
    environment |= {"POLICY_QA_FEEDBACK_DB": str(var / "feedback.sqlite")}
    environment |= {"POLICY_QA_USERS_FILE": str(var / "users.json")}
    environment |= {"POLICY_QA_API_KEYS_FILE": str(var / "api_keys.json")}
    environment |= {"POLICY_QA_REQUESTS_PER_MINUTE": "100000"}
    environment |= {f"POLICY_QA_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "app.py", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        (var / PID_FILE).write_text(str(server.pid))
        try:
            assert server.stdout is not None
            said: list[str] = []
            for line in server.stdout:
                said.append(line)
                if "已启动" in line:
                    break
            assert f"http://127.0.0.1:{port}" in "".join(said), f"the server ended: {''.join(said)}"
            reading = Thread(target=lambda: said.extend(server.stdout or []))  # a full pipe would stop it
            reading.start()
            assert answers(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
            ended = server.poll()
            assert ended is None, f"the server ended with {ended}: {''.join(said)}"
        finally:
            server.terminate()


@contextmanager
def open_page(
    browser: Browser, url: str, *, width: int = 1440, height: int = 900, **options: Any
) -> Iterator[Page]:
    """Open the page in a browser of its own, with a clipboard; wait until it is ready."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=options.pop("locale", "zh-CN"),
        permissions=["clipboard-read", "clipboard-write"],
        **options,
    )
    try:
        opened = context.new_page()
        opened.set_default_timeout(20_000)
        opened.goto(url)
        opened.wait_for_selector("#desk[data-view][data-ready]")
        yield opened
    finally:
        context.close()


def answers(url: str) -> bool:
    """Tell whether an address answers with 200."""
    try:
        with urllib.request.urlopen(url, timeout=START_TIMEOUT_S) as reply:
            return reply.status == 200
    except URLError:
        return False


def ask(page: Page, question: str) -> None:
    """Ask in the chat, once the answer before is whole, and wait for the whole answer."""
    expect(page.locator("#desk.asking")).to_have_count(0)
    before = page.locator(".bubble.me").count()
    page.fill("#box textarea", question)
    page.press("#box textarea", "Enter")
    expect(page.locator(".bubble.me")).to_have_count(before + 1)
    expect(page.locator("#desk.asking")).to_have_count(0)


@contextmanager
def launch_chromium() -> Iterator[Browser]:
    """Start Chromium; without one the test is skipped on a laptop and fails where CI is set."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI=true but there is no Chromium; install the package chromium")
        pytest.skip("no Chromium on this machine; install the package chromium to run browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()
