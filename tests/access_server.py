"""A real server with users and API keys, and something behind each, for tests of who may see what."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import httpx2
import uvicorn
from fastapi import FastAPI, Request

from settings import Settings
from web.access import Keys, Limiter, Sessions, Users
from web.access.gate import DESK, AccessGate, client_name
from web.access.login import Door, create_login

PASSWORD = "correct horse 电池"
NAMES = ("小王", "b")


@dataclass(frozen=True, slots=True)
class ServedAccess:
    """A server with users, keys and something behind both."""

    address: str
    var: Path
    users: Users
    keys: Keys

    def client(self, **headers: str) -> httpx2.Client:
        """A browser of its own, which sends Origin with every form."""
        own = {"origin": self.address, **headers}
        return httpx2.Client(base_url=self.address, headers=own, trust_env=False)


@contextmanager
def serve_access(var: Path, *, is_secure: bool = False, per_minute: int = 1000) -> Iterator[ServedAccess]:
    """Run login and gate on a free port of loopback, with the users and keys of a folder."""
    users, keys = Users(var / "users.json"), Keys(var / "keys.json")
    door = Door(users, Sessions("s" * 32, users, max_age_s=60), is_secure, DESK)
    app = FastAPI()

    @app.get("/desk/config")
    def desk(request: Request) -> str | None:
        return door.user_of(request)

    @app.get("/api/v1/policies")
    def policies(request: Request) -> str:
        return client_name(request)

    @app.get("/")
    def chat() -> str:
        return "open"

    app.include_router(create_login(door))
    app.add_middleware(AccessGate, door=door, keys=keys, limiter=Limiter(per_minute))
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, forwarded_allow_ips=Settings().trusted_proxies)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield ServedAccess(f"http://127.0.0.1:{listening.getsockname()[1]}", var, users, keys)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def log_in(
    client: httpx2.Client, name: str = NAMES[0], password: str = PASSWORD, **sent: str
) -> httpx2.Response:
    return client.post("/login", data={"name": name, "password": password, **sent})
