"""What the documents for those who run the service say of settings, files, figures and messages is so."""

from __future__ import annotations

import re
from pathlib import Path

import anyio
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message
from structlog.testing import capture_logs

from answer.assistant import Assistant
from settings import ROOT, Settings
from terminal import EXIT_BAD_INPUT
from web.api.guard import MAX_PAGE_BYTES
from web.api.observe import Observed, ask_observed, registry

DEPLOYED = ROOT / "docs" / "operations"
GUIDE = ROOT / "docs" / "operations.md"
DOCUMENTS = [GUIDE, *sorted(DEPLOYED.iterdir())]
SETTINGS = {f"POLICY_QA_{name.upper()}" for name in Settings.model_fields}
DEFAULTS = Settings.model_construct()


def text_of(name: str) -> str:
    return (DEPLOYED / name).read_text(encoding="utf-8")


def column_of(header: str) -> list[str]:
    """The first cells of the guide's table with this header."""
    rows = GUIDE.read_text(encoding="utf-8").split(header, 1)[1].split("\n\n", 1)[0]
    return [row.split("|")[1].strip() for row in rows.split("\n")[2:]]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_setting_that_is_named_is_one(path: Path) -> None:
    named = set(re.findall(r"POLICY_QA_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))
    assert named <= SETTINGS


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_has_every_setting_and_leads_to_the_operations(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert {name for name in SETTINGS if f"`{name}`" not in text} == set()
    assert "(docs/operations.md)" in text


def test_the_files_that_are_linked_exist() -> None:
    linked = re.findall(r"\]\(([\w./-]+)", GUIDE.read_text(encoding="utf-8"))
    assert {name for name in linked if not (ROOT / "docs" / name).exists()} == set()
    assert {path.name for path in DEPLOYED.iterdir()} <= {Path(name).name for name in linked}


def test_the_targets_that_are_named_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(VENV)", ".venv")
    targets = set(re.findall(r"^([\w./]+):", makefile, re.MULTILINE))
    named = {
        target
        for path in DOCUMENTS
        for target in re.findall(r"\bmake (\.venv/[\w./]*\w)", path.read_text(encoding="utf-8"))
    }
    assert {".venv/.runs", ".venv/bin/python"} <= named <= targets


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_commands_that_are_named_exist(path: Path) -> None:
    named = re.findall(r"python (app\.py\b|-m [\w.]+)", path.read_text(encoding="utf-8"))
    own = {name for name in named if name not in ("-m pip", "-m venv")}
    assert own <= {"app.py", "-m ingest", "-m web.access"}
    assert (ROOT / "app.py").exists()
    assert all((ROOT / folder / "__main__.py").exists() for folder in ("ingest", "web/access"))


def test_the_container_copies_what_there_is_and_leaves_secrets_out() -> None:
    container = text_of("Containerfile")
    copied = re.findall(r"^COPY (.+) \S+$", container, re.MULTILINE)
    assert [(ROOT / name).exists() for line in copied for name in line.split()] == [True] * 4
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".env", ".git", ".venv", "var"} <= set(ignored)
    assert container.index("\nUSER policy-qa") < container.index("\nCMD")
    assert f":{DEFAULTS.port}/readyz" in container


def test_the_container_finds_the_version_of_torch_that_is_required() -> None:
    pattern = re.search(r"grep -o '([^']+)' requirements\.txt", text_of("Containerfile"))
    assert pattern
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert re.findall(pattern[1], lines, re.MULTILINE) == [
        line.split()[0] for line in lines.splitlines() if line.startswith("torch==")
    ]


def test_the_unit_starts_the_program_and_lets_it_write_where_it_keeps_things() -> None:
    unit = dict(re.findall(r"^(\w+)=(.*)$", text_of("policy-qa.service"), re.MULTILINE))
    folder = Path(unit["WorkingDirectory"])
    assert unit["ExecStart"] == f"{folder}/.venv/bin/python app.py"
    kept = [DEFAULTS.index_dir, DEFAULTS.feedback_db, DEFAULTS.users_file, DEFAULTS.api_keys_file]
    writable = {ROOT / Path(path).relative_to(folder) for path in unit["ReadWritePaths"].split()}
    assert {path.parent for path in (*kept, Path(DEFAULTS.llm_cache))} == writable
    assert unit["RestartPreventExitStatus"] == str(EXIT_BAD_INPUT)


def test_nginx_sends_what_the_server_wants_to_where_it_listens() -> None:
    conf = text_of("nginx.conf")
    server = f"{DEFAULTS.host}:{DEFAULTS.port}"
    assert re.findall(r"server (\S+:\d+);|/mcp\S*\s+(\S+);", conf) == [("", server), (server, "")]
    assert f"client_max_body_size {MAX_PAGE_BYTES // 2**20}m;" in conf
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in conf
    assert "proxy_buffering off;" in conf
    waits = re.search(r"proxy_read_timeout (\d+)s;", conf)
    assert waits
    assert int(waits[1]) > DEFAULTS.llm_timeout_s


def test_nginx_is_whole_and_writes_no_question_down() -> None:
    conf = text_of("nginx.conf")
    without_comments = re.sub(r"(?m)(?:^|\s)#.*$", "", conf)
    assert without_comments.count("{") == without_comments.count("}")
    statements = [line for line in without_comments.split("\n") if line.strip()]
    assert all(line.rstrip().endswith((";", "{", "}")) for line in statements)
    logged = re.search(r"log_format policy_qa '(.+)';", conf)
    assert logged
    assert not {"$request", "$request_uri", "$args", "$http_referer"} & set(re.findall(r"\$\w+", logged[1]))
    assert set(re.findall(r"access_log \S+ (\w+);", conf)) == {"policy_qa"}


def test_the_figures_that_are_named_are_told_and_the_others_too() -> None:
    named = {cell.strip("`").removesuffix("_total") for cell in column_of("| name | labels | what |")}
    assert named == {metric.name for metric in registry.collect()}


def test_the_messages_that_are_named_are_said() -> None:
    sources = [
        path for root in ("answer", "index", "ingest", "web") for path in sorted((ROOT / root).rglob("*.py"))
    ]
    said = "".join(
        path.read_text(encoding="utf-8") for path in [*sources, ROOT / "settings.py", DEPLOYED / "nginx.conf"]
    )
    others = ("Invalid Host header", "status=203/EXEC", "status=226/NAMESPACE")  # the libraries', systemd's
    for cell in column_of("| on the screen or in the log | why | way out |"):
        for message in re.findall(r"`([^`/]+)`", cell):
            assert message in others or all(part.strip() in said for part in message.split("…")), message


def test_the_log_has_the_fields_that_are_named(assistant: Assistant) -> None:
    with capture_logs() as rows:
        list(ask_observed(assistant, "怎么注销账户", (), front="api"))
        anyio.run(request, "/api/v1/ask")
    written = {row["event"]: set(row) - {"event", "log_level"} for row in rows}
    guide = GUIDE.read_text(encoding="utf-8").split("| `event` | more fields |", 1)[1].split("\n\n", 1)[0]
    named = {
        event: set(re.findall(r"`(\w+)`", fields))
        for event, fields in re.findall(r"^\| `(\w+)`[^|]*\|([^|]+)\|$", guide, re.MULTILINE)
    }
    assert named == written
    assert "注销" not in str(rows)


async def request(path: str) -> None:
    """Put a request through what logs it."""

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(_: Message) -> None:
        pass

    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    await Observed(PlainTextResponse("ok"))(scope, receive, send)
