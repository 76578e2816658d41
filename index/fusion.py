"""How BM25 and similarity together become one relevance, with weights fitted for an encoder.

The weights are fitted on held-out policies and stored beside the encoder they were fitted for. An encoder
without a fit gets the defaults below.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

FILE_NAME = "fusion.json"


@dataclass(frozen=True, slots=True)
class Fusion:
    """Weights of a logistic model: relevance = 1 / (1 + exp(-(bias + similarity·a + lexical·b))).

    Attributes:
        similarity: weight of the cosine of the best window.
        lexical: weight of BM25, relative to the best BM25 of the question.
        bias: what both are measured against.
    """

    similarity: float = 8.0
    lexical: float = 2.0
    bias: float = -6.0

    def relevance(
        self, similarity: npt.NDArray[np.float32], lexical: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """Fuse: float32 in (0, 1), of the shape of both arguments."""
        logit = self.bias + self.similarity * similarity + self.lexical * lexical
        return (1 / (1 + np.exp(-logit))).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the weights into an encoder's folder."""
        (folder / FILE_NAME).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, encoder: str) -> Fusion:
        """Read the weights fitted for an encoder; the defaults where it has none."""
        path = Path(encoder) / FILE_NAME
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else cls()
