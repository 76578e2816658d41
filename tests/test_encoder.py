"""The bundled encoder: the same vectors as sentence-transformers gives, and errors that say the way out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from errors import EncoderError
from index.encoder import Encoder, fingerprint
from index.static_model import StaticModel
from settings import BUNDLED_ENCODER, ROOT

TEXTS = [
    "怎么注销账号？",
    "我们会使用Cookie收集您的浏览记录。",
    "VIP 会员 ＡＰＰ 2021年",
    "𠮷",
    "a",
    "注销\n账户  页面",
]


def test_vectors_equal_those_of_sentence_transformers(encoder: Encoder) -> None:
    model = SentenceTransformer(str(BUNDLED_ENCODER), device="cpu")
    expected = np.asarray(model.encode(TEXTS, convert_to_numpy=True), dtype=np.float32)
    np.testing.assert_allclose(encoder.encode_windows(TEXTS), expected, atol=1e-5)


def test_another_kind_of_model_goes_through_sentence_transformers(tmp_path: Path) -> None:
    model = SentenceTransformer(str(BUNDLED_ENCODER), device="cpu")
    SentenceTransformer(modules=[model[0]]).save(str(tmp_path / "bare"))
    assert StaticModel.load(tmp_path / "bare") is None
    bare = Encoder.load(str(tmp_path / "bare"))
    np.testing.assert_allclose(
        bare.encode_windows(TEXTS), Encoder.load(str(BUNDLED_ENCODER)).encode_windows(TEXTS), atol=1e-5
    )


def test_vectors_have_norm_one_and_near_texts_are_similar(encoder: Encoder) -> None:
    vectors = encoder.encode_windows(["您可以申请注销账户", "怎么把账号注销掉", "我们使用Cookie"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0, 1.0], abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode_windows([]).shape == (0, encoder.dimension)


def test_a_query_instruction_is_put_in_front_of_questions_only() -> None:
    plain, instructed = (
        Encoder.load(str(BUNDLED_ENCODER), query_instruction=text) for text in ("", "为这个句子生成表示：")
    )
    assert not np.allclose(plain.encode_question("怎么注销"), instructed.encode_question("怎么注销"))
    assert np.allclose(plain.encode_windows(["怎么注销"]), instructed.encode_windows(["怎么注销"]))


def test_a_model_that_is_not_there_is_named_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="nothing") as caught:
        Encoder.load(str(tmp_path / "nothing"))
    assert "POLICY_QA_ENCODER" in caught.value.user_message


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    for path in BUNDLED_ENCODER.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"junk")
    with pytest.raises(EncoderError, match=tmp_path.name):
        Encoder.load(str(tmp_path))


def test_the_fingerprint_changes_with_the_weights(tmp_path: Path) -> None:
    for path in BUNDLED_ENCODER.glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    same = fingerprint(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"other")
    assert fingerprint(str(tmp_path)) != same
    assert fingerprint("BAAI/bge-small-zh-v1.5") == "name:BAAI/bge-small-zh-v1.5"


def test_answering_with_the_bundled_encoder_imports_no_pytorch() -> None:
    script = (
        "import sys; from index.encoder import Encoder; from settings import BUNDLED_ENCODER; "
        "Encoder.load(str(BUNDLED_ENCODER)).encode_question('注销'); print('torch' in sys.modules)"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert outcome.stdout.strip() == "False"
