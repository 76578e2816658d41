"""From texts to a transformer: masked tokens, then the two stages that both candidates have. No files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp  # type: ignore[import-untyped]
import torch
from transformers import BertModel, PreTrainedTokenizerBase

from index.training.finetune import CountedPolicy, fine_tune
from index.training.learn import Curves, Texts, measure_dense
from index.training.pretrain import CountedPairs, pretrain
from index.training.ranking import Figures
from index.training.transformer.masked import train_masked
from index.training.transformer.network import NetworkLearner, encode_rows, start_network
from index.training.transformer.recipe import TransformerRecipe
from index.training.transformer.wordpiece import order_tokens, train_wordpiece


@dataclass(frozen=True, slots=True)
class LearnedTransformer:
    """A tokenizer and the network that reads its tokens.

    Attributes:
        tokenizer: makes the tokens.
        network: on the processor.
        masked_losses: the loss of every step of masked-language training.
        curves: how the two stages went.
    """

    tokenizer: PreTrainedTokenizerBase
    network: BertModel
    masked_losses: tuple[float, ...]
    curves: Curves


def learn_transformer(texts: Texts, lines: Sequence[str], recipe: TransformerRecipe) -> LearnedTransformer:
    """Choose tokens and learn a network.

    Args:
        texts: pairs, and policies with questions.
        lines: running text for masked-language training, beside the windows of the policies.
        recipe: how.
    """
    running = [*lines, *(window for policy in texts.trained for window in policy.windows)]
    tokenizer = train_wordpiece([*running, *texts.all_trained()], num_tokens=recipe.num_tokens)
    order = partial(order_tokens, tokenizer, max_tokens=recipe.max_tokens)
    network = start_network(len(tokenizer), recipe)
    read = _sample(running, recipe.masked.num_steps * recipe.masked.batch_size, seed=recipe.seed)
    masked_losses = train_masked(
        network, order(read), recipe.masked, mask_id=tokenizer.mask_token_id, seed=recipe.seed
    )
    figures: list[Figures] = []

    def watch() -> None:
        figures.append(measure_dense(texts.held_out, lambda wanted: _encode(network, order(wanted))))

    sources = [CountedPairs.count(order, pairs) for pairs in texts.pairs]
    pair_losses = pretrain(NetworkLearner(network), sources, recipe.general, seed=recipe.seed)
    watch()
    question_losses = fine_tune(
        NetworkLearner(network),
        [CountedPolicy.count(order, policy) for policy in texts.trained],
        sources,
        recipe.fine_tune,
        seed=recipe.seed,
        after_epoch=watch,
    )
    curves = Curves(tuple(pair_losses), tuple(question_losses), tuple(figures))
    return LearnedTransformer(tokenizer, network.train(mode=False).cpu(), tuple(masked_losses), curves)


def _sample(texts: Sequence[str], max_texts: int, *, seed: int) -> list[str]:
    """Choose so many texts at most: tokenising those that no batch will hold takes minutes."""
    order = np.random.default_rng(seed).permutation(len(texts))
    return [texts[i] for i in order[:max_texts]]


def _encode(network: BertModel, rows: sp.csr_matrix) -> npt.NDArray[np.float32]:
    """Encode for measuring, without dropout, and let the network learn on."""
    network.train(mode=False)
    with torch.no_grad():
        vectors: npt.NDArray[np.float32] = encode_rows(network, rows).cpu().numpy()
    network.train()
    return vectors
