"""Which version of a policy answers: the one in force on the day of the question.

`index/search.py` asks for every search, because a new version comes into force while a server runs.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from ingest.policy import Policy

_VERSION_WORDS = re.compile(
    r"[（(【\[]?(?:\d{4}年?)?(?:第?[一二三四五六七八九十\d.]+版|修订版?|修正版?|征求意见稿|新版|旧版)[）)】\]]?|\s+"
)


def in_force(policies: Sequence[Policy], day: dt.date) -> frozenset[int]:
    """Find the policies that are in force on a day.

    Policies of one title are versions of each other; of those that are effective the latest is in force.
    Before the first of them is effective, that first one stands in. What an effective policy supersedes is
    not in force.

    Returns:
        Positions in `policies`.
    """
    families: dict[str, list[int]] = {}
    for position, policy in enumerate(policies):
        families.setdefault(family_of(policy.title), []).append(position)
    chosen = {_choose(policies, positions, day) for positions in families.values()}
    superseded = {
        family_of(policy.supersedes)
        for policy in policies
        if policy.supersedes
        and _starts(policy) <= day
        and family_of(policy.supersedes) != family_of(policy.title)
    }
    return frozenset(p for p in chosen if family_of(policies[p].title) not in superseded)


def family_of(title: str) -> str:
    """The title without what tells versions apart.

    >>> family_of("甲平台隐私政策（2021年修订版）") == family_of("甲平台 隐私政策")
    True
    """
    return _VERSION_WORDS.sub("", title).casefold()


def _choose(policies: Sequence[Policy], positions: Sequence[int], day: dt.date) -> int:
    effective = [p for p in positions if _starts(policies[p]) <= day]
    if effective:
        return max(effective, key=lambda p: (_starts(policies[p]), policies[p].updated or dt.date.min, p))
    return min(positions, key=lambda p: _starts(policies[p]))


def _starts(policy: Policy) -> dt.date:
    return policy.effective or policy.updated or dt.date.min
