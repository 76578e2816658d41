"""The program as people start it: real processes, exit codes, and what stands on the two outputs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from settings import ROOT

TIMEOUT_S = 180


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of all processes of this module: one index, no hub."""
    index_dir = tmp_path_factory.mktemp("cli-index")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLICY_QA_")}
    return {**kept, "HF_HUB_OFFLINE": "1", "POLICY_QA_INDEX_DIR": str(index_dir)}


def run(environment: dict[str, str], *args: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *args]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**environment, **{f"POLICY_QA_{name.upper()}": value for name, value in settings.items()}},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=False,
    )


def assert_one_chinese_sentence(outcome: subprocess.CompletedProcess[str], *held: str) -> None:
    assert outcome.returncode == 2, outcome.stderr
    assert outcome.stdout == ""
    (line,) = outcome.stderr.strip().split("\n")
    assert line.endswith("。")
    assert "Traceback" not in line
    assert all(part in line for part in held), line


def test_ask_answers_with_citations_for_people(environment: dict[str, str]) -> None:
    outcome = run(environment, "app.py", "ask", "怎么注销账户")
    assert outcome.returncode == 0
    assert "根据《58同城隐私政策》第七条（五）“注销账户”：" in outcome.stdout
    assert "[1] 《58同城隐私政策》（2021-11-16 版）第七条（五） 注销账户" in outcome.stdout


def test_ask_json_keeps_the_contract(environment: dict[str, str]) -> None:
    outcome = run(environment, "app.py", "ask", "怎么注销账户", "--json")
    answer = json.loads(outcome.stdout)
    assert set(answer) == {
        "id",
        "question",
        "answer",
        "refused",
        "mode",
        "citations",
        "related",
        "elapsed_ms",
    }
    assert (answer["refused"], answer["mode"]) == (False, "extractive")
    citation = answer["citations"][0]
    assert set(citation) == {
        *("n", "policy", "version", "path", "label", "title", "quote", "start", "end", "text", "link")
    }
    assert citation["path"] == ["七", "（五）"]
    assert citation["version"] == "2021-11-16"


def test_search_json_keeps_the_contract(environment: dict[str, str]) -> None:
    outcome = run(environment, "app.py", "search", "七（五）", "--limit", "3", "--json")
    found = json.loads(outcome.stdout)
    assert set(found) == {"id", "query", "hits"}
    assert set(found["hits"][0]) == {
        *("policy", "version", "path", "label", "title", "text", "start", "end", "relevance", "link")
    }
    assert found["hits"][0]["label"] == "第七条（五）"


def test_a_batch_answers_every_line_in_order_and_goes_on_behind_bad_ones(
    environment: dict[str, str], tmp_path: Path
) -> None:
    lines = [
        json.dumps({"id": "a", "question": "怎么注销账户"}),
        "no json",
        json.dumps({"id": "c"}),
        json.dumps({"id": "d", "question": "", "history": []}),
        json.dumps({"id": "e", "question": "手机上呢？", "history": ["电脑上怎么更正简历？"]}),
        json.dumps({"id": "f", "question": "问", "history": "不是列表"}),
    ]
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    outcome = run(environment, "app.py", "ask", "--batch", str(batch))
    rows = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert outcome.returncode == 1
    assert [row["id"] for row in rows] == ["a", "", "", "d", "e", ""]
    assert ["error" in row for row in rows] == [False, True, True, True, False, True]
    assert rows[1]["error"] == "第 2 行不是 JSON，请改正这一行。"
    assert rows[3]["error"] == "问题是空的，请写下您想问的内容。"


