"""查条款 in a real browser: answering while typing, the tree, filters, keyboard, versions, deep links."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import ask, open_page

pytestmark = pytest.mark.browser


@pytest.fixture
def look(page: Page) -> Page:
    page.get_by_role("button", name="查条款").click()
    expect(page.locator("#words")).to_be_focused()
    return page


def test_a_number_finds_its_clause_while_it_is_typed(look: Page) -> None:
    look.keyboard.type("七（五）")
    expect(look.locator(".hit").first).to_contain_text("第七条（五） 注销账户")


def test_words_that_match_are_marked_in_hits(look: Page) -> None:
    look.fill("#words", "简历 招聘方 可见")
    expect(look.locator(".hit").first).to_contain_text("第三条（二）9 简历投递服务")
    marked = set(look.locator(".hit").first.locator("mark").all_inner_texts())
    assert {"简历", "招聘方"} <= marked


def test_a_quoted_fragment_finds_the_clause_it_stands_in(look: Page) -> None:
    look.fill("#words", "这些信息和资料全部储存在中国境内")
    expect(look.locator(".hit b").first).to_have_text("第六条（一）")


def test_the_keyboard_is_enough(look: Page) -> None:
    look.fill("#words", "注销账户")
    expect(look.locator(".hit").first).to_contain_text("第七条（五）")
    look.keyboard.press("Enter")
    expect(look.locator("#panel h2")).to_have_text("第七条（五） 注销账户")
    look.keyboard.press("ArrowDown")
    second = look.locator(".hit").nth(1)
    expect(second).to_be_focused()
    look.keyboard.press("Enter")
    expect(look.locator("#panel h2")).to_contain_text(second.locator("b").inner_text())
    look.keyboard.press("ArrowUp")
    look.keyboard.press("c")
    expect(look.locator(".hit").first).to_have_attribute("data-said", "已复制")
    copied = look.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("《58同城隐私政策》（2021年11月16日生效）第七条（五）注销账户：")
    look.keyboard.press("/")
    expect(look.locator("#words")).to_be_focused()


def test_arrows_lead_to_the_clause_before_and_behind(look: Page) -> None:
    look.fill("#words", "七（五）")
    look.locator(".hit").first.click()
    expect(look.locator("#panel h2")).to_have_text("第七条（五） 注销账户")
    look.keyboard.press("ArrowRight")
    expect(look.locator("#panel h2")).to_have_text("第七条（六） 获取个人信息副本")
    look.keyboard.press("ArrowLeft")
    expect(look.locator("#panel h2")).to_have_text("第七条（五） 注销账户")


def test_the_tree_counts_what_is_below_and_opens_it(look: Page) -> None:
    top = look.locator(".tree > ul > li > details > summary", has_text="第三条")
    expect(top.locator("small")).to_have_text("66")
    top.click()
    expect(look.locator("#panel h2")).to_have_text("第三条 我们如何收集和使用您的个人信息")
    look.locator(".tree summary", has_text="（三） 征得授权同意的例外").click()
    expect(look.locator("#panel h2")).to_have_text("第三条（三） 征得授权同意的例外")


def test_a_chapter_narrows_the_hits(look: Page) -> None:
    look.select_option("#chapter", label="第八条 我们如何处理未成年人的个人信息")
    expect(look.locator(".hit")).to_have_count(5)
    look.fill("#words", "监护人同意")
    expect(look.locator(".hit").first).to_contain_text("第八条")
    assert all(label.startswith("第八条") for label in look.locator(".hit b").all_inner_texts())


def test_nothing_found_is_said_with_the_words(look: Page) -> None:
    look.select_option("#chapter", label="第八条 我们如何处理未成年人的个人信息")
    look.fill("#words", "<b>简历投递</b>")
    expect(look.locator("#hits")).to_have_text(re.compile("没有找到“<b>简历投递</b>”|找到 "))
    assert look.locator("#hits b b, #hits > b").count() == 0


@pytest.mark.parametrize(
    ("link", "heading"),
    [
        ("/?clause=58同城隐私政策/七/（五）", "第七条（五） 注销账户"),
        ("/?clause=58同城隐私政策/七/（五）&version=2021-11-16", "第七条（五） 注销账户"),
        ("/?clause=58同城隐私政策/七/（一）/1~2", "第七条（一）APP端 1"),
    ],
)
def test_a_link_opens_its_clause(browser: Browser, address: str, link: str, heading: str) -> None:
    with open_page(browser, address + link) as page:
        expect(page.locator("#panel h2")).to_contain_text(heading)


def test_a_link_to_no_clause_says_so(browser: Browser, address: str) -> None:
    with open_page(browser, f"{address}/?clause=<img src=x onerror=alert(1)>/九十九") as page:
        expect(page.locator("#panel")).to_contain_text("没有找到这条条款，可能政策已经更新。")


def test_two_versions_stand_side_by_side_with_their_words_marked(
    browser: Browser, versions_address: str
) -> None:
    with open_page(browser, f"{versions_address}/?view=look") as page:
        page.select_option("#pair", label="青禾图书馆读者服务协议：2023年3月10日生效 → 2024年6月1日生效")
        expect(page.locator("#versions [role=status]")).to_have_text(
            "新增 1 条，删去 1 条，改动 3 条，只改了编号 2 条，未变 2 条。"
        )
        changed = page.locator("tr.changed", has_text="第二条1")
        expect(changed.locator("del")).to_have_text("5")
        expect(changed.locator("ins")).to_have_text("10")
        expect(page.locator("tr.removed")).to_contain_text("第二条3")
        expect(page.locator("tr.added")).to_contain_text("第三条 座位预约")
        expect(page.locator("tr.same").first).not_to_be_visible()
        page.get_by_label("显示未变的条款").check()
        expect(page.locator("tr.same").first).to_be_visible()


def test_an_older_version_is_searched_when_it_is_chosen(browser: Browser, versions_address: str) -> None:
    with open_page(browser, f"{versions_address}/?view=look") as page:
        page.fill("#words", "借阅5册图书")
        expect(page.locator(".hit").first).to_contain_text("10册")
        page.select_option("#policy", label="青禾图书馆读者服务协议（2023年3月10日生效）")
        expect(page.locator(".hit").first).to_contain_text("借阅5册图书")


def test_refused_questions_are_listed_by_how_often(browser: Browser, versions_address: str) -> None:
    with open_page(browser, versions_address) as page:
        for question in ("明天会下雨吗", "附近哪里有<i>加油站</i>", "附近哪里有<i>加油站</i>"):
            ask(page, question)
        page.get_by_role("button", name="待改进").click()
        asked_twice = page.locator("#complaints tr", has_text="附近哪里有<i>加油站</i>").locator("td")
        expect(asked_twice.nth(1)).to_have_text("2")
        counts = [int(text) for text in page.locator("#complaints td:nth-child(2)").all_inner_texts()]
        assert counts == sorted(counts, reverse=True)


def test_the_list_is_neither_shown_nor_served_unless_switched_on(page: Page, address: str) -> None:
    expect(page.get_by_role("button", name="待改进")).to_have_count(0)
    components = page.evaluate("window.gradio_config.components.map((part) => part.id)")
    assert components
    for component in components:
        sent = {"data": None, "component_id": component, "fn_name": "show_complaints", "session_hash": "s"}
        request = urllib.request.Request(
            f"{address}/gradio_api/component_server",
            json.dumps(sent).encode(),
            {"Content-Type": "application/json"},
        )
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(request)
