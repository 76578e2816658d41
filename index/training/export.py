"""Writing the encoder: a folder that plain `SentenceTransformer(folder)` loads.

Vectors are stored as int8 with one scale a row, under the names `embeddings` and `weights` that
`StaticEmbedding` multiplies while it loads (sentence-transformers 6.2 does). It then holds float32, so a text
without a known token gets zeros; float16 in its own format gives NaN there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
from tokenizers import Tokenizer

_LARGEST = 127


def save_encoder(folder: Path, tokenizer: Tokenizer, table: npt.NDArray[np.float32]) -> SentenceTransformer:
    """Write the encoder and load it again.

    Args:
        folder: made where there is none; other files in it stay.
        tokenizer: its ids are the rows of the table.
        table: float32, shape (num_tokens, dimension).

    Returns:
        The model as loaded from the folder.

    Raises:
        ValueError: the vocabulary and the table differ in size.
    """
    if tokenizer.get_vocab_size() != len(table):
        raise ValueError(f"{tokenizer.get_vocab_size()} tokens but {len(table)} vectors")
    folder.mkdir(parents=True, exist_ok=True)
    model = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=table), Normalize()], device="cpu"
    )
    model.save(str(folder), create_model_card=False)
    rounded, scales = quantize(table)
    save_file({"embeddings": rounded, "weights": scales}, folder / "model.safetensors")
    return SentenceTransformer(str(folder), device="cpu")


def quantize(table: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Round every row to 255 steps of its own size.

    Returns:
        int8 of the table's shape, and float32 scales, one a row: row i is about rounded[i] * scales[i].

    >>> quantize(np.float32([[1.27, -0.63], [0, 0]]))
    (array([[127, -63], [  0,   0]], dtype=int8), array([0.01, 0.  ], dtype=float32))
    """
    scales = np.abs(table).max(axis=1) / _LARGEST
    steps = table / np.where(scales > 0, scales, 1)[:, np.newaxis]
    return np.rint(steps).astype(np.int8), scales.astype(np.float32)
