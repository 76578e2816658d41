"""Citation marks: [1], [1][3], [1,3] and their full-width forms in what a model writes."""

from __future__ import annotations

import re

_MARK = re.compile(r"\s*[\[【［]\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]】］]")


def read_marks(sentence: str) -> tuple[str, tuple[int, ...]]:
    """Take the citation marks out of a sentence.

    Returns:
        The sentence without them, and their numbers in order, each once.

    >>> read_marks("一般十五天内回复[2][1]。"), read_marks("无出处。"), read_marks("甲【1，3】。")
    (('一般十五天内回复。', (2, 1)), ('无出处。', ()), ('甲。', (1, 3)))
    """
    numbers = [int(n) for match in _MARK.finditer(sentence) for n in re.findall(r"\d+", match[1])]
    return _MARK.sub("", sentence).strip(), tuple(dict.fromkeys(numbers))


def write_marks(sentence: str, numbers: tuple[int, ...]) -> str:
    """Put marks behind a sentence that has none.

    >>> write_marks("一般十五天内回复。", (2, 1))
    '一般十五天内回复。 [2][1]'
    """
    return f"{sentence} {''.join(f'[{number}]' for number in numbers)}"
