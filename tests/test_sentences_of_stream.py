"""Tokens become sentences: none is lost, none is cut, none waits longer than it must."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answer.sentences_of_stream import gather_sentences


def test_marks_behind_the_full_stop_belong_to_the_sentence() -> None:
    assert list(gather_sentences(["甲。[1", "][2]乙[3]。", "\n丙。 [4]"])) == [
        "甲。[1][2]",
        "乙[3]。",
        "丙。 [4]",
    ]


def test_a_sentence_is_given_as_soon_as_the_next_one_begins() -> None:
    taken: list[str] = []

    def tokens() -> Iterator[str]:
        for token in ("甲。", "[1]", "乙", "丙。[2]"):
            taken.append(token)
            yield token

    assert next(gather_sentences(tokens())) == "甲。[1]"
    assert taken == ["甲。", "[1]", "乙"]


def test_what_was_cut_off_is_no_sentence() -> None:
    assert list(gather_sentences(["甲。[1]乙还没有说"])) == ["甲。[1]"]


def test_lists_and_emphasis_are_undone() -> None:
    assert list(gather_sentences(["- **甲**[1]\n2. 乙[2]\n"])) == ["甲[1]", "乙[2]"]


@given(st.text(alphabet="甲乙。！\n[]12 ，", max_size=60), st.integers(1, 5))
def test_how_a_text_is_cut_into_tokens_does_not_matter(text: str, size: int) -> None:
    tokens = [text[start : start + size] for start in range(0, len(text), size)]
    assert list(gather_sentences(tokens)) == list(gather_sentences(text))


@pytest.mark.parametrize("text", ["", "\n\n", "   "])
def test_nothing_gives_nothing(text: str) -> None:
    assert list(gather_sentences([text])) == []
