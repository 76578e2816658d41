"""What an index was made from. Loading compares it with what is there now; a difference means building anew.

The code that shapes an index is part of it, by its hash: an index never outlives the parser that made it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from index.encoder import fingerprint
from ingest.read import PolicyFile

FORMAT = 3
_SHAPING_FILES = ("index/windows.py", "index/lexical.py")


class Manifest(BaseModel):
    """The facts that shaped an index.

    Attributes:
        format: version of the file layout.
        parser: hash of the code that cuts files into clauses, windows and tokens.
        encoder: hash or name of the encoder's weights.
        files: SHA-256 of every policy file, by name.
    """

    model_config = ConfigDict(frozen=True)

    format: int
    parser: str
    encoder: str
    files: dict[str, str]

    def difference(self, other: Manifest) -> str | None:
        """Say in Chinese what differs from another manifest first; None where they are equal."""
        reasons = {
            "format": "索引格式有更新",
            "parser": "解析程序有更新",
            "encoder": "向量模型换了",
            "files": "政策文件有变化",
        }
        return next(
            (reason for name, reason in reasons.items() if getattr(self, name) != getattr(other, name)), None
        )


def make_manifest(files: Sequence[PolicyFile], encoder: str) -> Manifest:
    """Describe the index that these files and this encoder would make.

    Raises:
        PolicyFileError: a file cannot be read.
    """
    return Manifest(
        format=FORMAT,
        parser=_code_hash(),
        encoder=fingerprint(encoder),
        files={file.name: file.hash() for file in files},
    )


def _code_hash() -> str:
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for path in [*sorted((root / "ingest").glob("*.py")), *(root / name for name in _SHAPING_FILES)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()
