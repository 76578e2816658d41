"""Names with a hash each, in one JSON file: `{"name": "hash"}`. Users and API keys are kept so.

A running server sees every change: the file is read anew when it was written. A file that is damaged, or that
was there and has gone, is an error and not an empty list, for an empty list could open what it should close.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from errors import AccessError
from web.access.files import locked, unusable, write_whole

MAX_NAME_CHARS = 40
_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_NAME = re.compile(rf"[A-Za-z0-9._@{_HAN}-]{{1,{MAX_NAME_CHARS}}}")

_Stamp: TypeAlias = tuple[int, int, int]


def check_name(name: str) -> str:
    """Return the name, if it may be one.

    Raises:
        AccessError: it has other characters than letters, digits, ._-@ and Han, none, or more than
            MAX_NAME_CHARS.
    """
    if not _NAME.fullmatch(name):
        raise AccessError(
            f"name {name!r} is not 1 to {MAX_NAME_CHARS} letters, digits, ._-@ or Han",
            user_message=f"名称“{name}”不能用，请用 1 到 {MAX_NAME_CHARS} 个汉字、英文字母、数字或 . _ - @。",
        )
    return name


class NamedHashes:
    """The file, which is made when something is first put into it."""

    def __init__(self, path: Path, *, hash_form: str) -> None:
        """Name the file; nothing is read yet.

        Args:
            path: the file.
            hash_form: a regular expression that every whole hash matches.
        """
        self.path = path
        self._form = re.compile(hash_form)
        self._lock = Lock()
        self._stamp: _Stamp | None = None
        self._held: Mapping[str, str] = {}

    def read(self) -> Mapping[str, str]:
        """The hashes by name; none where there never was a file.

        Raises:
            AccessError: the file is damaged, cannot be read, or has gone since it was last read.
        """
        with self._lock:
            try:
                stamp = _stamp(self.path)
                if stamp != self._stamp:
                    self._held, self._stamp = self._load(), stamp
            except FileNotFoundError as exc:
                if self._stamp is not None:
                    raise unusable(self.path, exc) from exc
            except OSError as exc:
                raise unusable(self.path, exc) from exc
            return self._held

    def put(self, name: str, hash_: str) -> bool:
        """Keep a name's hash in the place of the one it had; tell whether it had one.

        Raises:
            AccessError: the name may be none, or the file is damaged or cannot be written.
        """
        check_name(name)
        return self._change(name, hash_)

    def drop(self, name: str) -> bool:
        """Forget a name; tell whether there was one.

        Raises:
            AccessError: the file is damaged or cannot be written.
        """
        return self._change(name, None)

    def _change(self, name: str, hash_: str | None) -> bool:
        try:
            with locked(self.path), self._lock:
                held = self._load() if self.path.exists() else {}
                was_there = held.pop(name, None) is not None
                if hash_ is not None:
                    held[name] = hash_
                if hash_ is not None or was_there:
                    write_whole(self.path, json.dumps(held, ensure_ascii=False, indent=1, sort_keys=True))
                    self._held, self._stamp = held, _stamp(self.path)
        except OSError as exc:
            raise unusable(self.path, exc) from exc
        return was_there

    def _load(self) -> dict[str, str]:
        try:
            held = json.loads(self.path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as exc:
            raise self.damaged(f"no JSON: {exc}") from exc
        if not isinstance(held, dict):
            raise self.damaged("no table of names")
        for name, hash_ in held.items():
            if not (_NAME.fullmatch(name) and isinstance(hash_, str) and self._form.fullmatch(hash_)):
                raise self.damaged(f"the entry of {name!r} is none")
        return held

    def damaged(self, reason: str) -> AccessError:
        """The error for a file whose text cannot be used; the reason goes to the log only."""
        return AccessError(
            f"{str(self.path)!r} is damaged: {reason}; restore it, or remove it and add everyone anew",
            user_message=f"文件“{self.path}”已损坏，修好之前谁也不放行，请用备份恢复，或删掉后重新添加。",
        )


def _stamp(path: Path) -> _Stamp:
    """What changes whenever a file is written or replaced: its time, size and number on disk."""
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
