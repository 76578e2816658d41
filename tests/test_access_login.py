"""The login page, its cookie, and how often a wrong password may be given, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from tests.access_server import NAMES, PASSWORD, ServedAccess, log_in, serve_access
from web.access import Users
from web.access.gate import DESK
from web.access.login import COOKIE, MAX_WRONG


class Elements(HTMLParser):
    """The elements of a page, with their attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


def test_the_page_is_a_labelled_form_without_script_or_anything_from_outside(
    served_access: ServedAccess,
) -> None:
    with served_access.client() as client:
        reply = client.get("/login", params={"next": "/desk?view=look&a=b"})
    assert reply.headers["cache-control"] == "no-store"
    page = Elements(reply.text)
    assert page.of("html") == [{"lang": "zh-CN"}]
    assert not page.of("script") + page.of("link") + page.of("img")
    assert "url(" not in reply.text
    assert "//" not in reply.text.replace("<!doctype html>", "")
    hidden, name, password = page.of("input")
    assert hidden["value"] == "/desk?view=look&a=b"
    assert {label["for"] for label in page.of("label")} == {name["id"], password["id"]}
    assert ("autofocus" in name, "autofocus" in password) == (True, False)
    assert (name["autocomplete"], password["autocomplete"]) == ("username", "current-password")
    assert (page.of("form")[0]["method"], page.of("form")[0]["action"]) == ("post", "/login")
    assert "width=device-width" in reply.text
    assert "prefers-color-scheme: dark" in reply.text


def test_a_wrong_password_is_an_alert_and_leaves_the_name_filled_in(served_access: ServedAccess) -> None:
    with served_access.client() as client:
        reply = log_in(client, password="a wrong password", next="/desk?q=1")
        assert reply.status_code == 401
        page = Elements(reply.text)
        assert {"role": "alert"} in page.of("p")
        hidden, name, password = page.of("input")
        assert (hidden["value"], name["value"]) == ("/desk?q=1", NAMES[0])
        assert ("autofocus" in name, "autofocus" in password) == (False, True)
        assert "a wrong password" not in reply.text
        assert "set-cookie" not in reply.headers
        nobody = log_in(client, "nobody")
        assert (nobody.status_code, nobody.text) == (
            401,
            reply.text.replace(NAMES[0], "nobody").replace("/desk?q=1", ""),
        )


def test_what_was_typed_is_never_markup(served_access: ServedAccess) -> None:
    with served_access.client() as client:
        reply = log_in(client, '"><script>$name', "x", next='/"><script>')
    assert not Elements(reply.text).of("script")
    assert Elements(reply.text).of("input")[1]["value"] == '"><script>$name'


def test_the_right_password_gives_a_cookie_for_this_browser_only(served_access: ServedAccess) -> None:
    with served_access.client() as client, served_access.client() as other:
        reply = log_in(client)
        assert (reply.status_code, reply.headers["location"]) == (303, DESK)
        cookie, *flags = reply.headers["set-cookie"].split("; ")
        assert cookie.startswith(f"{COOKIE}=")
        assert sorted(flags) == ["HttpOnly", "Max-Age=60", "Path=/", "SameSite=lax"]
        assert client.get("/desk/config").json() == NAMES[0]
        assert other.get("/desk/config").status_code == 401
        out = client.post("/logout")
        assert (out.status_code, out.headers["location"]) == (303, "/")
        assert client.get("/desk/config").status_code == 401


