"""The files of users, API keys and the session secret: what they hold, and what becomes of damaged ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from errors import AccessError
from settings import ROOT
from web.access import Keys, Users, read_secret
from web.access.keys import PREFIX

PASSWORD = "correct horse 电池"


def run_side_by_side(code: str, *args: str, processes: int = 4) -> list[str]:
    """Run Python code in processes that start together; what each printed."""
    command = [sys.executable, "-c", code, *args]
    running = [
        subprocess.Popen([*command, str(number)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for number in range(processes)
    ]
    said = [process.communicate()[0].strip() for process in running]
    assert [process.returncode for process in running] == [0] * processes
    return said


@pytest.mark.parametrize("name", ["a", "a" * 40, "li.si-2_b@58.com", "客服张三", "𠮷野"])
def test_a_name_may_be_letters_digits_some_signs_and_han(tmp_path: Path, name: str) -> None:
    keys = Keys(tmp_path / "keys.json")
    keys.add(name)
    assert keys.names() == [name]


@pytest.mark.parametrize("name", ["", "a" * 41, "a b", "a/b", "a\n", "<b>", "é", "a\x00", "\ud800"])
def test_other_names_are_refused_and_leave_no_file(tmp_path: Path, name: str) -> None:
    keys = Keys(tmp_path / "keys.json")
    with pytest.raises(AccessError, match="is not 1 to 40") as caught:
        keys.add(name)
    assert "请用 1 到 40 个" in caught.value.user_message
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize(
    "password", ["九个字符的密码呀哦", "a" * 201, "long\x00password", "long\ud800password"]
)
def test_a_password_that_may_be_none_is_refused_and_never_lets_in(tmp_path: Path, password: str) -> None:
    users = Users(tmp_path / "users.json")
    with pytest.raises(AccessError) as caught:
        users.add("a", password)
    assert f"有 {len(password)} 个字符" in caught.value.user_message
    users.add("a", PASSWORD)
    assert not users.check("a", password)


def test_the_longest_and_the_shortest_password_let_in(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    for password in ("密" * 200, "十个字符的密码正好呢"):
        users.add("a", password)
        assert users.check("a", password)
        assert not users.check("a", password[:-1] + "x")


def test_a_new_password_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    assert not users.add("a", PASSWORD)
    before = users.fingerprint("a")
    assert users.add("a", PASSWORD)
    assert users.fingerprint("a") != before  # the same password: a new salt all the same
    assert users.names() == ["a"]
    assert users.fingerprint("b") is None


def test_a_change_by_another_process_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    seen, changed = Users(path), Users(path)
    assert not seen.exist()
    changed.add("a", PASSWORD)
    assert seen.check("a", PASSWORD)
    changed.remove("a")
    assert not seen.check("a", PASSWORD)
    assert not seen.exist()


def test_a_name_that_nobody_has_is_checked_with_argon2_too(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    users.add("a", PASSWORD)
    assert time_of_check(users, "nobody") > time_of_check(users, "a") / 3
    assert not users.check("nobody", PASSWORD)


def time_of_check(users: Users, name: str) -> float:
    """The least processor time of some checks, in seconds."""
    from time import process_time

    times = []
    for _ in range(5):
        start = process_time()
        users.check(name, "a wrong password")
        times.append(process_time() - start)
    return min(times)


def test_a_key_is_random_and_known_by_its_owner(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys.json")
    first, second = keys.add("a"), keys.add("b")
    assert first.startswith(PREFIX)
    assert len(first) == len(PREFIX) + 43
    assert (keys.owner(first), keys.owner(second)) == ("a", "b")
    replaced = keys.add("a")
    assert (keys.owner(first), keys.owner(replaced)) == (None, "a")
    assert [keys.owner(odd) for odd in ("", PREFIX, first[:-1], "钥匙", "\ud800")] == [None] * 5
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"a": "', id="cut_off"),
        pytest.param(b"[]", id="no_table"),
        pytest.param(b'{"a": null}', id="no_hash"),
        pytest.param(b'{"a": "password"}', id="a_password_instead_of_a_hash"),
        pytest.param(b'{"../a": "$argon2id$v=19$m=65536,t=3,p=4$YWFhYWFhYWE$YWFhYWFhYWE"}', id="no_name"),
        pytest.param(b"\xff\xfe", id="no_text"),
        pytest.param(b"[" * 100_000, id="nested_without_end"),
    ],
)
def test_a_damaged_file_is_named_opens_nothing_and_stays_as_it_is(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "users.json"
    path.write_bytes(text)
    users, keys = Users(path), Keys(path)
    assert users.exist()
    assert keys.exist()
    calls = (
        lambda: users.check("a", PASSWORD),
        lambda: users.add("b", PASSWORD),
        lambda: users.remove("a"),
        lambda: users.fingerprint("a"),
        lambda: keys.owner("pqa_x"),
        keys.names,
    )
    for call in calls:
        with pytest.raises(AccessError) as caught:
            call()
        assert str(path) in caught.value.user_message
    assert path.read_bytes() == text


def test_a_hash_that_argon2_cannot_read_lets_nobody_in(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    path.write_text(json.dumps({"a": "$argon2id$v=19$m=65536,t=3,p=4$a$b"}))
    with pytest.raises(AccessError, match="the hash of 'a' cannot be verified"):
        Users(path).check("a", PASSWORD)


def test_a_file_that_goes_while_it_is_used_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys = Keys(path)
    key = keys.add("a")
    path.unlink()
    assert keys.exist()
    with pytest.raises(AccessError, match="cannot be read or written"):
        keys.owner(key)


def test_a_folder_in_the_place_of_the_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    users = Users(tmp_path)
    assert users.exist()
    with pytest.raises(AccessError, match="Is a directory"):
        users.add("a", PASSWORD)


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from web.access import Keys\n"
        "for n in range(10): Keys(Path(sys.argv[1])).add(f'p{sys.argv[2]}-{n}')"
    )
    run_side_by_side(code, str(tmp_path / "keys.json"))
    assert len(Keys(tmp_path / "keys.json").names()) == 40
    assert {file.name for file in tmp_path.iterdir()} == {"keys.json", "keys.json.lock"}


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    path = tmp_path / "var" / "session_secret"
    code = (
        "import sys; from pathlib import Path; from web.access import read_secret\n"
        "print(read_secret(Path(sys.argv[1])))"
    )
    said = run_side_by_side(code, str(path))
    assert set(said) == {path.read_text()}
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_secret(path) == said[0]


def test_a_secret_from_the_settings_needs_no_file_and_enough_characters(tmp_path: Path) -> None:
    path = tmp_path / "session_secret"
    assert read_secret(path, "s" * 32) == "s" * 32
    assert not path.exists()
    with pytest.raises(AccessError, match="has 31 characters"):
        read_secret(path, "s" * 31)
    path.write_text("short")
    with pytest.raises(AccessError, match="has 5 characters") as caught:
        read_secret(path)
    assert str(path) in caught.value.user_message
