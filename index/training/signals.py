"""How well the windows and excerpts of a policy fit its questions, by vectors, by words, and token by token.

`ranking.py` turns these numbers into figures. Larger fits better; the three kinds are not on one scale.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.lexical import LexicalIndex
from index.training.labelled import LabelledPolicy

Matrix = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Matrix]


@dataclass(frozen=True, slots=True)
class Signal:
    """Numbers of one kind for one policy: a row a question, a column a window or an excerpt."""

    windows: Matrix
    excerpts: Matrix


def dense_signal(policy: LabelledPolicy, encode: Encode) -> Signal:
    """Compare vectors: cosines. `encode` gives rows of norm 1."""
    questions = encode(policy.questions)
    return Signal(questions @ encode(policy.windows).T, questions @ encode(policy.excerpts).T)


def lexical_signal(policy: LabelledPolicy) -> Signal:
    """Compare words: the BM25 of the index."""
    return Signal(_rate(policy.windows, policy.questions), _rate(policy.excerpts, policy.questions))


def late_signal(policy: LabelledPolicy, compare: Callable[[str, Sequence[str]], Matrix]) -> Signal:
    """Compare token by token; `compare` takes a question and texts."""
    return Signal(
        np.stack([compare(question, policy.windows) for question in policy.questions]),
        np.stack([compare(question, policy.excerpts) for question in policy.questions]),
    )


def _rate(texts: Sequence[str], questions: Sequence[str]) -> Matrix:
    index = LexicalIndex.build(texts)
    return np.stack([index.rate(question).relative for question in questions])