def test_the_cookie_is_secure_behind_https_and_where_the_setting_says_so(tmp_path: Path) -> None:
    Users(tmp_path / "users.json").add("b", PASSWORD)
    with serve_access(tmp_path) as served, served.client() as client:
        assert "Secure" not in log_in(client, "b").headers["set-cookie"]
        client.headers["x-forwarded-proto"] = "https"
        assert "Secure" in log_in(client, "b").headers["set-cookie"]
    with serve_access(tmp_path, is_secure=True) as served, served.client() as client:
        assert "Secure" in log_in(client, "b").headers["set-cookie"]


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/desk?view=look", "/desk?view=look"),
        ("/desk?clause=政策/七", "/desk?clause=%E6%94%BF%E7%AD%96/%E4%B8%83"),
        *[
            (odd, DESK)
            for odd in (
                "",
                "desk",
                "//evil.example",
                "///evil.example",
                "/\\evil.example",
                "\\/evil.example",
                "/\t/evil.example",
                "/ /evil.example",
                " //evil.example",
                "/\r\nSet-Cookie: a=b",
                "/a\\..\\..//evil.example",
                "https://evil.example/desk",
                "https:evil.example",
                "javascript:alert(1)",
                "/" + "a" * 500,
            )
        ],
    ],
)
def test_a_login_leads_to_a_path_of_this_server(led: httpx2.Client, wanted: str, led_to: str) -> None:
    reply = log_in(led, "b", next=wanted)
    assert (reply.status_code, reply.headers["location"]) == (303, led_to)
    shown = Elements(led.get("/login", params={"next": wanted}).text).of("input")[0]["value"]
    assert shown == (wanted if led_to != DESK else "")


@pytest.fixture(scope="module")
def led(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    var = tmp_path_factory.mktemp("led")
    Users(var / "users.json").add("b", PASSWORD)
    with serve_access(var) as served, served.client() as client:
        yield client


@pytest.mark.parametrize("origin", ["", "null", "https://evil.example", "http://[", "http://127.0.0.1", "//"])
def test_a_form_that_no_page_of_this_server_sent_is_refused(led: httpx2.Client, origin: str) -> None:
    assert log_in(led, "b").status_code == 303
    for path in ("/login", "/logout"):
        reply = led.post(path, data={"name": "b", "password": PASSWORD}, headers={"origin": origin})
        assert reply.status_code == 403
        assert "set-cookie" not in reply.headers
        assert "请求不是从本页发出的" in reply.text
    assert led.get("/desk/config").json() == "b"  # nobody else can log this browser out


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"&".join(b"a=%d" % n for n in range(50)), b"name=%FF%00&password=%00", b"{}"],
    ids=["empty", "no_text", "many_fields", "control_characters", "json"],
)
def test_a_form_that_is_none_is_a_wrong_login(served_access: ServedAccess, body: bytes) -> None:
    with served_access.client() as client:
        assert client.post("/login", content=body).status_code == 401


def test_wrong_passwords_are_counted_by_name_from_wherever_they_come(served_access: ServedAccess) -> None:
    with served_access.client() as client:
        for number in range(MAX_WRONG):
            client.headers["x-forwarded-for"] = f"192.0.2.{number}"  # a proxy on this machine is believed
            assert log_in(client, password="a wrong password").status_code == 401
        client.headers["x-forwarded-for"] = "198.51.100.1"
        reply = log_in(client)
        assert reply.status_code == 429
        assert "请 15 分钟后再试" in reply.text
        assert 0 < int(reply.headers["retry-after"]) <= 15 * 60
        assert log_in(client, NAMES[1]).status_code == 303


def test_wrong_passwords_are_counted_by_address_whatever_the_name(served_access: ServedAccess) -> None:
    with served_access.client(**{"x-forwarded-for": "192.0.2.1"}) as client:
        for number in range(MAX_WRONG - 1):
            assert log_in(client, f"nobody {number}").status_code == 401
        assert log_in(client).status_code == 303  # a right one does not wipe out the wrong ones
        assert log_in(client, "nobody").status_code == 401
        assert log_in(client).status_code == 429
        client.headers["x-forwarded-for"] = "192.0.2.2"
        assert log_in(client).status_code == 303


def test_guesses_sent_side_by_side_are_counted_one_by_one(served_access: ServedAccess) -> None:
    def guess(number: int) -> int:
        with served_access.client() as client:
            return log_in(client, password=f"a wrong password {number}").status_code

    with ThreadPoolExecutor(20) as threads:
        statuses = list(threads.map(guess, range(20)))
    assert statuses.count(401) == MAX_WRONG
    assert statuses.count(429) == 20 - MAX_WRONG


def test_colleagues_who_log_in_at_once_are_all_let_in(served_access: ServedAccess) -> None:
    def enter(number: int) -> int:
        with served_access.client() as client:
            return log_in(client, NAMES[number % 2]).status_code

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(enter, range(8))) == [303] * 8
