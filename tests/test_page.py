"""The web page in a real browser: asking, citing, highlighting, refusing, and what must never happen."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import PID_FILE, answers, ask, open_page

pytestmark = pytest.mark.browser


def test_the_page_says_which_policy_answers_and_since_when(page: Page) -> None:
    expect(page.locator("#top .version")).to_have_text("《58同城隐私政策》 · 2021年11月16日生效")
    expect(page.locator(".bubble.bot").first).to_contain_text(
        "我只依据《58同城隐私政策》（2021年11月16日生效）回答"
    )


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


def test_an_answer_offers_follow_ups_that_are_answered(page: Page) -> None:
    ask(page, "怎么注销账户")
    follow_up = page.locator(".bubble.bot").last.locator("[data-ask]").first
    expect(follow_up).to_have_text("第七条（六）“获取个人信息副本”是怎么规定的？")
    follow_up.click()
    expect(page.locator(".bubble.bot").last.locator(".chip").first).to_have_text("1 · 第七条（六）")


def test_a_reference_in_a_clause_opens_what_it_refers_to(browser: Browser, address: str) -> None:
    with open_page(browser, f"{address}/?clause=58同城隐私政策/七/（六）") as page:
        page.locator("#panel a.ref").click()
        expect(page.locator("#panel h2")).to_have_text("第七条（一） 个人信息的查询、更正")


def test_the_clause_above_is_opened_from_the_breadcrumb(page: Page) -> None:
    ask(page, "怎么注销账户")
    page.locator(".chip").first.click()
    page.locator("#panel .crumb a").click()
    expect(page.locator("#panel h2")).to_have_text("第七条 您管理个人信息的权利")


def test_a_clause_is_copied_with_its_policy_and_date(page: Page) -> None:
    ask(page, "怎么注销账户")
    page.locator(".chip").first.click()
    page.locator("#panel .copy").click()
    expect(page.locator("#panel .copy")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(
        "《58同城隐私政策》（2021年11月16日生效）第七条（五）注销账户：您可以在我们的产品"
    )


def test_a_refusal_shows_how_to_reach_people(page: Page) -> None:
    ask(page, "明天会下雨吗")
    expect(page.locator(".refuse .pill").last).to_have_text(
        re.compile(r"人工帮助：第十条 如何联系我们（.*wuxianservice@58\.com.*）")
    )


def test_the_conversation_survives_a_reload_in_this_browser_only(
    page: Page, browser: Browser, address: str
) -> None:
    ask(page, "怎么注销账户")
    ask(page, "明天会下雨吗")
    said = page.locator("#conversation").inner_text()
    page.reload()
    expect(page.locator(".bubble.me")).to_have_count(2)
    assert page.locator("#conversation").inner_text() == said
    with open_page(browser, address) as other:
        expect(other.locator(".greeting")).to_be_visible()
        expect(other.locator(".bubble.me")).to_have_count(0)


def test_a_new_conversation_forgets_the_old_one(page: Page) -> None:
    ask(page, "怎么注销账户")
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".bubble.me")).to_have_count(0)
    expect(page.locator("#notice p")).to_have_text("已开始新对话。")
    page.reload()
    expect(page.locator(".greeting")).to_be_visible()
    expect(page.locator(".bubble.me")).to_have_count(0)


def test_the_conversation_is_exported_with_citations_that_open(page: Page, address: str) -> None:
    ask(page, "怎么注销账户")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出对话").click()
    assert download.value.suggested_filename == "政策问答对话.md"
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "## 问：怎么注销账户" in text
    link = re.search(
        r"\[1\] \[《58同城隐私政策》（2021年11月16日生效）第七条（五） 注销账户\]\((\S+)\)", text
    )
    assert link
    page.goto(link[1])
    expect(page.locator("#panel h2")).to_have_text("第七条（五） 注销账户")


def test_an_empty_conversation_is_not_exported(page: Page) -> None:
    page.get_by_role("button", name="导出对话").click()
    expect(page.locator("#notice p")).to_have_text("还没有可以导出的对话。")


def test_a_vote_against_an_answer_is_kept_with_its_reason(page: Page, var_dir: Path) -> None:
    ask(page, "怎么注销账户，我要投票")
    page.get_by_role("button", name="没帮助").click()
    page.get_by_role("button", name="引用有误").click()
    expect(page.locator(".said")).to_have_text("谢谢，已记下这一问一答：引用有误")
    with sqlite3.connect(var_dir / "feedback.sqlite") as kept:
        rows = kept.execute(
            "SELECT is_helpful, reason FROM votes WHERE question = ?", ("怎么注销账户，我要投票",)
        ).fetchall()
    kept.close()
    assert rows == [(0, "引用有误")]


def test_a_locked_feedback_file_costs_a_message_and_not_the_chat(page: Page, var_dir: Path) -> None:
    ask(page, "怎么注销账户")
    lock = sqlite3.connect(var_dir / "feedback.sqlite", isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        page.get_by_role("button", name="有帮助").click()
        expect(page.locator("#notice p")).to_have_text(re.compile("您的评价这次没能记下"))
        ask(page, "个人信息保存在哪里")
        expect(page.locator(".bubble.bot").last.locator(".chip").first).to_be_visible()
    finally:
        lock.close()
    page.get_by_role("button", name="有帮助").first.click()
    expect(page.locator(".said").first).to_have_text("谢谢，已记下这一问一答")


def test_a_question_in_the_link_is_asked_once(browser: Browser, address: str) -> None:
    with open_page(browser, f"{address}/?q=怎么注销账户") as page:
        expect(page.locator(".bubble.me")).to_have_text("怎么注销账户")
        expect(page.locator("#desk.asking")).to_have_count(0)
        page.reload()
        expect(page.locator(".bubble.me")).to_have_count(1)


def test_a_question_too_long_is_told_while_typing_and_stays(page: Page) -> None:
    page.fill("#box textarea", "注" * 2003)
    expect(page.locator("#count")).to_have_text("超出 3 字，请删到 2000 字以内")
    page.press("#box textarea", "Enter")
    expect(page.locator("#notice p")).to_have_text("问题有 2003 个字，太长了，请缩短到 2000 字以内。")
    expect(page.locator("#box textarea")).to_have_value("注" * 2003)
    expect(page.locator(".bubble.me")).to_have_count(0)
    page.fill("#box textarea", "注销")
    expect(page.locator("#count")).to_have_text("2 / 2000 字")


def test_a_second_question_while_the_first_is_answered_waits_in_the_box(page: Page) -> None:
    held: list[Route] = []
    page.route("**/queue/join*", lambda route: held.append(route))  # noqa: PLW0108  # Playwright marks it
    page.fill("#box textarea", "怎么注销账户")
    with page.expect_request("**/queue/join*"):
        page.press("#box textarea", "Enter")
    page.fill("#box textarea", "个人信息保存在哪里")
    page.press("#box textarea", "Enter")
    page.locator("#box .submit-button").dblclick()
    expect(page.locator("#notice p")).to_have_text("上一个问题还在回答，请稍等。您写的内容还在。")
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator(".bubble.me")).to_have_text("怎么注销账户")
    expect(page.locator("#desk.asking")).to_have_count(0)
    expect(page.locator("#box textarea")).to_have_value("个人信息保存在哪里")


def test_a_lost_connection_is_told_and_the_question_stays(page: Page) -> None:
    page.route("**/queue/join*", lambda route: route.abort())
    page.fill("#box textarea", "怎么注销账户")
    page.press("#box textarea", "Enter")
    expect(page.locator("#notice p")).to_have_text("连接断了，请检查网络后再问一次。您写的内容还在。")
    page.unroute("**/queue/join*")
    expect(page.locator("#notice p")).to_have_text(
        "您没问完的内容还在。", timeout=20_000
    )  # Gradio reloads it
    expect(page.locator("#box textarea")).to_have_value("怎么注销账户")
    page.press("#box textarea", "Enter")
    expect(page.locator(".chip").first).to_be_visible()


def test_templates_in_a_question_are_shown_as_text(page: Page) -> None:
    ask(page, "{{value}} ${1+1} {{#each x}} 怎么注销")
    expect(page.locator(".bubble.me")).to_have_text("{{value}} ${1+1} {{#each x}} 怎么注销")


def test_enter_that_picks_a_word_while_typing_chinese_does_not_ask(page: Page) -> None:
    page.fill("#box textarea", "怎么zhuxiao")
    page.locator("#box textarea").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    page.press("#box textarea", "End")
    expect(page.locator(".bubble.me")).to_have_count(0)
    expect(page.locator("#box textarea")).to_have_value("怎么zhuxiao")
    page.press("#box textarea", "Enter")
    expect(page.locator(".bubble.me")).to_have_text("怎么zhuxiao")


def test_the_page_hardly_jumps_while_an_answer_comes(browser: Browser, address: str) -> None:
    with open_page(browser, f"{address}/?q=怎么注销账户") as page:
        expect(page.locator(".chip").first).to_be_visible()
        expect(page.locator("#desk.asking")).to_have_count(0)
        shifts = page.evaluate(
            """() => new Promise((tell) => new PerformanceObserver((list) => tell(list.getEntries().map(
                (entry) => [entry.value, entry.sources.map((moved) => moved.node?.className ?? "").join(" ")]
            ))).observe({ type: "layout-shift", buffered: true }))"""
        )
    assert sum(value for value, _ in shifts) < 0.1  # "good" by Chromium's own measure
    assert not [moved for _, moved in shifts if "bubble" in moved]


def test_a_screen_reader_is_told_the_whole_answer_once(page: Page) -> None:
    ask(page, "怎么注销账户")
    spoken = page.locator("#spoken")
    expect(spoken).to_contain_text("根据《58同城隐私政策》第七条（五）“注销账户”：")
    expect(spoken).to_contain_text("您可以在我们的产品或服务中直接申请注销账户。 1 · 第七条（五）")
    expect(spoken).not_to_contain_text("有帮助")


def test_a_browser_that_hangs_up_does_not_end_the_server(address: str, var_dir: Path) -> None:
    os.kill(int((var_dir / PID_FILE).read_text()), signal.SIGPIPE)  # what the system sends then
    assert answers(address)
