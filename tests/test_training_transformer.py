"""The transformer candidate in miniature: its tokens, its batches, and a whole training."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp  # type: ignore[import-untyped]
import torch
from sentence_transformers import SentenceTransformer
from transformers import PreTrainedTokenizerBase

from index.encoder import Encoder
from index.fusion import Fusion
from index.static_model import StaticModel
from index.training import labelled
from index.training.__main__ import _CANDIDATES, main
from index.training.recipe import FineTuneRecipe, GeneralRecipe
from index.training.transformer import recipe as recipes
from index.training.transformer.masked import hide_tokens, train_masked
from index.training.transformer.network import (
    PAD_ID,
    drop_tokens,
    encode_rows,
    mean_of_tokens,
    pad,
    start_network,
)
from index.training.transformer.recipe import MaskedRecipe, TransformerRecipe
from index.training.transformer.wordpiece import order_tokens, train_wordpiece
from tests.training_data import CLAUSES, write_training_data

TINY = TransformerRecipe(
    num_tokens=300,
    num_layers=1,
    dimension=32,
    num_heads=2,
    inner_dimension=64,
    dropout=0.0,
    max_tokens=48,
    masked=MaskedRecipe(num_steps=40, batch_size=8, rate=5e-3),
    general=GeneralRecipe(batch_size=16, rate=5e-3, dropout=0.1, max_steps=12),
    fine_tune=FineTuneRecipe(
        num_epochs=2, num_policies=2, rate=3e-3, dropout=0.1, replay_size=8, num_runs=1, max_windows=12
    ),
)
TEXTS = [clause for clause, _ in CLAUSES.values()]


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerBase:
    return train_wordpiece([*TEXTS, *TEXTS], num_tokens=TINY.num_tokens)


@pytest.fixture(scope="module")
def rows(tokenizer: PreTrainedTokenizerBase) -> sp.csr_matrix:
    return order_tokens(tokenizer, TEXTS, max_tokens=TINY.max_tokens)


def test_rows_hold_the_tokens_in_their_order_repeated_ones_too(tokenizer: PreTrainedTokenizerBase) -> None:
    rows = order_tokens(tokenizer, ["读者读书", "票", "按页收费"], max_tokens=48)
    turned = sp.vstack([rows[[2, 0]], rows[[1]]], format="csr")
    tokens = tokenizer.convert_ids_to_tokens(turned.indices.tolist())
    assert tokens == [
        *("[CLS]", "按", "页", "收", "费", "[SEP]"),
        *("[CLS]", "读", "者", "读", "书", "[SEP]"),
        *("[CLS]", "票", "[SEP]"),
    ]
    assert turned.indptr.tolist() == [0, 6, 12, 15]


def test_more_than_a_thousand_characters_are_learned() -> None:
    text = "".join(chr(0x4E00 + i) for i in range(1500))
    assert len(train_wordpiece([text, text], num_tokens=2000)) == 1505


def test_long_texts_are_cut_and_still_end(tokenizer: PreTrainedTokenizerBase) -> None:
    rows = order_tokens(tokenizer, ["图书" * 90], max_tokens=48)
    assert rows.indptr.tolist() == [0, 48]
    assert rows.indices[-1] == tokenizer.sep_token_id


def test_dropout_leaves_first_and_last_tokens_and_about_its_share(rows: sp.csr_matrix) -> None:
    many = sp.vstack([rows] * 40, format="csr")
    kept = drop_tokens(many, 0.25, np.random.default_rng(0))
    assert (kept.indices[kept.indptr[:-1]] == many.indices[many.indptr[:-1]]).all()
    assert (kept.indices[kept.indptr[1:] - 1] == many.indices[many.indptr[1:] - 1]).all()
    inner = len(many.indices) - 2 * many.shape[0]
    assert (len(many.indices) - len(kept.indices)) / inner == pytest.approx(0.25, abs=0.02)
    assert (drop_tokens(rows, 0, np.random.default_rng(0)).indices == rows.indices).all()


def test_padding_stands_behind_the_tokens(rows: sp.csr_matrix) -> None:
    ids, is_token = pad(rows)
    assert is_token.sum(dim=1).tolist() == np.diff(rows.indptr).tolist()
    assert ids[is_token].tolist() == rows.indices.tolist()
    assert (ids[~is_token] == PAD_ID).all()
    assert is_token[:, 0].all()


def test_vectors_do_not_depend_on_the_texts_beside(rows: sp.csr_matrix) -> None:
    network = start_network(rows.shape[1], TINY).train(mode=False)
    with torch.no_grad():
        together = encode_rows(network, rows)
        apart = torch.cat([mean_of_tokens(network, *pad(rows[[i]])) for i in range(rows.shape[0])])
    assert torch.linalg.norm(together, dim=1).tolist() == pytest.approx([1.0] * rows.shape[0], abs=1e-5)
    cosines = torch.nn.functional.cosine_similarity(together, apart)
    assert cosines.min().item() == pytest.approx(1, abs=1e-3)  # bfloat16 rounds


def test_only_inner_tokens_are_hidden_and_most_of_them_show_the_mask(rows: sp.csr_matrix) -> None:
    ids, is_token = pad(sp.vstack([rows] * 60, format="csr"))
    shown, is_asked = hide_tokens(
        ids, is_token, share=0.15, mask_id=4, num_tokens=300, rng=np.random.default_rng(0)
    )
    assert not is_asked[:, 0].any()
    assert not is_asked[~is_token].any()
    last = is_token.sum(dim=1) - 1
    assert not is_asked[torch.arange(len(ids)), last].any()
    assert torch.equal(shown[~is_asked], ids[~is_asked])
    inner = is_token.sum() - 2 * len(ids)
    assert (is_asked.sum() / inner).item() == pytest.approx(0.15, abs=0.01)
    assert (shown[is_asked] == 4).float().mean().item() == pytest.approx(0.8, abs=0.03)
    assert (shown[is_asked] == ids[is_asked]).float().mean().item() == pytest.approx(0.1, abs=0.03)


def test_one_token_is_asked_for_at_least() -> None:
    ids, is_token = torch.tensor([[2, 9, 3]]), torch.ones(1, 3, dtype=torch.bool)
    _, is_asked = hide_tokens(
        ids, is_token, share=1e-9, mask_id=4, num_tokens=300, rng=np.random.default_rng(0)
    )
    assert is_asked.tolist() == [[False, True, False]]


def test_hidden_tokens_are_guessed_better_and_better(
    tokenizer: PreTrainedTokenizerBase, rows: sp.csr_matrix
) -> None:
    network = start_network(rows.shape[1], TINY)
    recipe = MaskedRecipe(num_steps=150, batch_size=8, rate=1e-2)
    losses = train_masked(network, rows, recipe, mask_id=tokenizer.mask_token_id, seed=0)
    assert losses[0] == pytest.approx(math.log(rows.shape[1]), abs=1)  # it begins by guessing blindly
    assert np.mean(losses[-10:]) < np.mean(losses[:10]) - 1


def test_a_whole_training_gives_a_folder_that_loads_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.jsonl").write_text("", encoding="utf-8")
    monkeypatch.setattr(labelled, "OWN_QUESTIONS", tmp_path / "own.jsonl")
    monkeypatch.setitem(recipes.RECIPES, "transformer", TINY)
    write_training_data(tmp_path)
    out = tmp_path / "encoder"
    assert main([str(tmp_path), str(out), "--candidate", "transformer"]) == 0
    model = SentenceTransformer(str(out), device="cpu")
    assert [type(module).__name__ for module in model] == ["Transformer", "Pooling", "Normalize"]
    assert StaticModel.load(out) is None
    encoder = Encoder.load(str(out))
    vectors = encoder.encode_windows(TEXTS)
    np.testing.assert_allclose(vectors, model.encode(TEXTS, convert_to_numpy=True), atol=1e-5)
    assert vectors.shape == (len(TEXTS), TINY.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0] * len(TEXTS), abs=1e-4)
    assert Fusion.load(str(out)).weights.late == 0
    log = (out / "training.log").read_text(encoding="utf-8")
    first, *_, last = [float(line.rsplit(" ", 1)[1]) for line in log.splitlines() if ", epoch " in line]
    assert last < first


def test_the_command_knows_every_recipe() -> None:
    assert ("static", *recipes.RECIPES) == _CANDIDATES


def test_widths_that_heads_cannot_share_are_refused() -> None:
    with pytest.raises(ValueError, match="a width of 100 cannot be shared by 6 heads"):
        TransformerRecipe(dimension=100)
