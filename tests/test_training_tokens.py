"""Tokens of the bundled encoder: the table of replacements, pairs of neighbours, counts of known tokens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.normalizers import Precompiled

from index.training.charsmap import build_charsmap
from index.training.tokens import UNKNOWN, count_tokens, split_tokens, train_tokenizer

# One letter after another would be one grapheme only with combining marks, which these ranges do not have.
LETTERS = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.sampled_from("aZ9，\U00020bb7")


@given(
    replacements=st.dictionaries(LETTERS, st.text(LETTERS, min_size=1, max_size=4), max_size=40),
    text=st.text(LETTERS, max_size=20),
)
def test_a_table_of_replacements_replaces_its_characters_and_no_others(
    replacements: dict[str, str], text: str
) -> None:
    expected = "".join(replacements.get(char, char) for char in text)
    assert Precompiled(build_charsmap(replacements or {"\ue000": "x"})).normalize_str(text) == expected


def test_a_character_whose_bytes_lead_astray_is_left_alone() -> None:
    """Its first two bytes are the first and the third of the other one."""
    assert Precompiled(build_charsmap({"瓇": "9"})).normalize_str("燀瓇") == "燀9"


def test_a_table_of_all_chinese_characters_replaces_each() -> None:
    characters = [chr(code) for code in range(0x3400, 0xA000)]
    normalizer = Precompiled(build_charsmap({char: f"<{char}>" for char in characters}))
    sample = "".join(characters[::97])
    assert normalizer.normalize_str(sample) == "".join(f"<{char}>" for char in sample)


@pytest.mark.parametrize(("key", "replacement"), [("甲乙", "丙"), ("", "丙"), ("甲", "\0")])
def test_a_key_of_another_length_or_a_zero_character_is_refused(key: str, replacement: str) -> None:
    with pytest.raises(ValueError, match="one character, no zero characters"):
        build_charsmap({key: replacement})


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(["注销账号", "注销账户 app", "app 12 号", "12 销"], num_tokens=50)


def test_neighbouring_characters_are_tokens_with_the_edges_of_a_run(tokenizer: Tokenizer) -> None:
    assert split_tokens(tokenizer, "注销，账号12") == [
        *("^注", "注", "注销", "销", "销$"),
        *("^账", "账", "账号", "号", "号$"),
        "12",
    ]


def test_width_and_case_make_no_difference(tokenizer: Tokenizer) -> None:
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in ("ＡＰＰ　１２", "app 12")]
    assert ids[0] == ids[1] == [tokenizer.token_to_id("app"), tokenizer.token_to_id("12")]


def test_what_comes_twice_is_a_token_and_characters_come_first(tokenizer: Tokenizer) -> None:
    vocabulary = tokenizer.get_vocab()
    assert vocabulary[UNKNOWN] == 0
    assert "户" not in vocabulary  # it comes once
    assert {vocabulary[char] for char in "注销账号"} == {1, 2, 3, 4}


def test_a_vocabulary_is_as_large_as_was_asked_for_at_most() -> None:
    assert train_tokenizer(["注销账号", "注销账号"], num_tokens=4).get_vocab_size() == 4


def test_a_tokenizer_comes_back_from_its_file_as_it_was(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    loaded = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    text = "注销 App 账号（12）"
    assert loaded.encode(text).ids == tokenizer.encode(text).ids != []


def test_known_tokens_are_counted_and_unknown_ones_are_not(tokenizer: Tokenizer) -> None:
    counts = count_tokens(tokenizer, ["app app 销", "", "猫"])
    assert counts.shape == (3, tokenizer.get_vocab_size())
    dense = counts.toarray()
    assert dense[0, tokenizer.token_to_id("app")] == 2
    assert dense[0, tokenizer.token_to_id("销")] == 1
    assert not dense[1:].any()
    assert not dense[:, 0].any()


def test_no_texts_give_no_counts(tokenizer: Tokenizer) -> None:
    assert count_tokens(tokenizer, []).shape == (0, tokenizer.get_vocab_size())
    assert count_tokens(tokenizer, []).dtype == np.float32
