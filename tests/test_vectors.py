from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from errors import IndexStorageError
from index.encoder import Encoder
from index.vectors import WindowStore


def unit_store(encoder: Encoder, num: int) -> WindowStore:
    store = WindowStore.empty(encoder, 3)
    texts = ["甲", "乙", "丙"][:num]
    store.add_vectors(np.eye(3, dtype=np.float32)[:num], texts, [{"entry": i} for i in range(num)])
    return store


def test_the_identical_vector_comes_first_with_similarity_one(encoder: Encoder) -> None:
    rows, similarities = unit_store(encoder, 3).nearest(np.eye(3, dtype=np.float32)[1], 2)
    assert rows[0] == 1
    assert similarities[0] == pytest.approx(1.0)


def test_asked_for_more_rows_than_there_are_each_comes_once(encoder: Encoder) -> None:
    rows, _ = unit_store(encoder, 2).nearest(np.eye(3, dtype=np.float32)[0], 9)
    assert sorted(rows.tolist()) == [0, 1]


def test_vectors_that_are_not_normalised_are_refused(encoder: Encoder) -> None:
    with pytest.raises(ValueError, match=r"row 0 has norm 2\.000"):
        WindowStore.empty(encoder, 2).add_vectors(np.array([[2.0, 0.0]], dtype=np.float32), ["甲"], [{}])


def test_texts_and_vectors_must_match_in_number(encoder: Encoder) -> None:
    with pytest.raises(ValueError, match="2 vectors, 1 texts"):
        WindowStore.empty(encoder, 2).add_vectors(np.eye(2, dtype=np.float32), ["甲"], [{}])


def test_saved_vectors_are_read_back(encoder: Encoder, tmp_path: Path) -> None:
    unit_store(encoder, 3).save(tmp_path / "v.faiss")
    store = WindowStore.load(tmp_path / "v.faiss", encoder, ["甲", "乙", "丙"], [{}, {}, {}])
    assert store.nearest(np.eye(3, dtype=np.float32)[2], 1)[0].tolist() == [2]


def test_a_damaged_file_is_named(encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / "v.faiss").write_bytes(b"junk")
    with pytest.raises(IndexStorageError, match=r"v\.faiss"):
        WindowStore.load(tmp_path / "v.faiss", encoder, [], [])


def test_a_langchain_user_finds_documents_with_metadata(encoder: Encoder) -> None:
    store = WindowStore.from_texts(
        ["您可以申请注销账户。", "我们使用Cookie。"], encoder, [{"n": 1}, {"n": 2}]
    )
    store.add_texts(["请联系客服。"], [{"n": 3}])
    (document, similarity), *_ = store.similarity_search_with_score("怎么注销账户", k=2)
    assert document.metadata == {"n": 1}
    assert document.page_content == "您可以申请注销账户。"
    assert 0 < similarity <= 1
    retriever = store.as_retriever(search_kwargs={"k": 1})
    assert [found.metadata for found in retriever.invoke("Cookie")] == [{"n": 2}]
