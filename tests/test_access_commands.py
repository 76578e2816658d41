"""`python -m web.access` as processes of their own, with standard input and with a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from settings import ROOT
from web.access import Keys, Users

PASSWORD = "correct horse 电池"


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLICY_QA_")}
    kept["POLICY_QA_USERS_FILE"] = str(folder / "users.json")
    kept["POLICY_QA_API_KEYS_FILE"] = str(folder / "api_keys.json")
    kept["PYTHONIOENCODING"] = "utf-8:strict"  # as in a Chinese locale
    return kept


def command(folder: Path, *args: str, said: bytes = b"") -> tuple[int, str, str]:
    """Run a command; its exit code, standard output and standard error."""
    run = [sys.executable, "-m", "web.access", *args]
    done = subprocess.run(
        run, cwd=ROOT, env=environment(folder), input=said, capture_output=True, check=False, timeout=60
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def on_a_terminal(folder: Path, *args: str, typed: list[bytes]) -> tuple[int, str]:
    """Run a command on a terminal and type a line whenever it asks; its exit code and what it showed."""
    controller, terminal = pty.openpty()
    run = [sys.executable, "-m", "web.access", *args]
    with subprocess.Popen(
        run,
        cwd=ROOT,
        env=environment(folder),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,  # without the terminal of whoever runs the tests, getpass takes this one
    ) as process:
        os.close(terminal)
        shown = b""
        waiting = list(typed)
        while True:
            try:
                shown += os.read(controller, 1024)
            except OSError:  # Linux says so when the other side is closed
                break
            if waiting and shown.endswith("：".encode()):
                os.write(controller, waiting.pop(0))
        os.close(controller)
    return process.returncode, shown.decode()


def test_a_password_is_asked_twice_on_a_terminal_and_not_shown(tmp_path: Path) -> None:
    line = PASSWORD.encode() + b"\n"
    code, shown = on_a_terminal(tmp_path, "add-user", "小王", typed=[line, line])
    assert (code, "密码：" in shown, "再输一次：" in shown) == (0, True, True)
    assert "已添加用户：小王。" in shown
    assert PASSWORD not in shown
    assert Users(tmp_path / "users.json").check("小王", PASSWORD)


@pytest.mark.parametrize(
    ("second", "said"),
    [(b"another password\n", "两次输入的密码不一样"), (b"\x04", "没有读到密码")],
    ids=["another", "end_of_input"],
)
def test_a_second_password_that_differs_adds_nobody(tmp_path: Path, second: bytes, said: str) -> None:
    code, shown = on_a_terminal(tmp_path, "add-user", "小王", typed=[PASSWORD.encode() + b"\n", second])
    assert code == 2
    assert said in shown
    assert "Traceback" not in shown
    assert not Users(tmp_path / "users.json").exist()


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\nmore lines\n"])
def test_a_password_is_one_line_of_standard_input(tmp_path: Path, end: bytes) -> None:
    assert command(tmp_path, "add-user", "a", said=PASSWORD.encode() + end)[0] == 0
    assert Users(tmp_path / "users.json").check("a", PASSWORD)


def test_users_and_keys_are_listed_in_order_and_removed(tmp_path: Path) -> None:
    assert command(tmp_path, "users") == (0, "还没有用户。\n", "")
    assert command(tmp_path, "keys") == (0, "还没有接口密钥。\n", "")
    for name in ("b", "a"):
        command(tmp_path, "add-user", name, said=PASSWORD.encode())
    assert command(tmp_path, "users") == (0, "a\nb\n", "")
    changed = command(tmp_path, "add-user", "a", said=b"another password")
    assert changed == (0, "已换密码：a。\n", "")
    key = command(tmp_path, "add-key", "bot")[1].split("\n")[0]
    assert Keys(tmp_path / "api_keys.json").owner(key) == "bot"
    assert command(tmp_path, "keys") == (0, "bot\n", "")
    assert command(tmp_path, "remove-key", "bot") == (0, "已删除接口密钥：bot。\n", "")
    assert command(tmp_path, "remove-key", "bot")[0] == 2
    assert Keys(tmp_path / "api_keys.json").owner(key) is None


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param((), b"", id="no_command"),
        pytest.param(("add",), b"", id="no_such_command"),
        pytest.param(("add-user",), b"", id="no_name"),
        pytest.param(("add-user", "a/b"), PASSWORD.encode(), id="bad_name"),
        pytest.param(("add-user", "a"), b"", id="no_password"),
        pytest.param(("add-user", "a"), b"short", id="short_password"),
        pytest.param(("add-user", "a"), b"\xff\xfe\xff\xfe\xff\xfe", id="no_text"),
        pytest.param(("remove-user", "a"), b"", id="no_such_user"),
        pytest.param(("add-key", ""), b"", id="empty_name"),
    ],
)
def test_bad_input_is_exit_code_2_and_one_chinese_sentence(
    tmp_path: Path, args: tuple[str, ...], said: bytes
) -> None:
    code, printed, complaint = command(tmp_path, *args, said=said)
    assert (code, printed) == (2, "")
    assert complaint.endswith("。\n")
    assert complaint.count("\n") == 1
    assert not (tmp_path / "users.json").exists()


def test_a_damaged_file_is_one_sentence_before_a_password_is_typed(tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text("{")
    code, shown = on_a_terminal(tmp_path, "add-user", "a", typed=[])
    assert (code, shown.count("\n"), "密码：" in shown) == (2, 1, False)
    assert f"{tmp_path / 'users.json'}”已损坏" in shown
