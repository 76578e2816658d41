"""BM25 against a value worked out by hand, and Chinese that is really cut into tokens."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from index.lexical import K1, B, LexicalIndex, tokenize

TEXTS = ["注销账户", "保护账户", "联系客服电话"]


def test_chinese_is_cut_into_characters_and_pairs() -> None:
    assert tokenize("注销Cookie，ＡＰＰ") == ["注", "销", "注销", "cookie", "app"]


def test_an_address_stays_one_token() -> None:
    assert tokenize("邮箱a.b@58.com") == ["邮", "箱", "邮箱", "a.b@58.com"]


def test_scores_order_texts_as_bm25_does() -> None:
    index = LexicalIndex.build(TEXTS)
    lengths = [len(tokenize(text)) for text in TEXTS]
    average = sum(lengths) / len(lengths)

    def part(num_texts_with: int, length: int) -> float:
        idf = math.log(1 + (len(TEXTS) - num_texts_with + 0.5) / (num_texts_with + 0.5))
        return idf / (1 + K1 * (1 - B + B * length / average))

    first = 3 * part(1, lengths[0])  # 注, 销, 注销
    first += 3 * part(2, lengths[0]) + part(1, lengths[0])  # 账, 户, 账户; 销账
    second = 3 * part(2, lengths[1])  # 账, 户, 账户
    scores = index.rate("注销账户").relative
    assert scores[0] == pytest.approx(1.0)
    assert scores[1] == pytest.approx(second / first, rel=1e-5)
    assert scores[2] == 0.0


def test_coverage_is_the_share_of_the_questions_tokens_by_rarity() -> None:
    rates = LexicalIndex.build(TEXTS).rate("注销账户")
    rare, common = math.log(1 + 2.5 / 1.5), math.log(1 + 1.5 / 2.5)
    assert rates.coverage[0] == pytest.approx(1.0)
    assert rates.coverage[1] == pytest.approx(3 * common / (4 * rare + 3 * common))
    assert rates.coverage[2] == 0.0


def test_unknown_words_and_no_words_score_nothing() -> None:
    index = LexicalIndex.build(TEXTS)
    assert index.rate("xyz").relative.tolist() == [0.0, 0.0, 0.0]
    assert index.rate("？！").relative.tolist() == [0.0, 0.0, 0.0]


def test_a_saved_index_scores_the_same(tmp_path: Path) -> None:
    index = LexicalIndex.build(TEXTS)
    index.save(tmp_path / "bm25")
    assert (
        LexicalIndex.load(tmp_path / "bm25").rate("账户").relative.tolist()
        == index.rate("账户").relative.tolist()
    )


def test_texts_without_words_are_refused() -> None:
    with pytest.raises(ValueError, match="none of the 2 texts"):
        LexicalIndex.build(["！", ""])
