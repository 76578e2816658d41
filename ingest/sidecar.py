"""`policy.toml`: facts of the policies in a folder that their texts do not state, or state wrongly.

`index/build.py` and `python -m ingest` read it beside the files. A table a file:

    ["privacy_2021.md"]
    title = "甲平台隐私政策"
    effective = 2021-11-16
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import fields
from pathlib import Path

from errors import PolicyFileError
from ingest.facts import Facts

FILE_NAME = "policy.toml"
_DATES = ("updated", "effective")


def read_sidecar(folder: Path) -> dict[str, Facts]:
    """Read the facts stated for the files of a folder, by file name; empty where there is no sidecar.

    Raises:
        PolicyFileError: the sidecar is no TOML, or states something that is no fact of a policy.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: _facts(name, table) for name, table in tables.items()}
    except (OSError, ValueError) as exc:
        raise PolicyFileError(
            f"{path}: {exc}", user_message=f"说明文件“{path}”写得不对（{exc}），请对照 README 改正。"
        ) from exc


def _facts(name: str, table: object) -> Facts:
    known = {field.name for field in fields(Facts)}
    if not isinstance(table, dict) or not set(table) <= known:
        raise ValueError(f"[{name!r}] takes the keys {sorted(known)}")
    for key, value in table.items():
        wanted: type = dt.date if key in _DATES else str
        if not isinstance(value, wanted):
            raise ValueError(f"[{name!r}] {key} = {value!r} is no {wanted.__name__}")  # noqa: TRY004
    return Facts(**table)
