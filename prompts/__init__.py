"""The wordings this assistant speaks and prompts with: one UTF-8 text file each, with `{named}` fields.

`render` is the only way to them. Python logic lives elsewhere; a wording is changed by editing its file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Formatter

FOLDER = Path(__file__).resolve().parent


def render(name: str, **fields: str) -> str:
    """Fill the fields of a wording.

    Args:
        name: the file's name without `.txt`.
        fields: a value for every field of the file, no more and no fewer.

    Raises:
        ValueError: there is no such file, or the fields do not match it.
    """
    template = _read(name)
    wanted = field_names(name)
    if wanted != set(fields):
        raise ValueError(f"wording {name!r} has the fields {sorted(wanted)}, got {sorted(fields)}")
    return template.format(**fields)


def field_names(name: str) -> set[str]:
    """The fields of a wording."""
    return {field for _, field, _, _ in Formatter().parse(_read(name)) if field}


def names() -> list[str]:
    """All wordings, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


@cache
def _read(name: str) -> str:
    try:
        return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")
    except FileNotFoundError as exc:
        raise ValueError(f"no wording {name!r}, there are {names()}") from exc
