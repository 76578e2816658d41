r"""A policy file on disk → its text. `index/build.py` and `python -m ingest` call it.

For md and txt the text is what Python's `open(path, encoding=…).read()` gives: decoded, line ends as \n.
For docx, pdf and html it is the text that was extracted. Every offset in this project counts its characters,
and the index keeps it, so that a quote can always be checked.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from errors import PolicyFileError
from ingest.decode import decode
from ingest.parse import parse_policy
from ingest.policy import Policy
from ingest.sidecar import read_sidecar

SUFFIXES = (".md", ".markdown", ".txt", ".docx", ".pdf", ".html", ".htm")
MAX_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy file that was found.

    Attributes:
        path: where it is.
        name: its path below the folder it was found in, with forward slashes.
    """

    path: Path
    name: str

    def hash(self) -> str:
        """SHA-256 of its bytes and of what its folder's `policy.toml` says of it.

        Raises:
            PolicyFileError: it cannot be read or is too large.
        """
        stated = read_sidecar(self.path.parent).get(self.path.name)
        return hashlib.sha256(_read_bytes(self.path) + repr(stated).encode()).hexdigest()

    def parse(self) -> Policy:
        """Read and parse it.

        Raises:
            PolicyFileError: it cannot be read, is too large, empty, of an unknown format, or holds no text.
        """
        stated = read_sidecar(self.path.parent).get(self.path.name)
        return parse_policy(read_text(self.path), self.name, stated)


def find_policy_files(path: Path) -> list[PolicyFile]:
    """List the policy files of a folder and the folders below it, sorted; a file stands for itself.

    Links to folders are not followed, hidden files and Word's lock files are passed over.

    Raises:
        PolicyFileError: the path does not exist, or no policy file is there.
    """
    if not path.exists():
        raise PolicyFileError(f"no such file or folder: {path}", user_message=f"找不到“{path}”，请检查路径。")
    if path.is_file():
        return [PolicyFile(path, path.name)]
    files = [PolicyFile(found, found.relative_to(path).as_posix()) for found in sorted(_walk(path))]
    if not files:
        raise PolicyFileError(
            f"no policy file in {path}, expected one of {SUFFIXES}",
            user_message=f"“{path}”里没有政策文件，请放入 {'、'.join(SUFFIXES)} 格式的文件。",
        )
    return files


def read_text(path: Path) -> str:
    """Read the text of a policy file.

    Raises:
        PolicyFileError: it cannot be read, is too large, empty, of an unknown format, or holds no text.
    """
    text = _extract(path, _read_bytes(path))
    if not text.strip("\ufeff \t\n"):
        raise _error(path, "empty", "是空的，请放入政策全文")
    return text


def _walk(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent) / name
            if path.suffix.lower() in SUFFIXES and not name.startswith((".", "~$")) and path.is_file():
                yield path


def _read_bytes(path: Path) -> bytes:
    if path.suffix.lower() not in SUFFIXES:
        raise _error(path, f"unknown format {path.suffix!r}", f"格式不支持，请改用 {'、'.join(SUFFIXES)}")
    try:
        size = path.stat().st_size
        if size <= MAX_BYTES:
            return path.read_bytes()
    except OSError as exc:
        raise _error(path, f"cannot be read: {exc}", "读不了，请检查文件是否存在、权限是否足够") from exc
    limit = MAX_BYTES // 1_000_000
    raise _error(path, f"{size} bytes, at most {MAX_BYTES}", f"有 {size} 字节，太大，请拆成 {limit} MB 以内")


def _extract(path: Path, data: bytes) -> str:
    suffix = path.suffix.lower()
    try:
        if suffix == ".docx":
            from ingest.read_docx import read_docx  # noqa: PLC0415 - these libraries load slowly

            return read_docx(data)
        if suffix == ".pdf":
            from ingest.read_pdf import read_pdf  # noqa: PLC0415

            return read_pdf(data)
        text = decode(data)
        if suffix in (".html", ".htm"):
            from ingest.read_html import read_html  # noqa: PLC0415

            return read_html(text)
    except ValueError as exc:
        raise _error(path, str(exc), _way_out(suffix, exc)) from exc
    return text


def _way_out(suffix: str, error: ValueError) -> str:
    """Say in Chinese what is wrong with a file and what to do."""
    name = type(error).__name__
    if name == "PasswordError":
        return "有密码保护，请先去掉密码再放入"
    if name == "NoTextLayerError":
        return "是扫描件，没有文字层，请先做文字识别（OCR）再放入"
    if suffix in (".docx", ".pdf"):
        return "已损坏或不是真正的 " + suffix.removeprefix(".") + " 文件，请重新导出"
    return "不是能识别的文本，请另存为 UTF-8 编码"


def _error(path: Path, reason: str, user_reason: str) -> PolicyFileError:
    return PolicyFileError(f"{path}: {reason}", user_message=f"文件“{path}”{user_reason}。")
