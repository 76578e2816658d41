"""Who may see what of the whole program: the page, the desk, the API and the tools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.browser import ask, serve
from web.access import Keys, Users
from web.access.login import COOKIE, MAX_WRONG

NAME, PASSWORD = "小王", "correct horse 电池"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Users]]:
    """A server with one user and one API key: its address, the key, the users."""
    var = tmp_path_factory.mktemp("guarded")
    users = Users(var / "users.json")
    users.add(NAME, PASSWORD)
    key = Keys(var / "api_keys.json").add("bot")
    with serve(var, requests_per_minute="30") as address:
        yield address, key, users


@pytest.fixture
def client(guarded: tuple[str, str, Users]) -> Iterator[httpx2.Client]:
    own = {"origin": guarded[0]}  # as browsers send with every form
    with httpx2.Client(base_url=guarded[0], trust_env=False, headers=own) as opened:
        yield opened


def parts_of(config: httpx2.Response) -> set[str]:
    """The names of the parts that a page has."""
    return {part["props"].get("elem_id") for part in config.json()["components"]}


def log_in(client: httpx2.Client, password: str = PASSWORD, **sent: str) -> httpx2.Response:
    return client.post("/login", data={"name": NAME, "password": password, **sent})


def test_the_desk_wants_a_login_and_the_chat_does_not(client: httpx2.Client) -> None:
    assert client.get("/").status_code == 200
    assert "look" not in parts_of(client.get("/config"))
    reply = client.get("/desk?view=look")
    assert (reply.status_code, reply.headers["location"]) == (303, "/login?next=/desk%3Fview%3Dlook")
    for path in ("/desk/config", "/desk/gradio_api/queue/data"):
        assert client.get(path).status_code == 401
    assert client.post("/desk/gradio_api/component_server").status_code == 401
    reply = log_in(client, next="/desk?view=look")
    assert (reply.status_code, reply.headers["location"]) == (303, "/desk?view=look")
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert {"look", "complaints"} <= parts_of(client.get("/desk/config"))
    assert client.post("/logout").headers["location"] == "/"
    assert client.get("/desk/config").status_code == 401


def test_the_api_and_the_tools_want_a_key(client: httpx2.Client, guarded: tuple[str, str, Users]) -> None:
    for path in ("/api/v1/policies", "/mcp"):
        reply = client.get(path)
        assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert client.get("/api/v1/policies", headers={"authorization": "Bearer x"}).status_code == 401
    own = {"authorization": f"Bearer {guarded[1]}"}
    assert client.get("/api/v1/policies", headers=own).status_code == 200
    statuses = [client.get("/api/v1/policies", headers=own).status_code for _ in range(40)]
    assert statuses[-1] == 429
    assert client.get("/healthz").status_code == 200
    reply = client.get("/api/v1/policies", headers=own)
    assert 1 <= int(reply.headers["retry-after"]) <= 60
    assert "请求太多" in reply.json()["detail"]


def test_wrong_passwords_are_counted(client: httpx2.Client) -> None:
    statuses = [log_in(client, "wrong password").status_code for _ in range(MAX_WRONG + 1)]
    assert statuses[-1] == 429
    assert "分钟后再试" in log_in(client).text


@pytest.mark.browser
def test_an_agent_logs_in_with_a_browser(browser: Browser, tmp_path: Path) -> None:
    Users(tmp_path / "users.json").add(NAME, PASSWORD)
    with serve(tmp_path) as address:
        page = browser.new_context(locale="zh-CN").new_page()
        page.goto(f"{address}/desk?view=look")
        expect(page.get_by_role("heading", name="登录")).to_be_visible()
        page.get_by_label("用户名").fill(NAME)
        page.get_by_label("密码").fill("wrong password")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("alert")).to_have_text("用户名或密码不对，请再试一次。")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_selector("#desk[data-view=look][data-ready]")
        page.fill("#words", "七（五）")
        expect(page.locator(".hit").first).to_contain_text("第七条（五） 注销账户")
        page.get_by_role("button", name="问政策").click()
        ask(page, "怎么注销账户")
        expect(page.locator(".bubble.bot").last.locator(".chip").first).to_be_visible()
        page.get_by_role("button", name="待改进").click()
        expect(page.locator("#complaints")).to_be_visible()
        page.get_by_role("button", name="退出登录").click()
        page.get_by_role("link", name="客服登录").click()
        expect(page.get_by_role("heading", name="登录")).to_be_visible()
        page.context.close()
