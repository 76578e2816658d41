"""`python -m answer.fit_answerability DATA_DIR ENCODER_DIR`: fit the yes or no of an encoder, and measure it.

The encoder comes from `python -m index.training DATA_DIR ENCODER_DIR`. Questions about the policies of its
fitting bucket decide the weights and the threshold; the error rates come from the held-out bucket.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from answer.answerability import Answerability, ErrorRates
from index.build import index_in_memory
from index.encoder import Encoder
from index.fusion import Evidence
from index.search import Hit

if TYPE_CHECKING:
    from index.training.labelled import LabelledPolicy

FALSE_REFUSALS = 0.05  # the share of answered questions that the threshold may refuse
_OTHER_SOURCES = (
    "qa_search_dureader",
    "qa_medical_toyhom",
    "qa_forum_egret",
    "qa_mrc_cmrc2018",
    "para_atec",
)
_OTHERS_PER_POLICY = 25
_MAX_OTHER_CHARS = 60
_SEED = 0

Kind: TypeAlias = Literal["answered", "near", "other"]


@dataclass(frozen=True, slots=True)
class Example:
    """The best hit of a question and whether the policy answers it."""

    hit: Hit
    kind: Kind


def collect(policies: Sequence[LabelledPolicy], others: Sequence[str], encoder: Encoder) -> Iterator[Example]:
    """Ask every policy what it answers, what it nearly answers, and some of `others`."""
    rng = random.Random(_SEED)  # noqa: S311 - a sample, no secret
    for policy in policies:
        index = index_in_memory([policy.policy], encoder)
        asked: list[tuple[Kind, Sequence[str]]] = [
            ("answered", policy.questions),
            ("near", policy.near_misses),
            ("other", rng.sample(others, _OTHERS_PER_POLICY)),
        ]
        for kind, questions in asked:
            for question in questions:
                yield from (Example(hit, kind) for hit in index.search(question, limit=1) if hit.evidence)


def fit(examples: Sequence[Example]) -> Answerability:
    """Fit weights, bias and threshold; the latter refuses FALSE_REFUSALS of the answered examples."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    evidence = np.array([example.hit.evidence for example in examples])
    is_answered = np.array([example.kind == "answered" for example in examples])
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(evidence, is_answered)
    scaler, logistic = model[0], model[1]
    weights = logistic.coef_[0] / scaler.scale_
    bias = float(logistic.intercept_[0] - weights @ scaler.mean_)
    threshold = float(np.quantile(model.predict_proba(evidence[is_answered])[:, 1], FALSE_REFUSALS))
    return Answerability(Evidence(*weights.tolist()), bias, threshold)


def measure(answerability: Answerability, examples: Sequence[Example]) -> ErrorRates:
    """Count how often a model is wrong."""

    def share_answered(kind: Kind) -> float:
        judged = [answerability.is_answered([example.hit]) for example in examples if example.kind == kind]
        return round(sum(judged) / len(judged), 4)

    return ErrorRates(
        round(1 - share_answered("answered"), 4), share_answered("near"), share_answered("other")
    )


def read_others(folder: Path) -> list[str]:
    """Short questions about anything, from the general pairs of the training data."""
    others: set[str] = set()
    for source in _OTHER_SOURCES:
        with lzma.open(folder / f"{source}.jsonl.xz", "rt", encoding="utf-8") as lines:
            others |= {row["q"] if "q" in row else row["a"] for row in map(json.loads, lines)}
    return sorted(question for question in others if len(question) <= _MAX_OTHER_CHARS)


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, measure, and write `answerability.json` into the encoder's folder."""
    from index.training.labelled import FITTING_BUCKET, HELD_OUT_BUCKET, read_labelled

    parser = argparse.ArgumentParser(prog="python -m answer.fit_answerability", description=main.__doc__)
    parser.add_argument("data", type=Path, metavar="DATA_DIR", help="folder with the training texts")
    parser.add_argument("encoder", type=Path, metavar="ENCODER_DIR", help="folder of the encoder")
    options = parser.parse_args(argv)
    encoder = Encoder.load(str(options.encoder))
    policies, others = read_labelled(options.data), read_others(options.data)
    fitting, held_out = (
        list(collect([policy for policy in policies if policy.bucket == bucket], others, encoder))
        for bucket in (FITTING_BUCKET, HELD_OUT_BUCKET)
    )
    fitted = fit(fitting)
    fitted = replace(fitted, error_rates=measure(fitted, held_out))
    fitted.save(options.encoder)
    print(fitted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
