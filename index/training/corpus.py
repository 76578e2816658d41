"""Pairs of texts that belong together, from the files named in `SOURCES.md` of the training data.

They teach what words mean, in the first stage and as replay in the second. No text of a held-out policy comes
through here, not even without its questions.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from index.training.labelled import squeeze

SOURCES = (
    "policy_para_capp130",
    "pairs_policies_capp130",
    "pairs_policies",
    "pairs_laws",
    "para_atec",
    "qa_search_dureader",
    "qa_mrc_cmrc2018",
    "qa_mrc_drcd",
    "qa_medical_toyhom",
    "qa_forum_egret",
)
LINES = ("text_policies", "text_policies_capp130", "text_laws", "text_news")
_HEAD_CHARS = 60  # so many characters of a text tell whether it stands in a held-out policy
_MAX_HEAD = 200  # and they are among so many, white space included


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts of one source; the left one of a pair asks, heads or rewrites the right one."""

    source: str
    left: tuple[str, ...]
    right: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.left) != len(self.right):
            raise ValueError(f"{self.source}: {len(self.left)} left texts but {len(self.right)} right ones")


def read_pairs(folder: Path, *, held_out: Iterable[str]) -> list[Pairs]:
    """Read all sources.

    Args:
        folder: where the `.jsonl.xz` files are.
        held_out: texts of policies; pairs whose right text begins like a passage of one are left out.

    Raises:
        OSError, KeyError, json.JSONDecodeError: a file is missing or damaged.
    """
    hidden = _hide(held_out)
    return [_read_source(folder / f"{source}.jsonl.xz", source, hidden) for source in SOURCES]


def read_lines(folder: Path, *, held_out: Iterable[str]) -> list[str]:
    """Read running text for masked-language training, a paragraph or article a line.

    Args:
        folder: where the `.txt.xz` files are.
        held_out: as in `read_pairs`.

    Raises:
        OSError: a file is missing or damaged.
    """
    hidden = _hide(held_out)
    texts = []
    for name in LINES:
        with lzma.open(folder / f"{name}.txt.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                text = line.rstrip("\n").rsplit("\t", 1)[-1]  # laws have their name and number in front
                head = squeeze(text[:_MAX_HEAD])[0][:_HEAD_CHARS]
                if head and head not in hidden:
                    texts.append(text)
    return texts


def _hide(held_out: Iterable[str]) -> str:
    return "\n".join(squeeze(text)[0] for text in held_out)


def _read_source(path: Path, source: str, hidden: str) -> Pairs:
    left, right = [], []
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if "neg" in row:  # pairs that only look alike
                continue
            first, second = (row["q"], row["d"]) if "q" in row else (row["a"], row["b"])
            if squeeze(second)[0][:_HEAD_CHARS] not in hidden:
                left.append(first)
                right.append(second)
    return Pairs(source, tuple(left), tuple(right))
