"""Who may see what: users, sessions, API keys, the login page, and how often a client may ask."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from errors import AccessError
from settings import ROOT
from tests.browser import ask, serve
from web.access import Keys, Limiter, Sessions, Users, read_secret
from web.access.login import COOKIE, MAX_WRONG

NAME, PASSWORD = "小王", "correct horse 电池"


def command(folder: Path, *args: str, said: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POLICY_QA_")}
    environment["POLICY_QA_USERS_FILE"] = str(folder / "users.json")
    environment["POLICY_QA_API_KEYS_FILE"] = str(folder / "api_keys.json")
    run = [sys.executable, "-m", "web.access", *args]
    return subprocess.run(
        run, cwd=ROOT, env=environment, input=said, capture_output=True, text=True, check=False
    )


def test_a_user_is_let_in_with_the_right_password_only(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    assert not users.exist()
    users.add(NAME, PASSWORD)
    assert users.exist()
    assert users.check(NAME, PASSWORD)
    assert not users.check(NAME, PASSWORD + "x")
    assert not users.check("nobody", PASSWORD)
    kept = (tmp_path / "users.json").read_text(encoding="utf-8")
    assert "$argon2id$" in kept
    assert PASSWORD not in kept
    assert (tmp_path / "users.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "password"), [("", PASSWORD), ("a/b", PASSWORD), ("a" * 41, PASSWORD), ("a", "short")]
)
def test_a_bad_name_or_password_is_refused(tmp_path: Path, name: str, password: str) -> None:
    with pytest.raises(AccessError) as caught:
        Users(tmp_path / "users.json").add(name, password)
    assert caught.value.user_message.endswith("。")


def test_a_damaged_file_lets_nobody_in_and_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    path.write_text('{"a": "x"}', encoding="utf-8")
    users = Users(path)
    assert users.exist()
    with pytest.raises(AccessError, match=re.escape(str(path))):
        users.check("a", PASSWORD)
    keys = Keys(path)
    assert keys.exist()


def test_a_session_ends_with_the_password_and_the_user(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    users.add(NAME, PASSWORD)
    sessions = Sessions("s" * 32, users, max_age_s=60)
    cookie = sessions.issue(NAME)
    assert sessions.read(cookie) == NAME
    assert sessions.read(cookie[:-1] + ("A" if cookie[-1] != "A" else "B")) is None
    assert Sessions("t" * 32, users, max_age_s=60).read(cookie) is None
    users.add(NAME, PASSWORD + "2")
    assert sessions.read(cookie) is None
    again = sessions.issue(NAME)
    users.remove(NAME)
    assert sessions.read(again) is None


def test_processes_agree_on_one_secret(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        secrets = pool.map(read_secret, [tmp_path / "secret"] * 8)
    assert len(set(secrets)) == 1


def test_a_key_is_known_by_its_hash_only(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys.json")
    key = keys.add("客服台")
    assert (keys.owner(key), keys.owner(key + "x")) == ("客服台", None)
    assert key not in (tmp_path / "keys.json").read_text(encoding="utf-8")
    keys.remove("客服台")
    assert keys.owner(key) is None


def test_a_client_may_ask_so_often_and_others_still_may() -> None:
    limiter = Limiter(3, max_clients=10)
    assert [limiter.take("a") for _ in range(3)] == [None] * 3
    assert 0 < (limiter.take("a") or 0) <= 60
    assert limiter.take("b") is None
    for number in range(100):
        limiter.take(f"client {number}")
    assert len(limiter) <= 10


def test_the_commands_add_list_and_remove(tmp_path: Path) -> None:
    added = command(tmp_path, "add-user", NAME, said=PASSWORD + "\n")
    assert (added.returncode, added.stdout) == (
        0,
        f"已添加用户：{NAME}。现在查条款要登录了；正在运行的服务请重启。\n",
    )
    assert command(tmp_path, "users").stdout == f"{NAME}\n"
    key = command(tmp_path, "add-key", "bot").stdout.split("\n")[0]
    assert Keys(tmp_path / "api_keys.json").owner(key) == "bot"
    assert command(tmp_path, "remove-user", NAME).returncode == 0
    missing = command(tmp_path, "remove-user", NAME)
    assert (missing.returncode, missing.stderr) == (2, f"没有名为“{NAME}”的用户，请检查名称。\n")
    weak = command(tmp_path, "add-user", NAME, said="short\n")
    assert (weak.returncode, weak.stdout) == (2, "")


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


def test_a_cookie_is_secure_behind_https(client: httpx2.Client) -> None:
    reply = client.post(
        "/login", data={"name": NAME, "password": PASSWORD}, headers={"x-forwarded-proto": "https"}
    )
    assert "Secure" in reply.headers["set-cookie"]


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil", "https://evil.example", "desk", "/a b"])
def test_a_login_leads_nowhere_else(client: httpx2.Client, wanted: str) -> None:
    assert log_in(client, next=wanted).headers["location"] == "/desk"


def test_a_form_of_another_site_is_refused(client: httpx2.Client) -> None:
    sent = {"name": NAME, "password": PASSWORD}
    reply = client.post("/login", data=sent, headers={"origin": "https://evil.example"})
    assert reply.status_code == 403
    assert "set-cookie" not in reply.headers


def test_what_is_typed_comes_back_as_text(client: httpx2.Client) -> None:
    reply = client.post("/login", data={"name": '"><script>', "password": "x", "next": '/"><b>'})
    assert reply.status_code == 401
    assert "<script>" not in reply.text
    assert 'role="alert"' in reply.text


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
