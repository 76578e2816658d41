"""The HTTP API of the running server: shapes, problems, limits, events, tools, and a new index meanwhile."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from mcp import Client
from schemathesis.specs.openapi.checks import positive_data_acceptance

from index.search import ClauseIndex
from settings import ROOT
from tests.browser import serve
from tests.conftest import VERSIONS_DIR
from web.api.guard import MAX_BYTES

QUESTION = "怎么注销账户"


@pytest.fixture(scope="module")
def api(address: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=address, timeout=30, trust_env=False) as client:
        yield client


def events_of(reply: httpx2.Response) -> list[tuple[str, Any]]:
    blocks = reply.text.strip().split("\n\n")
    rows = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]
    return [(row["event"], json.loads(row["data"])) for row in rows]


def assert_problem(reply: httpx2.Response, status: int, *said: str) -> None:
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json()
    assert set(problem) == {"type", "title", "status", "detail", "instance"}
    assert problem["status"] == status
    assert problem["detail"].endswith("。")
    assert all(part in problem["detail"] for part in said), problem


def test_ask_answers_as_the_command_line_does(api: httpx2.Client, tmp_path: Path) -> None:
    reply = api.post("/api/v1/ask", json={"id": "q1", "question": QUESTION}).json()
    command = [sys.executable, "app.py", "ask", QUESTION, "--json"]
    environment = {"PATH": "", "HF_HUB_OFFLINE": "1", "POLICY_QA_INDEX_DIR": str(tmp_path)}
    printed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    expected = json.loads(printed.stdout)
    del reply["elapsed_ms"], expected["elapsed_ms"]
    assert reply == {**expected, "id": "q1"}


def test_a_follow_up_leans_on_the_history(api: httpx2.Client) -> None:
    asked = {"question": "手机上呢？", "history": ["电脑上怎么更正我的简历？"]}
    citations = api.post("/api/v1/ask", json=asked).json()["citations"]
    assert any("简历" in citation["quote"] for citation in citations)


def test_an_answer_comes_as_events_when_asked_for(api: httpx2.Client) -> None:
    headers = {"accept": "text/event-stream"}
    reply = api.post("/api/v1/ask", json={"question": QUESTION}, headers=headers)
    assert reply.headers["content-type"].startswith("text/event-stream")
    ((name, answer),) = events_of(reply)
    assert (name, answer["refused"]) == ("finished", False)


def test_search_finds_a_number(api: httpx2.Client) -> None:
    (hit,) = api.get("/api/v1/search", params={"q": "七（五）"}).json()["hits"]
    assert hit["label"] == "第七条（五）"
    assert len(api.get("/api/v1/search", params={"q": "注销", "limit": 3}).json()["hits"]) == 3


def test_policies_and_their_versions_are_listed(api: httpx2.Client) -> None:
    (policy,) = api.get("/api/v1/policies").json()
    assert (policy["id"], policy["version"], policy["in_force"]) == ("58同城隐私政策", "2021-11-16", True)
    assert api.get(f"/api/v1/policies/{policy['id']}/versions").json() == [policy]
    assert_problem(api.get("/api/v1/policies/无此政策/versions"), 404, "无此政策")


def test_a_clause_is_read_by_path_and_by_label(api: httpx2.Client, index: ClauseIndex) -> None:
    clause = api.get("/api/v1/clauses/58同城隐私政策/七/（五）").json()
    assert (clause["label"], [step["label"] for step in clause["above"]]) == ("第七条（五）", ["第七条"])
    assert clause["whole"] == index.policies[0].text[clause["start"] : clause["end"]]
    assert api.get("/api/v1/clauses/58同城隐私政策/第七条（五）").json() == clause
    assert api.get("/api/v1/clauses/58同城隐私政策/七", params={"version": "2021-11-16"}).json()["below"]
    assert_problem(api.get("/api/v1/clauses/58同城隐私政策/九十九"), 404, "九十九")
    assert_problem(api.get("/api/v1/clauses/58同城隐私政策/七?version=1999-01-01"), 404)


def test_every_link_opens(api: httpx2.Client) -> None:
    citation = api.post("/api/v1/ask", json={"question": QUESTION}).json()["citations"][0]
    assert citation["link"] == "/?clause=58同城隐私政策/七/（五）&version=2021-11-16"
    assert api.get(citation["link"]).status_code == 200


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"{", "不是一个 JSON 对象"),
        (b"[]", "不是一个 JSON 对象"),
        (b"{}", "缺少 question"),
        (b'{"question": ""}', "问题是空的"),
        (b'{"question": 3}', "question 的值“3”不能用"),
        (b'{"question": "\\ud800"}', "U+D800"),
        (b'{"question": "\\u0000"}', "U+0000"),
        ('{"question": "%s"}' % ("问" * 2001), "2001 个字"),
        (b'{"question": "x", "history": "y"}', "history"),
        (b'{"question": "x", "history": [1]}', "history.0"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(api: httpx2.Client, sent: bytes | str, said: str) -> None:
    reply = api.post("/api/v1/ask", content=sent, headers={"content-type": "application/json"})
    assert_problem(reply, 422, said)


def test_addresses_methods_and_sizes_that_do_not_fit_are_problems(api: httpx2.Client) -> None:
    assert_problem(api.get("/api/v1/nothing"), 404)
    assert_problem(api.get("/api/v1/ask"), 405)
    assert_problem(api.post("/api/v1/ask", content=b"x" * (MAX_BYTES + 1)), 413, "64 KB")

    def endless() -> Iterator[bytes]:
        for _ in range(MAX_BYTES // 1024 + 1):
            yield b"x" * 1024

    assert_problem(api.post("/api/v1/ask", content=endless()), 413)
    assert_problem(api.get("/api/v1/search", params={"q": "注销", "limit": "101"}), 422, "limit 的值“101”")


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=app.py",
        "/file=app.py",
        "/gradio_api/upload",
        "/gradio_api/proxy=https://example.com",
        "/static/../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2f..%2fetc%2fpasswd",
        "/gradio_api/call/ask",
        "/monitoring",
        "/docs",
        "/.env",
    ],
)
def test_no_file_of_the_machine_can_be_reached(api: httpx2.Client, path: str) -> None:
    reply = api.get(path)
    assert reply.status_code == 404
    assert "root:" not in reply.text
    assert api.post(path).status_code == 404


def test_headers_keep_others_out(api: httpx2.Client) -> None:
    for path in ("/", "/api/v1/policies", "/nothing"):
        headers = api.get(path, headers={"origin": "https://example.com"}).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers


def test_a_vote_is_kept(api: httpx2.Client) -> None:
    cast = {"question": QUESTION, "answer": "……", "helpful": False, "reason": "没说清楚"}
    kept = api.post("/api/v1/feedback", json=cast)
    assert kept.status_code == 201
    assert api.post("/api/v1/feedback", json={**cast, "id": kept.json()["id"]}).json() == kept.json()
    assert_problem(api.post("/api/v1/feedback", json={**cast, "reason": "不行"}), 422, "不行", "答非所问")


def test_health_and_figures(api: httpx2.Client) -> None:
    assert api.get("/healthz").text == api.get("/readyz").text == "ok\n"
    api.post("/api/v1/ask", json={"question": QUESTION})
    figures = api.get("/metrics").text
    assert 'policy_qa_answers_total{front="api",mode="extractive",refused="false"}' in figures
    assert "policy_qa_policies 1.0" in figures
    assert QUESTION not in figures


def test_the_api_keeps_what_its_description_says(address: str) -> None:
    described = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")
    operations = [found.ok() for found in described.get_all_operations()]
    assert {operation.path for operation in operations} >= {"/api/v1/ask", "/api/v1/search", "/healthz"}
    for operation in operations:

        @settings(max_examples=40, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate(excluded_checks=[positive_data_acceptance])  # blank text has no schema

        holds()


def test_the_tools_work_with_the_official_client(address: str) -> None:
    async def use() -> None:
        async with Client(f"{address}/mcp") as client:
            tools = await client.list_tools()
            assert {tool.name for tool in tools.tools} == {"ask_policy", "search_clauses", "get_clause"}
            answer = await client.call_tool("ask_policy", {"question": QUESTION})
            assert answer.structured_content["citations"][0]["label"] == "第七条（五）"
            found = await client.call_tool("search_clauses", {"query": "七（五）", "limit": 1})
            assert found.structured_content["hits"][0]["label"] == "第七条（五）"
            wanted = {"policy": "58同城隐私政策", "path": "七/（五）"}
            clause = await client.call_tool("get_clause", wanted)
            assert clause.structured_content["title"] == "注销账户"
            missing = await client.call_tool("get_clause", {**wanted, "path": "九十九"})
            assert missing.is_error
            assert "九十九" in missing.content[0].text

    anyio.run(use)


def test_a_new_index_is_served_without_dropping_a_request(tmp_path: Path) -> None:
    policies, var = tmp_path / "policies", tmp_path / "var"
    policies.mkdir()
    var.mkdir()
    shutil.copy(VERSIONS_DIR / "old.md", policies / "library.md")
    with serve(var, policies_dir=str(policies)) as address, httpx2.Client(base_url=address) as client:
        statuses: list[int] = []
        is_over = threading.Event()

        def ask_on() -> None:
            while not is_over.is_set():
                statuses.append(client.get("/api/v1/search", params={"q": "读者证"}).status_code)

        asking = threading.Thread(target=ask_on)
        asking.start()
        (old,) = client.get("/api/v1/policies").json()
        shutil.copy(VERSIONS_DIR / "new.md", policies / "library.md")
        environment = {"HF_HUB_OFFLINE": "1", "POLICY_QA_INDEX_DIR": str(var / "index")}
        ingest = [sys.executable, "-m", "ingest", str(policies)]
        subprocess.run(ingest, cwd=ROOT, env=environment, capture_output=True, check=True, timeout=120)
        while (new := client.get("/api/v1/policies").json()) == [old]:
            assert asking.is_alive()
        is_over.set()
        asking.join()
        assert new[0]["version"] != old["version"]
        assert "2024年6月1日生效" in json.dumps(client.get("/config").json(), ensure_ascii=False)
        assert set(statuses) == {200}
        assert len(statuses) > 20


def test_the_asker_chooses_policies_and_the_day(api: httpx2.Client) -> None:
    asked = {"question": QUESTION, "policies": ["58同城隐私政策"], "as_of": "2022-01-01"}
    assert not api.post("/api/v1/ask", json=asked).json()["refused"]
    assert_problem(api.post("/api/v1/ask", json={**asked, "policies": ["甲政策"]}), 404, "没有政策“甲政策”")
    assert_problem(api.post("/api/v1/ask", json={**asked, "as_of": "昨天"}), 422, "as_of 的值“昨天”")
    assert_problem(api.get("/api/v1/search", params={"q": QUESTION, "policy": "甲政策"}), 404, "甲政策")
