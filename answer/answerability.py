"""Does the policy answer the question at all? A fitted yes or no, with its error rates beside the weights.

Similarity alone does not tell: a near miss (VIP会员一个月多少钱) is as similar as a question the policy
answers. So all evidence for the best hit is judged together. Weights and threshold are fitted on labelled
questions about other policies, for one encoder each (`answer/fit_answerability.py`).
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from index.fusion import Evidence
from index.search import CERTAIN, Hit

FILE_NAME = "answerability.json"
_WORDS_ONLY = Evidence(window=0, clause=0, heading=0, lexical=0, coverage=8, late=0)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Shares of questions about policies that nothing was fitted on, in [0, 1].

    Attributes:
        false_refusals: of the questions that are answered by the policy, those that were refused.
        missed_near: of the questions on its topics that it does not answer, those that were not refused.
        missed_other: of the questions about something else, those that were not refused.
    """

    false_refusals: float
    missed_near: float
    missed_other: float


@dataclass(frozen=True, slots=True)
class Answerability:
    """A logistic model over the evidence for the best hit; without a fit, words alone decide.

    Attributes:
        weights: what each kind of evidence is multiplied by.
        bias: added to their sum.
        threshold: the least probability that is answered.
        error_rates: how often it is wrong; None without a fit.
    """

    weights: Evidence = _WORDS_ONLY
    bias: float = -4.0
    threshold: float = 0.5
    error_rates: ErrorRates | None = None

    def is_answered(self, hits: Sequence[Hit]) -> bool:
        """Tell whether the hits, best first, are likely to hold an answer; no hits never do."""
        if not hits:
            return False
        return hits[0].relevance == CERTAIN or self.probability(hits[0]) >= self.threshold

    def probability(self, hit: Hit) -> float:
        """The probability that the question whose best hit this is has an answer."""
        if hit.evidence is None:
            return 0.0
        logit = self.bias + sum(w * e for w, e in zip(self.weights, hit.evidence, strict=True))
        return 1 / (1 + math.exp(-logit))

    def save(self, folder: Path) -> None:
        """Write the model into an encoder's folder."""
        stored = asdict(self) | {"weights": self.weights._asdict()}
        (folder / FILE_NAME).write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, encoder: str) -> Answerability:
        """Read the model fitted for an encoder; without one, words alone decide, and the log says so."""
        path = Path(encoder) / FILE_NAME
        if not path.is_file():
            log.warning("向量模型“%s”没有配套的拒答参数，只按词语判断政策有没有写。", encoder)
            return cls()
        stored = json.loads(path.read_text(encoding="utf-8"))
        weights, rates = Evidence(**stored["weights"]), ErrorRates(**stored["error_rates"])
        return cls(weights, stored["bias"], stored["threshold"], rates)
