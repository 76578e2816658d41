"""The scope that a client of the API or the tools chose, checked against what is served."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from errors import UnknownPolicyError
from index.scope import Scope
from web.places import Places


def scope_of(places: Places, titles: Sequence[str], as_of: dt.date | None) -> Scope:
    """Make a scope.

    Raises:
        UnknownPolicyError: there is no policy of such a title.
    """
    served = {policy.title for policy in places.policies}
    for title in titles:
        if title not in served:
            shown = title[:80].encode("utf-8", "replace").decode("utf-8")
            raise UnknownPolicyError(
                f"no policy {shown!r}", user_message=f"没有政策“{shown}”，请改用收录的政策名称。"
            )
    return Scope(frozenset(titles) if titles else None, as_of)
