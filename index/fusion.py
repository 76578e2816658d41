"""How the evidence for a clause, and for a passage in it, becomes one number. The weights are fitted.

The weights are fitted on policies the encoder was not trained on and stored beside it
(`index/training/fit_fusion.py`). An encoder without a fit gets the defaults below.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FILE_NAME = "fusion.json"


class Evidence(NamedTuple):
    """What speaks for one clause; larger is better.

    Attributes:
        window: cosine of the question and the clause's best window, in [-1, 1].
        clause: cosine of the question and the clause as a whole.
        heading: cosine of the question and the headings that lead to the clause.
        lexical: BM25 relative to the best clause of the question, in [0, 1].
        coverage: share of the question's tokens that the clause has, rare tokens counting more.
        late: for every token of the question the most similar token of the best window, averaged; 0 for an
            encoder without token vectors.
    """

    window: float
    clause: float
    heading: float
    lexical: float
    coverage: float
    late: float


class PassageEvidence(NamedTuple):
    """What speaks for one window of a clause that was found; larger is better.

    Attributes:
        similarity: cosine of the question and the window, in [-1, 1].
        late: as in `Evidence`, for this window.
        odds: log-odds of the clause's relevance.
    """

    similarity: float
    late: float
    odds: float


_HAND_SET_PASSAGE = PassageEvidence(similarity=12, late=0, odds=1)
_HAND_SET = Evidence(window=8, clause=4, heading=1, lexical=2, coverage=3, late=0)


@dataclass(frozen=True, slots=True)
class Fusion:
    """A logistic model over evidence. Defaults: hand-set, for an encoder without a fit.

    Attributes:
        weights: what each kind of evidence is multiplied by.
        bias: added to their sum.
        passage_weights: likewise for windows; there only the order counts, so there is no bias.
    """

    weights: Evidence = _HAND_SET
    bias: float = -8.0
    passage_weights: PassageEvidence = _HAND_SET_PASSAGE

    def relevance(self, evidence: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Fuse the evidence.

        Args:
            evidence: float32, shape (num_clauses, 6), columns in the order of `Evidence`.

        Returns:
            float32, shape (num_clauses,), in [0, 1].
        """
        logits = evidence @ np.asarray(self.weights, dtype=np.float32) + self.bias
        relevance: npt.NDArray[np.float32] = (1 / (1 + np.exp(-logits))).astype(np.float32)
        return relevance

    def shares(self, evidence: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The probability of every window to hold the answer, given that one of them does.

        Args:
            evidence: float32, shape (num_windows, 3), columns in the order of `PassageEvidence`.

        Returns:
            float32, shape (num_windows,), sum 1.
        """
        logits = evidence @ np.asarray(self.passage_weights, dtype=np.float32)
        raw = np.exp(logits - logits.max(initial=-np.inf))
        shares: npt.NDArray[np.float32] = raw / raw.sum()
        return shares

    def save(self, folder: Path) -> None:
        """Write the model into an encoder's folder."""
        stored = {
            "weights": self.weights._asdict(),
            "bias": self.bias,
            "passage_weights": self.passage_weights._asdict(),
        }
        (folder / FILE_NAME).write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, encoder: str) -> Fusion:
        """Read the model fitted for an encoder; the defaults where it has none."""
        path = Path(encoder) / FILE_NAME
        if not path.is_file():
            return cls()
        stored = json.loads(path.read_text(encoding="utf-8"))
        passage_weights = PassageEvidence(**stored["passage_weights"])
        return cls(Evidence(**stored["weights"]), stored["bias"], passage_weights)
