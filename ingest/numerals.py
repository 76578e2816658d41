"""Chinese, Arabic, Roman and circled numbers as integers, and back.

Used by `ingest/markers.py` to read clause numbers and by `index/numbers.py` to read the
numbers people type. 〇, 零, 两, 百 and 千 are read, because 民法典 has a 第一千零四十三条.
"""

from __future__ import annotations

HAN_DIGITS = "零〇一二两三四五六七八九十百千"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

_DIGIT_VALUES = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNIT_VALUES = {"十": 10, "百": 100, "千": 1000}
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}


def read_han(text: str) -> int:
    """Read a Chinese numeral up to 9999.

    Digits written one after the other without units (二〇) are read as decimal digits.

    Raises:
        ValueError: `text` is empty or holds a character that is no Chinese digit.

    >>> [read_han(t) for t in ("七", "十", "十一", "二十", "一百零二", "一千零四十三", "二〇")]
    [7, 10, 11, 20, 102, 1043, 20]
    """
    if not text or any(char not in HAN_DIGITS for char in text):
        raise ValueError(f"not a Chinese numeral: {text!r}")
    if not any(char in _UNIT_VALUES for char in text):
        return int("".join(str(_DIGIT_VALUES[char]) for char in text))
    total, digit = 0, 0
    for char in text:
        if char in _UNIT_VALUES:
            total += (digit or 1) * _UNIT_VALUES[char]
            digit = 0
        else:
            digit = _DIGIT_VALUES[char]
    return total + digit


def write_han(number: int) -> str:
    """Write a number from 1 to 9999 in Chinese.

    Raises:
        ValueError: `number` is outside that range.

    >>> [write_han(n) for n in (1, 10, 15, 20, 102, 110, 1043)]
    ['一', '十', '十五', '二十', '一百零二', '一百一十', '一千零四十三']
    """
    if not 1 <= number <= 9999:
        raise ValueError(f"number must be from 1 to 9999, got {number}")
    digits, written, zero = "零一二三四五六七八九", "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            written += ("零" if zero and written else "") + digits[digit] + name
            zero = False
        else:
            zero = True
    return written.removeprefix("一") if 10 <= number <= 19 else written


def read_roman(text: str) -> int:
    """Read a lower-case Roman numeral made of i, v and x.

    Raises:
        ValueError: `text` is empty or holds another character.

    >>> [read_roman(t) for t in ("i", "iv", "ix", "xii")]
    [1, 4, 9, 12]
    """
    if not text or any(char not in _ROMAN_VALUES for char in text):
        raise ValueError(f"not a Roman numeral: {text!r}")
    values = [_ROMAN_VALUES[char] for char in text]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)


def write_roman(number: int) -> str:
    """Write a number from 1 to 39 as a lower-case Roman numeral.

    Raises:
        ValueError: `number` is outside that range.

    >>> [write_roman(n) for n in (1, 4, 9, 12)]
    ['i', 'iv', 'ix', 'xii']
    """
    if not 1 <= number <= 39:
        raise ValueError(f"number must be from 1 to 39, got {number}")
    ones = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
    return "x" * (number // 10) + ones[number % 10]


def write_letter(number: int) -> str:
    """Write a number as a lower-case letter; behind z follow aa, bb, as in word processors.

    Raises:
        ValueError: `number` is below 1.

    >>> [write_letter(n) for n in (1, 26, 27)]
    ['a', 'z', 'aa']
    """
    if number < 1:
        raise ValueError(f"number must be at least 1, got {number}")
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
