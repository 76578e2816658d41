"""Who does it: the parties a sentence names are parties of its clauses, and act as they do there.

Parties are the groups of synonyms in `actors.txt`. The issuer (平台, 我们) and the reader (您, 用户) are in
every clause, so they are compared only as the one who acts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_ISSUER, _READER = "我们", "您"
_ISSUER_WORDS = ("我们", "平台", "本平台", "本公司", "公司")
_READER_WORDS = ("您", "用户", "本人", "你")
_TOWARDS = re.compile(
    r"(?:向|对|给|与|和|同|把|将|被|从|经|在|应|受|按|依|给予|要求)(?:上述|前述|该|此|其|相关|任何|所有|其他|您的|我们的)?$|是[^,。;]{0,12}$"
)
_NOT_BEFORE = {"银行": "(?!卡|账|帐|预留)", "公司": "(?!名)"}
_OF = re.compile(r"^(?:的|之|要求|规定|同意|许可|允许|可见|或|和|、)")


@dataclass(frozen=True, slots=True)
class Actor:
    """A party where it stands in a text.

    Attributes:
        group: the first of its synonyms.
        start: where it begins.
        end: where it ends.
        acts: it may be the one who acts: neither addressed (向…) nor an owner (…的).
    """

    group: str
    start: int
    end: int
    acts: bool


def read_actors(text: str, issuers: Collection[str]) -> list[Actor]:
    """Read the parties of a normalised text, in order.

    Args:
        text: the text.
        issuers: how issuers call themselves in their policies' titles, e.g. "58同城".

    >>> [(actor.group, actor.acts) for actor in read_actors("平台向保险机构反馈", [])]
    [('我们', True), ('保险机构', False)]
    """
    pattern, group_of = _groups()
    actors = []
    for issuer in issuers:
        if len(issuer) > 1:
            text = text.replace(issuer, "我们".rjust(len(issuer), "_"))  # as long as before
    for match in pattern.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        acts = not _TOWARDS.search(before) and not _OF.match(after)
        actors.append(Actor(group_of[match[0]], match.start(), match.end(), acts))
    return actors


def unknown_actors(said: Sequence[Actor], held: Sequence[Actor]) -> list[str]:
    """The parties of a sentence that its clauses do not name."""
    there = {actor.group for actor in held} | {_ISSUER, _READER}
    return [actor.group for actor in said if actor.group not in there]


def agent_of(actors: Sequence[Actor], text: str, at: int) -> str:
    """The party that acts in the predicate at a position: the nearest one in front of it up to a comma."""
    begin = max(text.rfind(mark, 0, at) for mark in ",。;:!?\n") + 1
    agents = [actor.group for actor in actors if begin <= actor.start and actor.end <= at and actor.acts]
    return agents[-1] if agents else ""


@cache
def _groups() -> tuple[re.Pattern[str], dict[str, str]]:
    lines = (Path(__file__).parent / "actors.txt").read_text(encoding="utf-8").splitlines()
    group_of = {word: line.split()[0] for line in lines for word in line.split()}
    group_of |= dict.fromkeys(_ISSUER_WORDS, _ISSUER) | dict.fromkeys(_READER_WORDS, _READER)
    words = sorted(group_of, key=len, reverse=True)
    return re.compile("|".join(re.escape(word) + _NOT_BEFORE.get(word, "") for word in words)), group_of
