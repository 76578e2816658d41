from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.numerals import read_han, read_roman, write_han


@given(st.integers(min_value=1, max_value=9999))
def test_written_numbers_are_read_back(number: int) -> None:
    assert read_han(write_han(number)) == number


def test_two_spellings_of_zero_and_two_are_read() -> None:
    assert [read_han(text) for text in ("一百零五", "一百〇五", "两百", "二〇二一")] == [105, 105, 200, 2021]


@pytest.mark.parametrize("text", ["", "七天", "7"])
def test_what_is_no_chinese_numeral_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a Chinese numeral"):
        read_han(text)


@pytest.mark.parametrize("number", [0, -1, 10000])
def test_numbers_out_of_range_are_not_written(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        write_han(number)


def test_roman_numerals_are_read() -> None:
    assert [read_roman(text) for text in ("i", "iii", "iv", "viii", "ix", "xiv")] == [1, 3, 4, 8, 9, 14]
