"""Does the policy answer the question at all? A yes or no with known error rates.

`answer/judge.py` gives the probability; the threshold was fitted on labelled questions about other policies,
for one encoder each, and stands beside it with what it gets wrong (`python -m answer.training`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from answer.judge import Judge
from index.search import CERTAIN, Hit

FILE_NAME = "answerability.json"
_LEAST_COVERAGE = 0.08  # refuses one in twenty of the answered questions about other policies

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Shares of questions about policies that nothing was trained or fitted on, in [0, 1].

    Attributes:
        false_refusals: of the questions that are answered by the policy, those that were refused.
        missed_near: of the questions on its topics that it does not answer, those that were not refused.
        missed_other: of the questions about something else, those that were not refused.
    """

    false_refusals: float
    missed_near: float
    missed_other: float


@dataclass(frozen=True, slots=True)
class Fit:
    """What was fitted for an encoder.

    Attributes:
        threshold: the least probability that is answered.
        error_rates: how often that is wrong.
    """

    threshold: float
    error_rates: ErrorRates

    def save(self, folder: Path) -> None:
        """Write the fit into an encoder's folder."""
        (folder / FILE_NAME).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Fit:
        """Read a fit that `save` wrote."""
        stored = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        return cls(stored["threshold"], ErrorRates(**stored["error_rates"]))


class Answerability:
    """Decides whether to answer."""

    def __init__(self, judge: Judge | None, threshold: float) -> None:
        self._judge = judge
        self._threshold = threshold

    @classmethod
    def load(cls, encoder: str) -> Answerability:
        """Read what was trained for an encoder; without it words alone decide, and the log says so."""
        judge = Judge.load(Path(encoder))
        if judge is None:
            log.warning("向量模型“%s”没有配套的拒答参数，只按词语判断政策有没有写。", encoder)
            return cls(None, _LEAST_COVERAGE)
        return cls(judge, Fit.load(Path(encoder)).threshold)

    def is_answered(self, question: str, hits: Sequence[Hit]) -> bool:
        """Tell whether the hits, best first, are likely to hold an answer; no hits never do."""
        if not hits:
            return False
        return hits[0].relevance == CERTAIN or self.probability(question, hits) >= self._threshold

    def probability(self, question: str, hits: Sequence[Hit]) -> float:
        """The probability of an answer; without a judge, how many of the question's words the best has."""
        if self._judge:
            return self._judge.probability(question, hits)
        return max((hit.evidence.coverage for hit in hits if hit.evidence), default=0.0)
