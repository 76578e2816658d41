"""Files as they come: encodings, formats, and files that cannot be used."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from PIL import Image

from errors import PolicyFileError
from ingest.read import MAX_BYTES, find_policy_files, read_text

FILES = Path(__file__).parent / "files"
TEXT = "甲平台隐私政策\n一、我们收集您的信息，用于提供服务。\n二、我们保护您的信息。\n三、您可以联系我们。\n"


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030", "utf-16", "big5"])
def test_chinese_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    text = (
        TEXT
        if encoding != "big5"
        else "甲平臺隱私政策\n一、我們收集您的信息，用於提供服務，並且保護您的信息和權利。\n" * 5
    )
    assert read_text(write(tmp_path / "a.txt", text.encode(encoding))) == text


def test_a_byte_order_mark_is_kept_as_python_keeps_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", TEXT.encode("utf-8-sig"))
    assert read_text(path) == path.read_text(encoding="utf-8")


def test_line_ends_are_those_python_reads(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", TEXT.replace("\n", "\r\n").encode())
    assert read_text(path) == path.read_text(encoding="utf-8") == TEXT


def docx_bytes(num_bytes: int | None = None) -> bytes:
    document = docx.Document()
    document.add_paragraph("一、甲")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()[:num_bytes]


def scanned_pdf() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(buffer, format="PDF")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        pytest.param("a.txt", b"", "是空的", id="empty"),
        pytest.param("a.txt", b" \n\t\n", "是空的", id="blank"),
        pytest.param("a.md", bytes(range(256)) * 8, "不是能识别的文本", id="binary"),
        pytest.param("a.txt", b"abc\x00def", "不是能识别的文本", id="nul"),
        pytest.param("a.docx", docx_bytes(600), "重新导出", id="truncated_docx"),
        pytest.param("a.docx", b"no zip at all", "重新导出", id="no_docx"),
        pytest.param("a.pdf", b"%PDF-1.7 broken", "重新导出", id="broken_pdf"),
        pytest.param("a.pdf", scanned_pdf(), "OCR", id="scanned_pdf"),
        pytest.param("a.pdf", (FILES / "locked.pdf").read_bytes(), "密码", id="locked_pdf"),
        pytest.param("a.xlsx", b"x", "格式不支持", id="unknown_format"),
        pytest.param("a.txt", b"x" * (MAX_BYTES + 1), "20 MB", id="too_large"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_way_out(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    path = write(tmp_path / name, data)
    with pytest.raises(PolicyFileError, match=name) as caught:
        read_text(path)
    assert str(path) in caught.value.user_message
    assert said in caught.value.user_message


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyFileError) as caught:
        find_policy_files(tmp_path / "nowhere")
    assert "nowhere" in caught.value.user_message


def test_a_folder_without_policies_says_which_formats_are_read(tmp_path: Path) -> None:
    write(tmp_path / "picture.png", b"x")
    with pytest.raises(PolicyFileError) as caught:
        find_policy_files(tmp_path)
    assert ".docx" in caught.value.user_message


def test_folders_are_searched_and_names_are_relative(tmp_path: Path) -> None:
    (tmp_path / "laws").mkdir()
    write(tmp_path / "laws" / "b.txt", TEXT.encode())
    write(tmp_path / "a.md", TEXT.encode())
    write(tmp_path / "~$a.docx", b"lock file of Word")
    write(tmp_path / ".hidden.txt", b"x")
    files = find_policy_files(tmp_path)
    assert [file.name for file in files] == ["a.md", "laws/b.txt"]


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", TEXT.encode())
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    assert [file.name for file in find_policy_files(tmp_path)] == ["a.txt"]
