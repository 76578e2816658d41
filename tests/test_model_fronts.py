"""The command line and the page with a scripted model behind them, as they run for users."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from settings import ROOT
from tests import browser as app
from tests.scripted_model import KEY, NAME, ScriptedModel, fails, is_cut_after, says, says_then_waits, serve

QUESTION = "怎么注销账户"
TRUE = "您可以在产品里直接申请注销账户[1]。"
FALSE = "注销需要支付100元[1]。"


def run(tmp_path: Path, model: ScriptedModel, *args: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLICY_QA_")}
    settings = {
        "POLICY_QA_INDEX_DIR": str(tmp_path / "index"),
        "POLICY_QA_LLM_MODEL": NAME,
        "POLICY_QA_LLM_BASE_URL": model.base_url,
        "POLICY_QA_LLM_API_KEY": KEY,
        "POLICY_QA_LLM_CACHE": str(tmp_path / "replies.sqlite"),
    }
    return subprocess.run(
        [sys.executable, "app.py", "ask", *args],
        cwd=ROOT,
        env={**kept, "HF_HUB_OFFLINE": "1", **settings},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_ask_json_carries_what_was_checked(tmp_path: Path) -> None:
    with serve(says(TRUE + FALSE)) as model:
        outcome = run(tmp_path, model, QUESTION, "--json")
        again = run(tmp_path, model, QUESTION, "--json")
    answer = json.loads(outcome.stdout)
    assert outcome.returncode == 0
    assert (answer["mode"], answer["refused"]) == ("model", False)
    assert answer["answer"] == "您可以在产品里直接申请注销账户。 [1]"
    assert answer["checks"] == {
        "num_checked": 2,
        "num_shown": 1,
        "num_repaired": 0,
        "num_left_out": 1,
        "left_out": {"figure": 1},
        "replaced_because": "",
    }
    (citation,) = answer["citations"]
    assert (citation["n"], citation["label"]) == (1, "第七条（五）")
    assert json.loads(again.stdout)["answer"] == answer["answer"]
    assert len(model.asked) == 1  # the second run read the cache
    assert KEY not in outcome.stdout + outcome.stderr


def test_ask_says_why_the_policy_is_quoted(tmp_path: Path) -> None:
    with serve(fails(401)) as model:
        outcome = run(tmp_path, model, QUESTION)
    assert outcome.returncode == 0
    assert outcome.stdout.startswith("模型服务不接受密钥（401）")
    assert "您可以在我们的产品或服务中直接申请注销账户。 [1]" in outcome.stdout
    assert KEY not in outcome.stdout + outcome.stderr


def test_ask_takes_back_what_it_printed(tmp_path: Path) -> None:
    with serve(is_cut_after(f"{TRUE}账号")) as model:
        outcome = run(tmp_path, model, QUESTION)
    first, second, third, note = outcome.stdout.split("\n")[:4]
    assert (first, second, third) == ("您可以在产品里直接申请注销账户。 [1]", "（以上内容作废。）", "")
    assert note == "与模型服务的连接中途断开，以下是条款原文："


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with serve(says(TRUE)) as scripted:
        yield scripted


@pytest.fixture
def page(browser: Browser, tmp_path: Path, model: ScriptedModel) -> Iterator[Page]:
    settings = {"llm_model": NAME, "llm_base_url": model.base_url, "llm_api_key": KEY, "llm_cache": ""}
    with app.serve(tmp_path, **settings) as address, app.open_page(browser, address) as opened:
        yield opened


@pytest.mark.browser
def test_the_page_shows_checked_sentences_as_they_come(page: Page, model: ScriptedModel) -> None:
    assert model.asked == []  # the start asks nothing
    model.script[:] = [
        says_then_waits(f"{TRUE}{FALSE}账号", "注销后，除法律法规另有规定外，您的个人信息会被删除[1]。"),
        fails(500),
    ]
    page.fill("#box textarea", QUESTION)
    page.press("#box textarea", "Enter")
    answer = page.locator(".bubble.bot").last
    expect(answer.locator("p").first).to_have_text("您可以在产品里直接申请注销账户。 1 · 第七条（五）")
    expect(answer.locator("blockquote")).to_have_count(0)
    model.released.set()
    expect(answer.locator(".chip")).to_have_count(2)
    expect(answer).not_to_contain_text("100元")
    answer.locator(".chip").first.click()
    expect(page.locator("#panel mark")).to_have_text("您可以在我们的产品或服务中直接申请注销账户。")
    app.ask(page, "您的浏览记录保存多久")
    expect(page.locator(".bubble.bot").last.locator("p.lead").first).to_have_text(
        "模型服务出错（500），以下是条款原文："
    )
