"""The tokenizer: Chinese characters, pairs of neighbouring characters, Latin words, numbers.

Overlapping pairs are more than a plain `tokenizers` pipeline offers. They come from the normalizer: a table
(`charsmap.py`) writes every Chinese character three times, for the pair before it, for itself, and for the
pair after it; the pre-tokenizer cuts between them. At the edges of a run the pair is a character and an edge
mark. So the outcome loads with `Tokenizer.from_file`, and no code of this project runs to tokenise a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import scipy.sparse as sp  # type: ignore[import-untyped]
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from index.training.charsmap import build_charsmap

UNKNOWN = "[UNK]"
_CUT, _OPEN, _CLOSE = "\x1f", "\ue000", "\ue001"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_HAN_CHARACTERS = [
    chr(code) for low, high in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF)) for code in range(low, high + 1)
]
_IS_HAN = re.compile(f"[{_HAN}]")
_TOKEN = rf"[a-z]+|[0-9]+|{_OPEN}?[{_HAN}]{{1,2}}{_CLOSE}?"
_MAX_CANDIDATES = 2_000_000
_BATCH_SIZE = 4096


def train_tokenizer(texts: Iterable[str], *, num_tokens: int) -> Tokenizer:
    """Choose the tokens: every Chinese character that comes twice, then what is most frequent.

    Args:
        texts: what will be trained on.
        num_tokens: size of the vocabulary, with the unknown token, whose id is 0.

    Returns:
        A tokenizer that emits no token for punctuation and the unknown token for what it has not learned.
    """
    tokenizer = _pipeline({UNKNOWN: 0}, _HAN_CHARACTERS)
    trainer = trainers.WordLevelTrainer(
        vocab_size=_MAX_CANDIDATES, min_frequency=2, special_tokens=[UNKNOWN], show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    ids: dict[str, int] = tokenizer.get_vocab()
    frequent_first = sorted(ids, key=ids.__getitem__)[1:]
    characters = [token for token in frequent_first if len(token) == 1 and _IS_HAN.match(token)]
    chosen = list(dict.fromkeys([*characters, *frequent_first]))[: num_tokens - 1]
    return _pipeline({token: i for i, token in enumerate([UNKNOWN, *chosen])}, characters)


def split_tokens(tokenizer: Tokenizer, text: str) -> list[str]:
    """Show the tokens of a text, known or not, with ^ and $ for the edge marks.

    >>> split_tokens(_pipeline({UNKNOWN: 0}, list("怎么注销")), "怎么注销APP？")
    ['^怎', '怎', '怎么', '么', '么注', '注', '注销', '销', '销$', 'app']
    """
    pieces = tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text))
    return [piece.replace(_OPEN, "^").replace(_CLOSE, "$") for piece, _ in pieces]


def count_tokens(tokenizer: Tokenizer, texts: Sequence[str]) -> sp.csr_matrix:
    """Count the known tokens of every text.

    Returns:
        float32, shape (len(texts), vocabulary); the column of the unknown token is empty.
    """
    parts = [np.zeros(0, dtype=np.int32)]
    ends = [0]
    for first in range(0, len(texts), _BATCH_SIZE):
        batch = list(texts[first : first + _BATCH_SIZE])
        for encoding in tokenizer.encode_batch_fast(batch, add_special_tokens=False):
            ids = np.asarray(encoding.ids, dtype=np.int32)
            parts.append(ids[ids > 0])
            ends.append(ends[-1] + len(parts[-1]))
    columns = np.concatenate(parts)
    counts = sp.csr_matrix(
        (np.ones(len(columns), dtype=np.float32), columns, np.asarray(ends)),
        shape=(len(texts), tokenizer.get_vocab_size()),
    )
    counts.sum_duplicates()
    return counts


def _pipeline(vocabulary: dict[str, int], characters: Sequence[str]) -> Tokenizer:
    """Put the parts together; `characters` are those that form pairs."""
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=UNKNOWN))
    table = build_charsmap({c: f"{_OPEN}{c}{_CUT}{c}{_CUT}{c}{_CLOSE}" for c in characters})
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            normalizers.Precompiled(table),
            normalizers.Replace(_CLOSE + _OPEN, ""),  # between neighbours there is no edge
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_TOKEN), behavior="removed", invert=True)
    return tokenizer
