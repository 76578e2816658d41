"""The transformer's tokens: every Chinese character by itself, pieces of Latin words and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp  # type: ignore[import-untyped]
from transformers import BertTokenizer, PreTrainedTokenizerBase

_MIN_FREQUENCY = 2
_BATCH_SIZE = 4096


def train_wordpiece(texts: Iterable[str], *, num_tokens: int) -> PreTrainedTokenizerBase:
    """Choose the tokens.

    Args:
        texts: what will be trained on.
        num_tokens: size of the vocabulary, with the five special tokens of BERT.
    """
    # The trainer keeps 1,000 characters unless it is told otherwise, far fewer than Chinese has.
    tokenizer: PreTrainedTokenizerBase = BertTokenizer().train_new_from_iterator(  # type: ignore[no-untyped-call]
        texts, num_tokens, limit_alphabet=num_tokens, min_frequency=_MIN_FREQUENCY, show_progress=False
    )
    return tokenizer


def order_tokens(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], *, max_tokens: int
) -> sp.csr_matrix:
    """Turn texts into token rows that keep the order of their tokens.

    A column comes as often in a row as its token in the text, so the rows must not be summed up or sorted.

    Returns:
        float32 ones, shape (len(texts), vocabulary); every row begins with [CLS] and ends with [SEP].
    """
    ids: list[npt.NDArray[np.int32]] = []
    for first in range(0, len(texts), _BATCH_SIZE):
        batch = tokenizer(
            list(texts[first : first + _BATCH_SIZE]),
            truncation=True,
            max_length=max_tokens,
            return_attention_mask=False,
            return_token_type_ids=False,
        )
        ids += [np.asarray(row, dtype=np.int32) for row in batch["input_ids"]]
    ends = np.cumsum([0, *map(len, ids)])
    columns = np.concatenate([np.zeros(0, dtype=np.int32), *ids])
    return sp.csr_matrix(
        (np.ones(len(columns), dtype=np.float32), columns, ends), shape=(len(texts), len(tokenizer))
    )
