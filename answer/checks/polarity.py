"""Negation and modality: what a clause forbids, requires or leaves open stays so in a sentence about it.

Both texts are read as predicates (收集, 删除 …), each with the marker that governs it: 不会, 可以, 必须 …
A predicate of the sentence is compared with the same one, or a synonym, of the clause where the words around
are most alike. The groups of synonyms are `predicates.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import pairwise
from pathlib import Path

_NEAR = 0.75  # occurrences of a predicate this near to the most alike one count as well
_NEAR_IN_CONDITION = 0.3  # what stands in a condition is not claimed
_AROUND_CHARS = 24
_REACH_CHARS = 18


class Force(Enum):
    """What a marker does to its predicate."""

    PLAIN = "plain"
    NOT = "not"
    NEED_NOT = "need not"
    MAY = "may"
    NEED = "need"
    MUST = "must"


_MARKERS = (
    (Force.NEED_NOT, r"无需|无须|毋需|不必|不需要?|不用(?!于|途|作)|可以?不|可以?选择不|免于"),
    (
        Force.NOT,
        r"不得|不能|不可(?!避免)|不会|不再|不应|不予|不(?!同[的类时]|断|定期|时|限于|仅|良|法|可避免|满|超过|足|当|存在)|无权|禁止|严禁|"
        r"无法|难以|并未|从未|未(?!成年|来|满|必)|没有|没(?!有)|拒绝|停止|终止|并非",
    ),
    (Force.MUST, r"必须|务必|应当|应(?![用急对被])|须(?!知)|只能|一律"),
    (Force.MAY, r"可能需?要?|有可能|可以|有权|允许|能够|可选择|可自行|可(?![见用靠])|能(?![力源])|自愿|自主"),
    (Force.NEED, r"需要|需(?!求)|得要|要(?!求|么|素|约)"),
)
_MARKER = re.compile("|".join(f"(?P<m{place}>{pattern})" for place, (_, pattern) in enumerate(_MARKERS)))
_CONSENT = r"(?:征得|征求|取得|获得|得到|经)[^,。;]{0,10}?(?:授权同意|同意|授权|许可)"
_CONSENT_GROUP = -1
_CONDITION = re.compile(r"^(?:如|若|倘|假如|要是|一旦|不|未|没有|拒绝)|(?:的话|时|后)$")
_PURPOSE = re.compile(r"(?:以|来)$")
_JOINED = re.compile(r"^(?:、|/|和|或者?|及|与|并)+$")
_CONFLICTS = {
    (Force.NOT, Force.PLAIN),
    (Force.NOT, Force.MAY),
    (Force.NOT, Force.NEED),
    (Force.NOT, Force.MUST),
    (Force.NEED_NOT, Force.PLAIN),
    (Force.NEED_NOT, Force.NEED),
    (Force.NEED_NOT, Force.MUST),
    (Force.NEED_NOT, Force.MAY),
    (Force.MUST, Force.MAY),
}


@dataclass(frozen=True, slots=True)
class Predicate:
    """A predicate in a text.

    Attributes:
        group: its group of synonyms.
        word: the word itself.
        force: what governs it.
        around: the pairs of characters around it.
        start: where it begins.
        is_condition: it stands in a condition (如您不提供 …), which claims nothing.
    """

    group: int
    word: str
    force: Force
    around: frozenset[str]
    start: int
    is_condition: bool


def read_predicates(text: str) -> list[Predicate]:
    """Read the predicates of a normalised text.

    >>> [(p.word, p.force.value) for p in read_predicates("平台不会收集、使用您的信息,但可以公开")]
    [('收集', 'not'), ('使用', 'not'), ('公开', 'may')]
    """
    predicates: list[Predicate] = []
    segments = list(re.finditer(r"[^,。;:!?…\n]+", text))
    for segment in segments:
        start, end = segment.span()
        markers = list(_MARKER.finditer(text, start, end))
        words = [word for word in _pattern().finditer(text, start, end) if _is_predicate(text, word, markers)]
        is_condition = bool(_CONDITION.search(segment[0])) and segment is not segments[-1]
        for word, force in zip(words, _forces(text, words, markers, start), strict=True):
            around = frozenset(pairs(text[max(0, word.start() - _AROUND_CHARS) : word.end() + _AROUND_CHARS]))
            group = _group_of().get(word[0], _CONSENT_GROUP)
            predicates.append(Predicate(group, word[0], force, around, word.start(), is_condition))
    return predicates


def flipped_predicates(said: Sequence[Predicate], held: Sequence[Predicate]) -> list[str]:
    """Find the predicates of a sentence that its clauses turn round: 不会 for 会, 必须 for 可以."""
    return [
        predicate.word
        for predicate in said
        if (same := nearest(predicate, held))
        and all(_conflict(predicate.force, other.force) for other in same)
    ]


def nearest(predicate: Predicate, held: Sequence[Predicate]) -> list[Predicate]:
    """The same predicate or its synonyms among others, where the words around are most alike."""
    same = [(_likeness(predicate, other), other) for other in held if other.group == predicate.group]
    best = max((likeness for likeness, _ in same), default=0.0)
    near = _NEAR_IN_CONDITION if predicate.is_condition else _NEAR
    return [other for likeness, other in same if likeness >= near * best]


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters of a text."""
    return {first + second for first, second in pairwise(text)}


