"""Does the policy answer the question at all? A fitted yes or no, with its error rates beside the weights.

Similarity alone does not tell: a near miss (VIP会员一个月多少钱) is as similar as a question the policy
answers. So the best hits are judged by several features, and weights and threshold are fitted on labelled
questions about other policies, for one encoder each.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from index.lexical import tokenize
from index.search import Hit

FILE_NAME = "answerability.json"
NUM_JUDGED_HITS = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Features:
    """What a question and its best hits look like.

    Attributes:
        similarity: cosine of the best hit's best window.
        covered_pairs: share of the question's words and character pairs that the best hits hold.
        covered_chars: share of its single characters that they hold.
    """

    similarity: float
    covered_pairs: float
    covered_chars: float


@dataclass(frozen=True, slots=True)
class Answerability:
    """A logistic model over `Features`; the defaults judge by words alone, for an encoder without a fit.

    Attributes:
        similarity, covered_pairs, covered_chars, bias: its weights.
        threshold: the least probability that is answered.
    """

    similarity: float = 0.0
    covered_pairs: float = 4.0
    covered_chars: float = 4.0
    bias: float = -3.0
    threshold: float = 0.5

    def is_answered(self, question: str, hits: Sequence[Hit]) -> bool:
        """Tell whether the hits are likely to hold an answer; no hits never do."""
        return bool(hits) and self.probability(measure(question, hits)) >= self.threshold

    def probability(self, features: Features) -> float:
        """The probability that the best hit answers the question."""
        logit = self.bias + self.similarity * features.similarity
        logit += self.covered_pairs * features.covered_pairs + self.covered_chars * features.covered_chars
        return 1 / (1 + math.exp(-logit))

    def save(self, folder: Path) -> None:
        """Write the model into an encoder's folder."""
        (folder / FILE_NAME).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, encoder: str) -> Answerability:
        """Read the model fitted for an encoder; without one, words alone decide, and the log says so."""
        path = Path(encoder) / FILE_NAME
        if path.is_file():
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        log.warning("向量模型“%s”没有配套的拒答参数，只按词语判断政策有没有写。", encoder)
        return cls()


def measure(question: str, hits: Sequence[Hit]) -> Features:
    """Measure a question against its best hits.

    Raises:
        ValueError: there are no hits.
    """
    if not hits:
        raise ValueError("features need at least one hit")
    wanted = set(tokenize(question))
    held = {
        token for hit in hits[:NUM_JUDGED_HITS] for token in tokenize(f"{hit.clause.title} {hit.clause.text}")
    }
    return Features(
        similarity=max(hit.similarity for hit in hits[:NUM_JUDGED_HITS]),
        covered_pairs=_share({token for token in wanted if len(token) > 1}, held),
        covered_chars=_share({token for token in wanted if len(token) == 1}, held),
    )


def _share(wanted: set[str], held: set[str]) -> float:
    return len(wanted & held) / len(wanted) if wanted else 0.0
