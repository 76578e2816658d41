"""The web page in a real browser: asking, citing, highlighting, refusing, and what must never happen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import answers, ask, launch_chromium, serve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("page")) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch_chromium() as launched:
        yield launched


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    opened.goto(address)
    opened.wait_for_selector(".bubble.bot")
    yield opened
    context.close()


def test_the_page_says_which_policy_answers_and_since_when(page: Page) -> None:
    expect(page.locator("#top .version")).to_have_text("《58同城隐私政策》 · 2021年11月16日生效")
    expect(page.locator(".bubble.bot").first).to_contain_text("我只依据《58同城隐私政策》回答")


def test_an_answer_quotes_the_clause_with_a_chip_each(page: Page) -> None:
    ask(page, "怎么注销账户")
    answer = page.locator(".bubble.bot").last
    expect(answer.locator(".lead").first).to_have_text("根据《58同城隐私政策》第七条（五）“注销账户”：")
    expect(answer.locator(".chip").first).to_have_text("1 · 第七条（五）")
    assert answer.locator("blockquote").count() == answer.locator(".chip").count()


def test_a_chip_opens_its_clause_with_the_quote_highlighted(page: Page) -> None:
    ask(page, "怎么注销账户")
    quote = page.locator("blockquote").first
    said = quote.inner_text().rsplit("1 · ", 1)[0].strip()
    quote.locator(".chip").click()
    expect(page.locator("#panel h2")).to_have_text("第七条（五） 注销账户")
    expect(page.locator("#panel .crumb")).to_contain_text("第七条 您管理个人信息的权利")
    expect(page.locator("#panel mark")).to_have_text(said)


def test_the_clauses_beside_can_be_opened_from_the_panel(page: Page) -> None:
    ask(page, "怎么注销账户")
    page.locator(".chip").first.click()
    page.locator("#panel .near").last.click()
    expect(page.locator("#panel h2")).to_have_text("第七条（六） 获取个人信息副本")


def test_what_the_policy_does_not_say_is_refused_with_a_way_onward(page: Page) -> None:
    ask(page, "明天会下雨吗")
    refusal = page.locator(".bubble.refuse").last
    expect(refusal.locator("b")).to_have_text("政策里没有写这一点，我不能替它回答。")
    expect(refusal.locator(".pill").last).to_contain_text("第十条 如何联系我们")
    refusal.locator(".pill").last.click()
    expect(page.locator("#panel h2")).to_have_text("第十条 如何联系我们")


def test_an_example_question_is_asked_by_a_click(page: Page) -> None:
    example = page.locator(".pill").first
    said = example.inner_text()
    example.click()
    expect(page.locator(".bubble.me")).to_have_text(said)
    expect(page.locator(".bubble.bot").last.locator(".chip").first).to_be_visible()


def test_a_follow_up_leans_on_the_question_before_it(page: Page) -> None:
    ask(page, "电脑上怎么更正我的简历？")
    ask(page, "手机上呢？")
    expect(page.locator(".bubble.bot").last).to_contain_text("简历")


def test_markup_in_a_question_is_shown_as_text(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"script ran: {dialog.message}"))
    ask(page, "<img src=x onerror=alert(1)><b>怎么注销</b>")
    expect(page.locator(".bubble.me").last).to_have_text("<img src=x onerror=alert(1)><b>怎么注销</b>")
    assert page.locator(".bubble.me img, .bubble.me b").count() == 0


def test_an_empty_question_gets_a_message_and_changes_nothing(page: Page) -> None:
    page.fill("#box textarea", "   ")
    page.press("#box textarea", "Enter")
    expect(page.get_by_text("问题是空的，请写下您想问的内容。")).to_be_visible()
    expect(page.locator(".bubble.me")).to_have_count(0)


def test_a_question_cannot_be_typed_beyond_the_limit(page: Page) -> None:
    expect(page.locator("#box textarea")).to_have_attribute("maxlength", "2000")


def test_the_page_asks_nothing_of_any_other_host(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="zh-CN")
    opened = context.new_page()
    hosts: set[str] = set()
    opened.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    opened.goto(address)
    opened.wait_for_selector(".bubble.bot")
    ask(opened, "怎么注销账户")
    opened.locator(".chip").first.click()
    expect(opened.locator("#panel mark")).to_be_visible()
    context.close()
    assert hosts - {""} == {urlsplit(address).netloc}


def test_on_a_phone_the_clause_rises_as_a_sheet_and_can_be_closed(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    opened = context.new_page()
    opened.goto(address)
    opened.wait_for_selector(".bubble.bot")
    ask(opened, "怎么注销账户")
    expect(opened.locator("#panel")).not_to_be_visible()
    opened.locator(".chip").first.click()
    expect(opened.locator("#panel mark")).to_be_visible()
    opened.locator("#panel .close").click()
    expect(opened.locator("#panel")).not_to_be_visible()
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_a_file_of_the_machine_cannot_be_fetched(address: str) -> None:
    for path in ("/gradio_api/file=/etc/passwd", "/gradio_api/file=settings.py", "/file=/etc/passwd"):
        assert not answers(address + path), path
    assert Path("/etc/passwd").exists()