def one_word_each(text: str) -> str:
    """Write every predicate as the first of its synonyms.

    >>> one_word_each("平台保留记录")
    '平台存储记录'
    """
    return _words().sub(lambda match: _first_of()[_group_of()[match[0]]], text)


def _conflict(one: Force, other: Force) -> bool:
    return (one, other) in _CONFLICTS or (other, one) in _CONFLICTS


def _likeness(one: Predicate, other: Predicate) -> float:
    return len(one.around & other.around) / max(len(one.around), 1)


def _is_predicate(text: str, word: re.Match[str], markers: Sequence[re.Match[str]]) -> bool:
    """Leave out what belongs to a noun (收集的信息) and what is part of a marker (可选择)."""
    in_marker = any(m.start() < word.end() and word.start() < m.end() for m in markers)
    is_consent = word[0] not in _group_of()
    return not in_marker and (is_consent or text[word.end() : word.end() + 1] != "的")


def _forces(
    text: str, words: Sequence[re.Match[str]], markers: Sequence[re.Match[str]], start: int
) -> list[Force]:
    """What governs each predicate: the markers in front of it that govern no earlier one."""
    forces: list[Force] = []
    at, is_permission = start, False
    for word in words:
        between = text[at : word.start()]
        mine = [
            m for m in markers if at <= m.start() and word.start() - _REACH_CHARS <= m.end() <= word.start()
        ]
        if mine:
            forces.append(_strongest(mine))
        elif forces and (is_permission or _JOINED.match(between) or _PURPOSE.search(between)):
            forces.append(forces[-1])
        else:
            forces.append(Force.PLAIN)
        is_permission = word[0] in ("同意", "许可", "授权")  # 不同意您使用: neither
        at = word.end()
    return forces


def _strongest(markers: Sequence[re.Match[str]]) -> Force:
    """What several markers say together: 可能不会 denies, 可能需要 leaves open."""
    forces = [_MARKERS[int((m.lastgroup or "m0")[1:])][0] for m in markers]
    nots = sum(force is Force.NOT for force in forces)
    if nots:
        return Force.NOT if nots % 2 else Force.PLAIN
    return next(
        (force for force in (Force.NEED_NOT, Force.MUST, Force.MAY, Force.NEED) if force in forces),
        Force.PLAIN,
    )


@cache
def _pattern() -> re.Pattern[str]:
    """All predicates and 征得同意, which is one although words stand between."""
    return re.compile(f"{_CONSENT}|{_words().pattern}")


@cache
def _words() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _group_of()), key=len, reverse=True)))


@cache
def _group_of() -> dict[str, int]:
    return {word: group for group, line in enumerate(_lines()) for word in line.split()}


@cache
def _first_of() -> list[str]:
    return [line.split()[0] for line in _lines()]


@cache
def _lines() -> list[str]:
    return (Path(__file__).parent / "predicates.txt").read_text(encoding="utf-8").splitlines()
