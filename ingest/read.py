r"""A policy file on disk → its text. `index/build.py` and `python -m ingest` call it.

The text is what Python's `open(path, encoding=…).read()` gives: decoded, line ends as \n, a byte order mark
kept. Every offset in this project counts its characters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from errors import PolicyFileError

SUFFIXES = (".md", ".txt")
MAX_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy file that was read.

    Attributes:
        name: its path below the folder it was found in, with forward slashes.
        text: its text.
        sha256: of its bytes.
    """

    name: str
    text: str
    sha256: str


def find_policy_files(path: Path) -> list[Path]:
    """List the policy files of a folder and the folders below it, sorted; a file stands for itself.

    Raises:
        PolicyFileError: the path does not exist, or no policy file is there.
    """
    if not path.exists():
        raise PolicyFileError(f"no such file or folder: {path}", user_message=f"找不到“{path}”，请检查路径。")
    files = [path] if path.is_file() else sorted(_walk(path))
    if not files:
        raise PolicyFileError(
            f"no policy file in {path}, expected one of {SUFFIXES}",
            user_message=f"“{path}”里没有政策文件，请放入 {'、'.join(SUFFIXES)} 格式的文件。",
        )
    return files


def read_policy_file(path: Path, *, below: Path | None = None) -> PolicyFile:
    """Read a policy file as UTF-8.

    Args:
        path: the file.
        below: the folder its name is relative to; its own folder where none is given.

    Raises:
        PolicyFileError: it cannot be read, is too large, empty, of an unknown format, or no text.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise _error(path, f"unknown format {path.suffix!r}", f"格式不支持，请改用 {'、'.join(SUFFIXES)}")
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as exc:
        raise _error(path, f"cannot be read: {exc}", "读不了，请检查文件是否存在、权限是否足够") from exc
    if size > MAX_BYTES:
        raise _error(
            path, f"{size} bytes, at most {MAX_BYTES}", f"太大（{size} 字节），请拆成 20 MB 以内的文件"
        )
    text = _decode(path, data)
    if not text.strip("\ufeff \t\n"):
        raise _error(path, "empty", "是空的，请放入政策全文")
    name = path.relative_to(below).as_posix() if below and path != below else path.name
    return PolicyFile(name, text, hashlib.sha256(data).hexdigest())


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith("."):
            yield path


def _decode(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as exc:
        raise _error(path, f"not UTF-8: {exc}", "不是 UTF-8 文本，请另存为 UTF-8 编码") from exc
    if "\x00" in text:
        raise _error(path, "holds NUL characters, so it is no text", "不是文本文件，请另存为 UTF-8 文本")
    return text


def _error(path: Path, reason: str, user_reason: str) -> PolicyFileError:
    return PolicyFileError(f"{path}: {reason}", user_message=f"文件“{path}”{user_reason}。")
