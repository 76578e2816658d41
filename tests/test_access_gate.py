"""The gate before desk and API: sessions, keys and limits, over real HTTP."""

from __future__ import annotations

import time
from pathlib import Path

from tests.access_server import NAMES, PASSWORD, ServedAccess, log_in, serve_access
from web.access import Sessions
from web.access.login import COOKIE


def test_a_session_ends_with_its_user_its_password_and_its_time(served_access: ServedAccess) -> None:
    with served_access.client() as client, served_access.client() as other:
        log_in(client)
        log_in(other, NAMES[1])
        served_access.users.add(NAMES[0], PASSWORD + "新")
        assert client.get("/desk/config").status_code == 401
        assert log_in(client, password=PASSWORD + "新").status_code == 303
        assert client.get("/desk/config").json() == NAMES[0]
        served_access.users.remove(NAMES[0])
        assert client.get("/desk/config").status_code == 401
        assert other.get("/desk/config").json() == NAMES[1]
    short = Sessions("s" * 32, served_access.users, max_age_s=1)
    cookie = short.issue(NAMES[1])
    assert short.read(cookie) == NAMES[1]
    time.sleep(2.1)  # cookies know whole seconds
    assert short.read(cookie) is None


def test_a_cookie_that_was_made_up_opens_nothing(served_access: ServedAccess) -> None:
    forged = Sessions("t" * 32, served_access.users, max_age_s=60).issue(NAMES[0])
    for cookie in (forged, "x", "a.b.c", f"{forged}x", "%00"):
        with served_access.client(cookie=f"{COOKIE}={cookie}") as client:
            assert client.get("/desk/config").status_code == 401


def test_a_damaged_file_of_users_lets_nobody_in_and_ends_all_sessions(served_access: ServedAccess) -> None:
    with served_access.client() as client:
        log_in(client)
        (served_access.var / "users.json").write_text("{")
        assert client.get("/desk/config").status_code == 401
        reply = log_in(client)
        assert reply.status_code == 503
        assert "请联系管理员" in reply.text
        assert str(served_access.var) not in reply.text
        assert client.get("/").status_code == 200


def test_the_gate_stands_before_the_path_that_is_served_whatever_the_host(
    served_access: ServedAccess,
) -> None:
    served_access.keys.add("bot")
    for host in ("x/?", "x/", "x?", "x#", "["):
        with served_access.client(host=host) as client:
            for path in ("/desk/config", "/desk%2fconfig", "/api/v1/policies"):
                assert client.get(path).status_code == 401


def test_the_api_is_open_until_there_is_a_key_and_closed_when_the_keys_are_damaged(
    served_access: ServedAccess,
) -> None:
    with served_access.client() as client:
        assert client.get("/api/v1/policies").json() == "127.0.0.1"
        key = served_access.keys.add("bot")
        for odd in ("", key, f"Basic {key}", "Bearer", "Bearer x", f"Bearer {key[:-1]}"):
            reply = client.get("/api/v1/policies", headers={"authorization": odd})
            assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
        own = {"authorization": f"bearer {key}"}
        assert client.get("/api/v1/policies", headers=own).json() == "key bot"
        (served_access.var / "keys.json").write_text("{")
        assert client.get("/api/v1/policies", headers=own).status_code == 401


def test_clients_are_limited_each_for_itself(tmp_path: Path) -> None:
    with serve_access(tmp_path, per_minute=3) as served, served.client() as client:
        for address in ("192.0.2.1", "192.0.2.2"):
            client.headers["x-forwarded-for"] = address
            statuses = [client.get("/api/v1/policies").status_code for _ in range(4)]
            assert statuses == [200, 200, 200, 429]
        reply = client.get("/api/v1/policies")
        assert 1 <= int(reply.headers["retry-after"]) <= 60
        assert client.get("/").status_code == 200