def test_a_search_batch_prints_hits_in_order(environment: dict[str, str], tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    rows = [{"id": str(n), "question": question} for n, question in enumerate(["第十条", "Cookie"])]
    batch.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    outcome = run(environment, "app.py", "search", "--batch", str(batch), "--limit", "1")
    assert outcome.returncode == 0
    hits = [json.loads(line)["hits"] for line in outcome.stdout.splitlines()]
    assert [[hit["label"] for hit in found] for found in hits] == [["第十条"], ["第四条"]]


def test_an_empty_question_is_refused(environment: dict[str, str]) -> None:
    assert_one_chinese_sentence(run(environment, "app.py", "ask", ""), "问题是空的")


def test_ten_thousand_characters_are_refused_with_their_number(environment: dict[str, str]) -> None:
    assert_one_chinese_sentence(run(environment, "app.py", "ask", "问" * 10_000), "10000", "2000")


def test_binary_junk_is_refused(environment: dict[str, str]) -> None:
    outcome = subprocess.run(
        [sys.executable.encode(), b"app.py", b"ask", b"\xff\xfe\x01junk"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert outcome.returncode == 2
    assert "无法识别的字符" in outcome.stderr.decode("utf-8")


def test_a_missing_policy_folder_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    outcome = run(environment, "app.py", "ask", "怎么注销", policies_dir=missing)
    assert_one_chinese_sentence(outcome, missing)


def test_an_unreadable_policy_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(bytes(range(256)))
    outcome = run(
        environment, "app.py", "ask", "怎么注销", policies_dir=str(tmp_path), index_dir=str(tmp_path / "i")
    )
    assert outcome.returncode == 2
    assert "a.md" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_an_index_folder_that_cannot_be_written_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    blocked = str(tmp_path / "file" / "index")
    outcome = run(environment, "app.py", "ask", "怎么注销", index_dir=blocked)
    assert outcome.returncode == 2
    assert blocked in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_an_unknown_encoder_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    outcome = run(environment, "app.py", "ask", "怎么注销", encoder=str(tmp_path / "no-model"))
    assert_one_chinese_sentence(outcome, "no-model", "POLICY_QA_ENCODER")


def test_a_port_in_use_is_named(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert_one_chinese_sentence(run(environment, "app.py", "--port", port), port, "--port")


@pytest.mark.parametrize("port", ["0", "99999", "abc"])
def test_a_port_that_is_none_is_named(environment: dict[str, str], port: str) -> None:
    assert_one_chinese_sentence(run(environment, "app.py", "--port", port), port)


def test_wrong_arguments_are_named(environment: dict[str, str]) -> None:
    assert_one_chinese_sentence(run(environment, "app.py", "ask", "问", "--nonsense"), "--nonsense")
    assert_one_chinese_sentence(run(environment, "app.py", "search", "问", "--limit", "0"), "--limit")


def test_a_missing_batch_file_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    path = str(tmp_path / "none.jsonl")
    assert_one_chinese_sentence(run(environment, "app.py", "ask", "--batch", path), path)


def test_the_outline_is_json_lines_in_document_order(environment: dict[str, str]) -> None:
    policy_file = ROOT / "policies" / "58tongcheng_privacy_policy_20211116.md"
    outcome = run(environment, "-m", "ingest", "--outline", str(policy_file))
    rows = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert set(rows[0]) == {"path", "label", "title", "text", "start", "end"}
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)
    source = policy_file.read_text(encoding="utf-8")
    assert source[rows[1]["start"] :].startswith("一、我们处理个人信息的总原则")


def test_ingest_reports_policies_and_oddities_and_fails_for_a_bad_file_only(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text(
        "甲办法\n一、甲。\n二、见第九条。\n四、丁。\n五、戊。\n", encoding="utf-8"
    )
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    outcome = run(environment, "-m", "ingest", str(tmp_path), index_dir=str(tmp_path / "index"))
    assert outcome.returncode == 1
    assert "甲办法" in outcome.stdout
    assert "编号不连续：二 之后是 四" in outcome.stderr
    assert "“第九条”找不到对应的条款" in outcome.stderr
    assert "broken.pdf" in outcome.stderr


def test_ingest_of_a_folder_without_policies_is_refused(environment: dict[str, str], tmp_path: Path) -> None:
    assert_one_chinese_sentence(run(environment, "-m", "ingest", str(tmp_path)), str(tmp_path))


def test_a_reader_that_leaves_ends_the_program_quietly(environment: dict[str, str]) -> None:
    command = [sys.executable, "app.py", "search", "个人信息", "--limit", "150"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == 0


def test_a_server_without_users_writes_no_secret(environment: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    unwritable = {
        **environment,
        "POLICY_QA_USERS_FILE": "/proc/users.json",
        "POLICY_QA_FEEDBACK_DB": "/proc/f.db",
    }
    with subprocess.Popen(
        [sys.executable, "app.py", "--port", port],
        cwd=ROOT,
        env=unwritable,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == f"政策问答已启动：http://127.0.0.1:{port}\n"
        server.terminate()
