"""Coverage: what a sentence says beyond numbers and negation is found in its clauses.

Signs of it are weighed by a logistic model: how much of the sentence's wording the clauses have, how
close its least supported part comes to them by the encoder, and its longest run of words that they lack.
Synonyms count as the same word.
The weights are fitted on a catalogue of true and false sentences (`tests/quality_checks.py`); `coverage.json`
holds them with their error rates. They belong to the bundled encoder.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, astuple, dataclass
from itertools import pairwise
from pathlib import Path

from answer.checks.normal import split_segments
from answer.checks.polarity import one_word_each, pairs
from index.encoder import Encoder

FILE = Path(__file__).parent / "coverage.json"
_FUNCTION_WORDS = re.compile(
    r"您|我们|你|平台|的|了|会|将|可以|可能|就|也|都|等|这|那|该|其|在|是|有|和|与|及|或|并|而|把|被|对|向|为|以|之|则|还|再|才|"
    r"一般|通常|按照|根据|依照|依据|规定|因为|由于|所以|因此|仍然|照常|另外|以及|需要|要|应|须|必须|如果|如|若|时|后|进行|相关|有关|自己|自行|里|上|下|中|到|从|地|得|很|此|本|[“”\"'()《》、\-—·]"
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a sentence being covered.

    Attributes:
        shared: share of its pairs of characters that the clauses have, in [0, 1].
        letters: share of its characters that the clauses have, in [0, 1].
        weakest: similarity of the least similar part between commas to the clauses, in [-1, 1].
        longest_gap: its longest run of pairs that the clauses lack, in characters.
    """

    shared: float
    letters: float
    weakest: float
    longest_gap: float


@dataclass(frozen=True, slots=True)
class CoverageModel:
    """A logistic model over the signs.

    Attributes:
        weights: what each sign is multiplied by.
        bias: added to their sum.
        threshold: the least probability that counts as covered.
    """

    weights: Signs
    bias: float
    threshold: float

    @classmethod
    def load(cls) -> CoverageModel:
        """Read the fitted model."""
        fitted = json.loads(FILE.read_text(encoding="utf-8"))
        return cls(Signs(**fitted["weights"]), fitted["bias"], fitted["threshold"])

    def save(self) -> None:
        """Write the model where `load` reads it."""
        FILE.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    def probability(self, signs: Signs) -> float:
        """How likely a sentence with these signs is covered, in [0, 1]."""
        weighed = zip(astuple(self.weights), astuple(signs), strict=True)
        return 1 / (1 + math.exp(-self.bias - sum(weight * sign for weight, sign in weighed)))

    def is_covered(self, signs: Signs) -> bool:
        """Tell whether a sentence with these signs is covered."""
        return self.probability(signs) >= self.threshold


@dataclass(frozen=True, slots=True)
class Wording:
    """The content of a text: what is left without words that only serve grammar.

    Attributes:
        parts: for every part between commas the runs of characters that are left.
        pairs: the pairs of neighbouring characters in them.
        letters: the characters in them.
    """

    parts: tuple[tuple[str, ...], ...]
    pairs: frozenset[str]
    letters: frozenset[str]

    @property
    def text(self) -> str:
        """All of it, for the encoder."""
        return "\n".join(" ".join(words) for words in self.parts)


def read_wording(text: str, issuers: Collection[str]) -> Wording:
    """Read the content of a normalised text; synonyms are written the same way, issuers' names left out."""
    for issuer in issuers:
        text = text.replace(issuer, " ") if issuer else text
    plain = one_word_each(text)
    parts = tuple(
        words
        for segment in split_segments(plain)
        if (words := tuple(_FUNCTION_WORDS.sub(" ", segment).split()))
    )
    all_words = [word for part in parts for word in part]
    return Wording(parts, frozenset(_pairs_of(all_words)), frozenset("".join(all_words)))


class Comparison:
    """A sentence beside the clauses that were given, so that any of them can be asked about."""

    def __init__(self, said: Wording, given: Sequence[Wording], encoder: Encoder) -> None:
        self._said = said
        self._given = given
        texts = [wording.text for wording in given]
        self._similarities = [encoder.late_similarities(" ".join(words), texts) for words in said.parts]

    def signs(self, cited: Sequence[int]) -> Signs:
        """The signs of coverage by some of the clauses; positions in `given`, at least one."""
        held = frozenset[str]().union(*(self._given[n].pairs for n in cited))
        held_letters = frozenset[str]().union(*(self._given[n].letters for n in cited))
        words = [word for part in self._said.parts for word in part]
        return Signs(
            shared=_share(self._said.pairs, held),
            letters=_share("".join(words), held_letters),
            weakest=min((float(max(row[n] for n in cited)) for row in self._similarities), default=1.0),
            longest_gap=max((_longest_gap(word, held) for word in words), default=0),
        )


def _share(said: Collection[str], held: frozenset[str]) -> float:
    return sum(piece in held for piece in said) / len(said) if said else 1.0


def _pairs_of(words: Iterable[str]) -> set[str]:
    return {pair for word in words for pair in pairs(word)}


def _longest_gap(word: str, held: frozenset[str]) -> int:
    longest = run = 0
    for first, second in pairwise(word):
        run = 0 if first + second in held else run + 1
        longest = max(longest, run)
    return longest
