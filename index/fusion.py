"""How the evidence for a clause becomes one relevance, with weights fitted for an encoder.

The weights are fitted on held-out policies and stored beside the encoder they were fitted for
(`index/training/fit_fusion.py`). An encoder without a fit gets the defaults below.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

FILE_NAME = "fusion.json"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each of some clauses; every field is float32, shape (num_clauses,), larger is better.

    Attributes:
        window: cosine of the question and the clause's best window.
        clause: cosine of the question and the clause as a whole.
        heading: cosine of the question and the headings that lead to the clause.
        lexical: BM25 relative to the best clause of the question.
        coverage: share of the question's tokens that the clause has, rare tokens counting more.
        late: for every token of the question the most similar token of the best window, averaged; zeros for
            an encoder without token vectors.
    """

    window: npt.NDArray[np.float32]
    clause: npt.NDArray[np.float32]
    heading: npt.NDArray[np.float32]
    lexical: npt.NDArray[np.float32]
    coverage: npt.NDArray[np.float32]
    late: npt.NDArray[np.float32]

    def rows(self) -> npt.NDArray[np.float32]:
        """All of it: float32, shape (num_clauses, 6), columns in the order of the fields."""
        return np.stack([getattr(self, field.name) for field in fields(self)], axis=1)


@dataclass(frozen=True, slots=True)
class Fusion:
    """A logistic model over evidence. Defaults: hand-set, for an encoder without a fit.

    Attributes:
        weights: one weight a field of `Evidence`, in its order.
        bias: added to their sum.
    """

    weights: tuple[float, ...] = (8.0, 4.0, 1.0, 2.0, 3.0, 0.0)
    bias: float = -8.0

    def __post_init__(self) -> None:
        if len(self.weights) != len(fields(Evidence)):
            raise ValueError(f"{len(fields(Evidence))} weights are needed, got {len(self.weights)}")

    def relevance(self, evidence: Evidence) -> npt.NDArray[np.float32]:
        """Fuse the evidence: float32 in (0, 1), shape (num_clauses,)."""
        logits = evidence.rows() @ np.asarray(self.weights, dtype=np.float32) + self.bias
        relevance: npt.NDArray[np.float32] = (1 / (1 + np.exp(-logits))).astype(np.float32)
        return relevance

    @classmethod
    def load(cls, encoder: str) -> Fusion:
        """Read the weights fitted for an encoder; the defaults where it has none."""
        path = Path(encoder) / FILE_NAME
        if not path.is_file():
            return cls()
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(_in_order(stored["weights"]), float(stored["bias"]))


def _in_order(weights: dict[str, float]) -> tuple[float, ...]:
    names: Sequence[str] = [field.name for field in fields(Evidence)]
    return tuple(float(weights[name]) for name in names)
