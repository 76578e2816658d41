"""One whole training on invented data, and what its folder holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from index.encoder import Encoder
from index.fusion import Fusion
from index.static_model import StaticModel
from index.training import labelled
from index.training.__main__ import main
from index.training.corpus import read_pairs
from index.training.labelled import HELD_OUT_BUCKET, read_labelled
from index.training.learn import Learned, Texts, learn
from index.training.recipe import FineTuneRecipe, Recipe
from tests.training_data import CLAUSES, write_training_data

TEXTS = ["停车要钱吗", "图书 ＡＰＰ", "，。", "𠮷", *(clause for clause, _ in CLAUSES.values())]
SMALL = Recipe(num_tokens=400, dimension=24, fine_tune=FineTuneRecipe(num_epochs=2, num_runs=2))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("data")
    write_training_data(folder)
    (folder / "own.jsonl").write_text("", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(labelled, "OWN_QUESTIONS", folder / "own.jsonl")
        yield folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("encoder")
    assert main([str(data), str(out)]) == 0
    return out


def learn_small(data: Path, recipe: Recipe) -> Learned:
    policies = read_labelled(data)
    held_out = tuple(policy for policy in policies if policy.bucket == HELD_OUT_BUCKET)
    trained = tuple(policy for policy in policies if policy.bucket < 8)
    return learn(Texts(tuple(read_pairs(data, held_out=[])), trained, held_out), recipe)


def test_what_was_trained_loads_with_and_without_pytorch_alike(trained: Path) -> None:
    assert StaticModel.load(trained) is not None
    encoder = Encoder.load(str(trained))
    expected = SentenceTransformer(str(trained), device="cpu").encode(TEXTS, convert_to_numpy=True)
    np.testing.assert_allclose(encoder.encode_windows(TEXTS), expected, atol=1e-5)
    assert np.linalg.norm(expected, axis=1).round(4).tolist() == [1, 1, 0, 0, *[1] * len(CLAUSES)]


def test_questions_find_their_clauses_after_training(trained: Path) -> None:
    encoder = Encoder.load(str(trained))
    windows = encoder.encode_windows([clause for clause, _ in CLAUSES.values()])
    for number, (_, questions) in enumerate(CLAUSES.values()):
        for question in questions:
            assert (windows @ encoder.encode_question(question)).argmax() == number


def test_the_fitted_fusion_is_read_with_the_encoder(trained: Path) -> None:
    fusion = Fusion.load(str(trained))
    assert fusion != Fusion()
    best, worst = np.ones((1, 6), dtype=np.float32), np.zeros((1, 6), dtype=np.float32)
    assert fusion.relevance(best)[0] > 0.5 > fusion.relevance(worst)[0]


def test_the_log_tells_what_was_split_and_found(trained: Path) -> None:
    lines = (trained / "training.log").read_text(encoding="utf-8").splitlines()
    assert "240 pairs; policies: 6 trained on, 1 fitted on, 1 held out" in lines
    assert [line.split("  ")[0] for line in lines[-5:-1]] == [
        "BM25",
        "late interaction",
        "dense",
        "search, all evidence",
    ]


def test_a_picture_of_the_training_is_drawn(trained: Path) -> None:
    assert (trained / "training.png").read_bytes().startswith(b"\x89PNG")


def test_one_seed_gives_the_same_weights_and_another_does_not(data: Path) -> None:
    first, second = learn_small(data, SMALL), learn_small(data, SMALL)
    assert np.array_equal(first.table, second.table)
    assert first.curves == second.curves
    other = learn_small(data, replace(SMALL, seed=1))
    assert not np.array_equal(first.table, other.table)


def test_the_loss_falls_and_every_epoch_is_measured(data: Path) -> None:
    curves = learn_small(data, SMALL).curves
    assert curves.question_losses[-1] < curves.question_losses[0] - 0.5
    assert len(curves.figures) == 1 + SMALL.fine_tune.num_epochs
    assert curves.figures[-1].clauses[1] > curves.figures[0].clauses[1] - 0.1


def test_a_folder_without_questions_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), str(tmp_path / "out")]) == 2
    assert f"{str(tmp_path)!r} 里没有 policy_questions.jsonl" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("num_tokens", "dimension"), [(1, 8), (10, 0)])
def test_a_table_without_rows_or_columns_is_refused(num_tokens: int, dimension: int) -> None:
    with pytest.raises(ValueError, match=f"no table of {num_tokens} tokens by {dimension}"):
        Recipe(num_tokens=num_tokens, dimension=dimension)
