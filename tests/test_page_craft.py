"""The page as a whole in a real browser: for everyone, on a phone, dark, in Chinese, from nowhere else."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser import answers, ask, open_page

pytestmark = pytest.mark.browser


def serious_findings(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_chat(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    with open_page(browser, address, width=width, color_scheme=scheme) as page:
        ask(page, "怎么注销账户")
        ask(page, "明天会下雨吗")
        page.get_by_role("button", name="没帮助").first.click()
        expect(page.locator(".reason").first).to_be_visible()
        page.locator(".chip").first.click()
        expect(page.locator("#panel mark")).to_be_visible()
        assert serious_findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_look_up(browser: Browser, address: str, scheme: str) -> None:
    with open_page(browser, f"{address}/?view=look", color_scheme=scheme) as page:
        page.fill("#words", "简历")
        page.locator(".tree > ul > li > details > summary").first.click()
        page.locator(".hit").first.click()
        expect(page.locator("#panel h2")).to_contain_text("简历")
        assert serious_findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_comparison_and_list(
    browser: Browser, versions_address: str, scheme: str
) -> None:
    with open_page(browser, f"{versions_address}/?view=look", color_scheme=scheme) as page:
        page.select_option("#pair", index=1)
        page.get_by_label("显示未变的条款").check()
        expect(page.locator("tr.same").first).to_be_visible()
        assert serious_findings(page) == []
        page.get_by_role("button", name="问政策").click()
        ask(page, "明天会下雨吗")
        page.get_by_role("button", name="待改进").click()
        expect(page.locator("#complaints td").first).to_be_visible()
        assert serious_findings(page) == []


def test_the_page_asks_nothing_of_any_other_host(browser: Browser, address: str) -> None:
    hosts: list[str] = []
    browser_context = browser.new_context(locale="zh-CN")
    page = browser_context.new_page()
    page.on("request", lambda request: hosts.append(urlsplit(request.url).netloc))
    page.goto(address)
    page.wait_for_selector("#desk[data-view]")
    ask(page, "怎么注销账户")
    page.locator(".chip").first.click()
    expect(page.locator("#panel mark")).to_be_visible()
    page.get_by_role("button", name="查条款").click()
    page.fill("#words", "简历")
    expect(page.locator(".hit").first).to_be_visible()
    browser_context.close()
    assert len(hosts) > 10
    assert {host for host in hosts if host} == {urlsplit(address).netloc}


def test_no_english_is_shown_even_to_an_english_browser(browser: Browser, address: str) -> None:
    with open_page(browser, address, locale="en-US") as page:
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        ask(page, "明天会下雨吗")
        page.get_by_role("button", name="查条款").click()
        expect(page.locator("#words")).to_be_focused()
        shown = page.locator("body").inner_text()
        labels = page.evaluate(
            "[...document.querySelectorAll('[aria-label], [title], [placeholder]')]"
            ".filter((e) => e.checkVisibility())"
            ".flatMap((e) => [e.ariaLabel, e.title, e.placeholder]).join(' ')"
        )
        words = set(re.findall(r"[A-Za-z]{3,}", f"{shown} {labels} {page.title()}"))
        assert words <= {"Enter", "Cookie"}


def test_on_a_phone_the_clause_rises_as_a_sheet_and_can_be_closed(browser: Browser, address: str) -> None:
    with open_page(browser, address, width=390, height=844) as page:
        ask(page, "怎么注销账户")
        expect(page.locator("#panel")).not_to_be_visible()
        page.locator(".chip").first.click()
        expect(page.locator("#panel mark")).to_be_visible()
        page.locator("#panel .close").click()
        expect(page.locator("#panel")).not_to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="查条款").click()
        page.fill("#words", "简历")
        expect(page.locator(".hit").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_dark_mode_follows_the_system(browser: Browser, address: str) -> None:
    with open_page(browser, address, color_scheme="dark") as page:
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 27)"
        assert page.locator(".greeting").evaluate("(e) => getComputedStyle(e).color") == "rgb(232, 234, 237)"


def test_a_file_of_the_machine_cannot_be_fetched(address: str) -> None:
    for path in ("/gradio_api/file=/etc/passwd", "/gradio_api/file=settings.py", "/file=/etc/passwd"):
        assert not answers(address + path), path
