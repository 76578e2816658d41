"""Tokens as they arrive → whole sentences, each as soon as it is known to be whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_END = re.compile(r"[。！？!?]+[”’」』）)】》*_]*(?:\s*[\[【［]\s*\d[\d\s,，、]*[\]】］])*|\n+")
_MAY_GO_ON = re.compile(r"[。！？!?”’」』）)】》*_\]］\[【［\d\s,，、]+\Z")
_BULLET = re.compile(r"^(?:[-*•·>#\s]+|\d{1,2}[.、)）](?!\d)\s*|[*_]+)+")


def gather_sentences(tokens: Iterable[str]) -> Iterator[str]:
    r"""Gather tokens into sentences.

    A sentence ends at 。！？ or a line break. Citation marks behind the end belong to it, so it is whole when
    something else follows. The last one counts only if it has an end: a reply may have been cut off.

    Args:
        tokens: pieces of a text, cut anywhere.

    Yields:
        Sentences without list bullets and emphasis around them, none empty.

    >>> list(gather_sentences(["一般十五天内回", "复。 [", "2]可以打电", "话[1]。\n- 甲[3]\n没说完"]))
    ['一般十五天内回复。 [2]', '可以打电话[1]。', '甲[3]']
    """
    pending = ""
    for token in tokens:
        pending += token
        while (end := _whole(pending)) is not None:
            yield from _bare(pending[:end])
            pending = pending[end:]
    while match := _END.search(pending):
        yield from _bare(pending[: match.end()])
        pending = pending[match.end() :]


def _whole(pending: str) -> int | None:
    """Where the first sentence ends, once it is certain that it does not go on."""
    match = _END.search(pending)
    if match is None:
        return None
    if "\n" in match[0] and match.end() < len(pending):
        return match.end()
    rest = pending[match.end() :]
    return None if not rest or _MAY_GO_ON.fullmatch(rest) else match.end()


def _bare(sentence: str) -> Iterator[str]:
    bare = _BULLET.sub("", sentence.strip()).replace("**", "").strip()
    if bare:
        yield bare
