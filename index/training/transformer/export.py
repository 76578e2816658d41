"""Writing a transformer: a folder that plain `SentenceTransformer(folder)` loads."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import BertModel, PreTrainedTokenizerBase


def save_transformer(
    folder: Path, tokenizer: PreTrainedTokenizerBase, network: BertModel, *, max_tokens: int
) -> SentenceTransformer:
    """Write the encoder, float32, and load it again.

    Args:
        folder: made where there is none; other files in it stay.
        tokenizer: makes the tokens.
        network: reads them.
        max_tokens: longer texts are cut.

    Returns:
        The model as loaded from the folder.
    """
    with tempfile.TemporaryDirectory() as bare:
        network.save_pretrained(bare)
        tokenizer.save_pretrained(bare)
        transformer = Transformer(bare, max_seq_length=max_tokens)
    modules = [transformer, Pooling(network.config.hidden_size, "mean"), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)
    return SentenceTransformer(str(folder), device="cpu")
