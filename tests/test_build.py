"""An index is built once, opened again as it is, and built anew when anything that shaped it has changed."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from errors import IndexStorageError, PolicyFileError
from index.build import load_index, open_index
from index.encoder import Encoder
from index.manifest import make_manifest
from index.storage import read_manifest
from ingest.read import find_policy_files

TEXT = (
    "甲平台隐私政策\n一、收集\n我们收集您的手机号。\n二、注销\n您可以随时注销账户。\n三、联系\n请致电客服。\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "a.txt").write_text(TEXT, encoding="utf-8")
    return policies


def builds(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The reasons for which an index was built, as logged."""
    said = [record.getMessage() for record in caplog.records if "正在建立索引" in record.getMessage()]
    caplog.clear()
    return said


def test_an_index_is_built_once_and_then_opened(
    folder: Path, tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    built = open_index(folder, tmp_path / "index", encoder)
    assert builds(caplog) == ["正在建立索引（还没有索引）……"]
    opened = open_index(folder, tmp_path / "index", encoder)
    assert builds(caplog) == []
    assert opened.policies == built.policies
    assert opened.search("怎么注销账户") == built.search("怎么注销账户")


def test_a_changed_file_builds_the_index_anew(
    folder: Path, tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    open_index(folder, tmp_path / "index", encoder)
    caplog.set_level(logging.INFO)
    (folder / "a.txt").write_text(TEXT.replace("手机号", "身份证号"), encoding="utf-8")
    index = open_index(folder, tmp_path / "index", encoder)
    assert builds(caplog) == ["正在建立索引（政策文件有变化）……"]
    assert "身份证号" in index.search("第一条")[0].clause.text


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("encoder", "another", "向量模型换了"),
        ("parser", "another", "解析程序有更新"),
        ("format", 0, "索引格式有更新"),
    ],
)
def test_whatever_shaped_the_index_is_compared(
    folder: Path, encoder: Encoder, field: str, value: object, reason: str
) -> None:
    manifest = make_manifest(find_policy_files(folder), encoder.name)
    assert manifest.difference(manifest) is None
    assert manifest.difference(manifest.model_copy(update={field: value})) == reason


@pytest.mark.parametrize(
    "name", ["policies.jsonl", "windows.jsonl", "vectors.faiss", "bm25/vocab.index.json"]
)
def test_a_flipped_byte_is_found_and_named(folder: Path, tmp_path: Path, encoder: Encoder, name: str) -> None:
    open_index(folder, tmp_path / "index", encoder)
    (build,) = (tmp_path / "index").glob("build-*")
    damaged = build / name
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    with pytest.raises(IndexStorageError, match=name) as caught:
        load_index(tmp_path / "index", encoder)
    assert name in caught.value.user_message


def test_a_damaged_index_is_built_anew_when_the_program_starts(
    folder: Path, tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    open_index(folder, tmp_path / "index", encoder)
    (build,) = (tmp_path / "index").glob("build-*")
    (build / "vectors.faiss").write_bytes(b"junk")
    caplog.set_level(logging.INFO)
    assert open_index(folder, tmp_path / "index", encoder).search("注销")
    assert builds(caplog) == ["正在建立索引（索引文件已损坏）……"]


def test_old_builds_are_removed(folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    for text in (TEXT, TEXT + "四、其他\n无。\n"):
        (folder / "a.txt").write_text(text, encoding="utf-8")
        open_index(folder, tmp_path / "index", encoder)
    assert len(list((tmp_path / "index").glob("build-*"))) == 1


def test_a_folder_that_cannot_be_written_is_named(folder: Path, tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(IndexStorageError) as caught:
        open_index(folder, tmp_path / "file" / "index", encoder)
    assert str(tmp_path / "file") in caught.value.user_message
    assert read_manifest(tmp_path / "file" / "index") is None


def test_a_bad_file_does_not_stop_the_others(
    folder: Path, tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "broken.docx").write_bytes(b"no zip")
    index = open_index(folder, tmp_path / "index", encoder)
    assert [policy.file_name for policy in index.policies] == ["a.txt"]
    assert any("broken.docx" in record.getMessage() for record in caplog.records)


def test_a_folder_with_bad_files_only_is_refused(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "broken.docx").write_bytes(b"no zip")
    with pytest.raises(PolicyFileError, match=r"broken\.docx"):
        open_index(tmp_path, tmp_path / "index", encoder)


def test_an_index_that_is_not_there_is_said_to_be_missing(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(IndexStorageError, match="CURRENT"):
        load_index(tmp_path / "nothing", encoder)
