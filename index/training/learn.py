"""From texts to a table of token vectors, the static candidate: the two stages in order. No files."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from index.training.bag import BagLearner, TokenBag
from index.training.corpus import Pairs
from index.training.finetune import CountedPolicy, fine_tune
from index.training.labelled import LabelledPolicy
from index.training.pretrain import CountedPairs, pretrain
from index.training.ranking import Figures, measure
from index.training.recipe import Recipe
from index.training.signals import Encode, dense_signal
from index.training.tokens import count_tokens, train_tokenizer

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Texts:
    """What is trained on and, held out from all of it, what is measured on."""

    pairs: tuple[Pairs, ...]
    trained: tuple[LabelledPolicy, ...]
    held_out: tuple[LabelledPolicy, ...]

    def all_trained(self) -> list[str]:
        """Return every text that is trained on, for choosing tokens."""
        texts = [text for pairs in self.pairs for text in (*pairs.left, *pairs.right)]
        texts += [text for policy in self.trained for text in (*policy.questions, *policy.windows)]
        return texts


@dataclass(frozen=True, slots=True)
class General:
    """What the first stage gives: it knows what words mean, and no question about a policy.

    Attributes:
        tokenizer: its ids are the rows of the bag.
        bag: the model.
        sources: the pairs it was trained on.
        losses: the loss of every step.
    """

    tokenizer: Tokenizer
    bag: TokenBag
    sources: tuple[CountedPairs, ...]
    losses: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """How a training went.

    Attributes:
        pair_losses: the loss of every step of the first stage.
        question_losses: likewise of the first run of the second stage.
        figures: of the first run, on held-out policies: before the second stage and after its every epoch.
    """

    pair_losses: tuple[float, ...]
    question_losses: tuple[float, ...]
    figures: tuple[Figures, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """A tokenizer and the vectors of its tokens.

    Attributes:
        tokenizer: its ids are the rows of the table.
        table: float32, shape (num_tokens, dimension).
        curves: how they came about.
    """

    tokenizer: Tokenizer
    table: npt.NDArray[np.float32]
    curves: Curves


def learn(texts: Texts, recipe: Recipe) -> Learned:
    """Choose tokens and learn their vectors.

    The second stage runs several times with different seeds from the same start; the average of the tables
    finds more than any of them, at the price of one.
    """
    general = learn_general(texts, recipe)
    tokenizer, bag, sources = general.tokenizer, general.bag, general.sources
    count = partial(count_tokens, tokenizer)
    policies = [CountedPolicy.count(count, policy) for policy in texts.trained]

    figures: list[Figures] = []
    question_losses: list[list[float]] = []
    tables: list[npt.NDArray[np.float32]] = []

    def watch(current: TokenBag) -> None:
        figures.append(_measure_table(texts.held_out, tokenizer, current.table()))

    watch(bag)
    for run in range(recipe.fine_tune.num_runs):
        tuned = bag.copy()
        losses = fine_tune(
            BagLearner(tuned),
            policies,
            sources,
            recipe.fine_tune,
            seed=recipe.seed + run,
            after_epoch=_nothing if run else partial(watch, tuned),
        )
        question_losses.append(losses)
        tables.append(tuned.table())
    table = np.stack(tables).mean(axis=0, dtype=np.float32)
    return Learned(tokenizer, table, Curves(general.losses, tuple(question_losses[0]), tuple(figures)))


def learn_general(texts: Texts, recipe: Recipe) -> General:
    """Choose tokens and run the first stage only."""
    all_texts = texts.all_trained()
    tokenizer = train_tokenizer(all_texts, num_tokens=recipe.num_tokens)
    count = partial(count_tokens, tokenizer)
    bag = TokenBag.start(count(all_texts), dimension=recipe.dimension, seed=recipe.seed)
    sources = tuple(CountedPairs.count(count, pairs) for pairs in texts.pairs)
    losses = pretrain(BagLearner(bag), sources, recipe.general, seed=recipe.seed)
    return General(tokenizer, bag, sources, tuple(losses))


def measure_dense(policies: Sequence[LabelledPolicy], encode: Encode) -> Figures:
    """Measure an encoder between two epochs, and log the figures."""
    figures = measure(policies, [dense_signal(policy, encode) for policy in policies])
    _log.info("held-out policies: %s", figures)
    return figures


def _measure_table(
    policies: Sequence[LabelledPolicy], tokenizer: Tokenizer, table: npt.NDArray[np.float32]
) -> Figures:
    def encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        summed = np.asarray(count_tokens(tokenizer, texts) @ table)
        units: npt.NDArray[np.float32] = summed / np.maximum(
            np.linalg.norm(summed, axis=1, keepdims=True), 1e-9
        )
        return units

    return measure_dense(policies, encode)


def _nothing() -> None:
    """Watch nothing."""
