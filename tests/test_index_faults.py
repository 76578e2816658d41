"""What the index survives: kills at any moment, damaged files, a full disk, builders and readers at once."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from errors import IndexStorageError
from index.build import build_index, load_index, open_index
from index.encoder import Encoder
from index.manifest import make_manifest
from index.storage import current_build
from ingest.batch import parse_files
from ingest.read import find_policy_files

OLD = "甲馆须知\n一、借书\n读者可以借十本书。\n二、还书\n三十日内归还。\n三、赔偿\n遗失照价赔偿。\n"
NEW = OLD.replace("十本书", "二十本书")
MIN_KILLS = 30
NUM_TIMES = 40
_CHANGES = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree")


@pytest.fixture
def folders(tmp_path: Path, encoder: Encoder) -> tuple[Path, Path]:
    """A folder of policies whose index is built, and the folder of that index; the policies are newer."""
    policies, index_dir = tmp_path / "policies", tmp_path / "index"
    policies.mkdir()
    (policies / "a.txt").write_text(OLD, encoding="utf-8")
    open_index(policies, index_dir, encoder)
    (policies / "a.txt").write_text(NEW, encoding="utf-8")
    return policies, index_dir


def ingest(policies: Path, index_dir: Path, encoder: Encoder) -> None:
    """Build anew, whatever is there."""
    files = find_policy_files(policies)
    build_index(parse_files(files).policies, make_manifest(files, encoder.name), index_dir, encoder)


def says(index_dir: Path, encoder: Encoder) -> str:
    """What the index on disk says about borrowing."""
    return load_index(index_dir, encoder).search("可以借几本书", limit=1)[0].clause.text


def in_child(work: Callable[[], None]) -> int:
    """Run something in a fork of this process, and return its exit code, or minus the signal that ended it."""
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join()
    assert child.exitcode is not None
    return child.exitcode


def kill_at(number: int) -> None:
    """Kill this process, without a warning, before its number-th change of a file or folder."""
    count = 0

    def watch(event: str, args: tuple[Any, ...]) -> None:
        nonlocal count
        is_writing = event != "open" or (args[1] or "r")[0] in "wax" or _writes(args[2])
        if event in _CHANGES and is_writing:
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def _writes(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def test_an_ingestion_killed_at_any_moment_leaves_a_whole_index(
    folders: tuple[Path, Path], encoder: Encoder, record_property: Callable[[str, object], None]
) -> None:
    policies, index_dir = folders
    kills = 0
    while True:

        def work() -> None:
            kill_at(kills + 1)  # noqa: B023  # it runs before the next round
            ingest(policies, index_dir, encoder)

        exit_code = in_child(work)
        said = says(index_dir, encoder)
        assert said in ("借书\n读者可以借十本书。", "借书\n读者可以借二十本书。")
        if exit_code == 0:
            break
        assert exit_code == -signal.SIGKILL
        kills += 1
    assert said == "借书\n读者可以借二十本书。"
    assert len(list(index_dir.glob("build-*"))) == 1
    record_property("kills", kills)
    assert kills >= MIN_KILLS


def test_an_ingestion_killed_at_any_time_leaves_a_whole_index(
    folders: tuple[Path, Path], encoder: Encoder
) -> None:
    """As above, but in the midst of a write too."""
    policies, index_dir = folders
    started = time.perf_counter()
    assert in_child(lambda: ingest(policies, index_dir, encoder)) == 0
    taken_s = time.perf_counter() - started
    (policies / "a.txt").write_text(OLD, encoding="utf-8")
    endings = set()
    for number in range(NUM_TIMES):

        def work() -> None:
            signal.setitimer(signal.ITIMER_REAL, taken_s * (number + 1) / NUM_TIMES)  # noqa: B023
            ingest(policies, index_dir, encoder)

        endings.add(in_child(work))
        assert says(index_dir, encoder) in ("借书\n读者可以借十本书。", "借书\n读者可以借二十本书。")
    assert -signal.SIGALRM in endings


def test_a_damaged_missing_or_short_file_is_named(folders: tuple[Path, Path], encoder: Encoder) -> None:
    _, index_dir = folders
    build = index_dir / (current_build(index_dir) or "")
    files = [path for path in build.rglob("*") if path.is_file()]
    assert len(files) >= 8
    for path in files:
        whole = path.read_bytes()
        middle = len(whole) // 2
        for damaged in (
            whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            whole[:middle],
            None,
        ):
            path.unlink() if damaged is None else path.write_bytes(damaged)
            with pytest.raises(IndexStorageError) as caught:
                load_index(index_dir, encoder)
            assert str(path) in str(caught.value)
            assert str(path) in caught.value.user_message
        path.write_bytes(whole)
    assert "十本书" in says(index_dir, encoder)


def test_a_damaged_index_is_built_anew_at_the_start(folders: tuple[Path, Path], encoder: Encoder) -> None:
    policies, index_dir = folders
    ingest(policies, index_dir, encoder)
    (damaged,) = index_dir.glob("build-*/clauses.npy")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert "二十本书" in open_index(policies, index_dir, encoder).search("可以借几本书")[0].clause.text
    assert "二十本书" in says(index_dir, encoder)


@pytest.mark.parametrize("room", [0, 100, 2_000, 8_000])
def test_a_full_disk_costs_a_message_and_nothing_else(
    folders: tuple[Path, Path], encoder: Encoder, room: int, tmp_path: Path
) -> None:
    policies, index_dir = folders
    told = tmp_path / "told"

    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        said = told.open("w", encoding="utf-8")
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))  # no file may grow beyond it
        try:
            ingest(policies, index_dir, encoder)
        except IndexStorageError as error:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            said.write(error.user_message)
            said.close()

    assert in_child(work) == 0
    message = told.read_text(encoding="utf-8")
    assert "没有空间" in message
    assert str(index_dir) in message
    assert "十本书" in says(index_dir, encoder)
    assert len(list(index_dir.glob("build-*"))) == 1


def test_a_folder_that_cannot_be_written_is_told(folders: tuple[Path, Path], encoder: Encoder) -> None:
    policies, _ = folders
    with pytest.raises(IndexStorageError, match="/proc/index") as caught:
        ingest(policies, Path("/proc/index"), encoder)
    assert caught.value.user_message.startswith("索引目录“/proc/index”")


def test_two_ingestions_at_once_end_well(folders: tuple[Path, Path], encoder: Encoder) -> None:
    policies, index_dir = folders
    processes = [
        multiprocessing.get_context("fork").Process(target=ingest, args=(policies, index_dir, encoder))
        for _ in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert "二十本书" in says(index_dir, encoder)
    assert len(list(index_dir.glob("build-*"))) == 1


def test_who_reads_while_others_switch_gets_a_whole_index(
    folders: tuple[Path, Path], encoder: Encoder
) -> None:
    policies, index_dir = folders
    others = policies.parent / "others"
    shutil.copytree(policies, others)
    (others / "a.txt").write_text(OLD, encoding="utf-8")

    def switch() -> None:
        for number in range(30):
            ingest(others if number % 2 else policies, index_dir, encoder)

    child = multiprocessing.get_context("fork").Process(target=switch)
    child.start()
    seen = set()
    while child.is_alive():
        seen.add(says(index_dir, encoder))
    child.join()
    assert child.exitcode == 0
    assert seen == {"借书\n读者可以借十本书。", "借书\n读者可以借二十本书。"}
