"""Writes the README's pictures from the running app: `make screenshots` → docs/page.png, docs/phone.png."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, expect

from settings import ROOT
from tests.browser import ask, launch_chromium, serve

QUESTIONS = ("我看过的东西你们会存多久", "怎么给帖子置顶")


def main() -> None:
    """Take both pictures."""
    (ROOT / "docs").mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, serve(Path(folder)) as address, launch_chromium() as browser:
        desktop = _talk(browser, address, width=1440, height=1060)
        desktop.locator(".bubble.bot .chip").first.click()
        expect(desktop.locator("#panel mark").first).to_be_visible()
        _top(desktop)
        desktop.screenshot(path=ROOT / "docs" / "page.png")
        phone = _talk(browser, address, width=390, height=844)
        _top(phone)
        phone.screenshot(path=ROOT / "docs" / "phone.png", full_page=True)


def _talk(browser: Browser, address: str, *, width: int, height: int) -> Page:
    """Open the page and ask the questions."""
    page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
    page.goto(address)
    page.wait_for_selector(".bubble.bot")
    for question in QUESTIONS:
        ask(page, question)
    return page


def _top(page: Page) -> None:
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_function("window.scrollY === 0")


if __name__ == "__main__":
    main()
