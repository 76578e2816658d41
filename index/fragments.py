"""Exact fragments: words quoted from a policy find the clause they stand in, whatever their punctuation.

`index/search.py` asks before it ranks: what is verbatim needs no similarity.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence

MIN_CHARS = 6
MIN_CODE_CHARS = 4  # of a telephone number and the like
_QUOTED = re.compile(r"[“\"「『']([^”\"」』']+)[”\"」』']")


class FragmentIndex:
    """The letters of all texts in one string; `find` tells which texts hold a fragment."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._starts: list[int] = []
        pieces, at = [], 0
        for text in texts:
            letters = squeeze(text) + "\n"
            self._starts.append(at)
            pieces.append(letters)
            at += len(letters)
        self._all = "".join(pieces)

    def find(self, question: str, *, max_texts: int = 10) -> list[int]:
        """Find the texts that hold a fragment quoted in a question, or the whole question.

        Returns:
            Positions of the texts, ascending; none for fragments below MIN_CHARS letters, or MIN_CODE_CHARS
            for Latin letters and digits with a digit among them.
        """
        quoted = [squeeze(match[1]) for match in _QUOTED.finditer(question)]
        for fragment in [*quoted, squeeze(question)]:
            if len(fragment) >= (MIN_CODE_CHARS if _is_code(fragment) else MIN_CHARS):
                found = self._texts_with(fragment, max_texts)
                if found:
                    return found
        return []

    def _texts_with(self, fragment: str, max_texts: int) -> list[int]:
        found: list[int] = []
        at = self._all.find(fragment)
        while at >= 0 and len(found) < max_texts:
            text = bisect_right(self._starts, at) - 1
            found.append(text)
            following = self._starts[text + 1] if text + 1 < len(self._starts) else len(self._all)
            at = self._all.find(fragment, following)
        return found


def _is_code(fragment: str) -> bool:
    return fragment.isascii() and any(char.isdigit() for char in fragment)


def squeeze(text: str) -> str:
    """Keep letters and digits only, width and case folded.

    >>> squeeze("“SSL、 信息加密 存储”")
    'ssl信息加密存储'
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()
