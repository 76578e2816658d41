"""Where a clause or a quote is: the addresses inside the page, and the links that outlive it.

A chip carries `policy/clause/start/end`, positions of the running server. A link carries what people read:
`/?clause=58同城隐私政策/七/（五）&version=2021-11-16`. It still opens after a restart; without a version it
opens the text in force. Clauses with one path (PC端 1, APP端 1) are told apart by `~2`, in document order.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from index.versions import in_force
from ingest.policy import PREAMBLE_LABEL, Clause, Policy, Span

_RESERVED = re.compile(r"[\s%&#+?\"'<>()\[\]\\]")


@dataclass(frozen=True, slots=True)
class Place:
    """A clause to show, and the quote to highlight in it; an empty span highlights nothing."""

    policy: int
    clause: int
    quote: Span


class UnknownPlaceError(ValueError):
    """A request named a policy or a clause that is not served."""


class Places:
    """Finds and writes places among the policies that are served."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self.policies = tuple(policies)
        self._positions = {id(policy): position for position, policy in enumerate(self.policies)}

    def current(self) -> list[Policy]:
        """The policies in force today."""
        return [self.policies[position] for position in self._candidates("")]

    def position(self, policy: Policy) -> int:
        """The position of a policy; comparing whole policies would compare their texts."""
        known = self._positions.get(id(policy))
        return self.policies.index(policy) if known is None else known

    def checked(self, policy: int | None) -> int | None:
        """Return the position of a policy as it is, or None for all.

        Raises:
            UnknownPlaceError: there is no such policy.
        """
        if policy is not None and policy >= len(self.policies):
            raise UnknownPlaceError(f"there is no policy {policy}")
        return policy

    def address(self, policy: Policy, clause: Clause, quoted: Span | None = None) -> str:
        """Write the address a chip carries."""
        span = quoted or Span(clause.start, clause.start)
        return f"{self.position(policy)}/{clause.position}/{span.start}/{span.end}"

    def read_address(self, written: str) -> Place | None:
        """Read the address a chip carries; None where it leads to no clause that is served."""
        match = re.fullmatch(r"(\d{1,6})/(\d{1,6})/(\d{1,9})/(\d{1,9})", written)
        if not match:
            return None
        policy, clause, start, end = (int(part) for part in match.groups())
        if policy >= len(self.policies) or clause >= len(self.policies[policy].clauses) or start > end:
            return None
        return Place(policy, clause, Span(start, end))

    def read_link(self, clause: str, version: str = "") -> Place | None:
        """Find the clause of a link; None where the policies have no such clause.

        Args:
            clause: the parameter `clause`, decoded.
            version: the parameter `version`; without one, the policy in force is meant.
        """
        for position in self._candidates(version):
            policy = self.policies[position]
            if clause != policy.title and not clause.startswith(f"{policy.title}/"):
                continue
            wanted = clause[len(policy.title) + 1 :]
            for other in policy.clauses:
                if wanted in ("/".join(_steps(policy, other)), other.label):
                    return Place(position, other.position, Span(other.start, other.start))
        return None

    def _candidates(self, version: str) -> list[int]:
        if version:
            return [p for p, policy in enumerate(self.policies) if policy.version == version]
        return sorted(in_force(self.policies, dt.date.today()))


def link_of(policy: Policy, clause: Clause) -> str:
    """Write the link of a clause, without the server's own address."""
    written = "/".join([policy.title, *_steps(policy, clause)])
    version = f"&version={policy.version}" if policy.version else ""
    return f"/?clause={_RESERVED.sub(lambda match: quote(match[0]), written)}{version}"


def _steps(policy: Policy, clause: Clause) -> list[str]:
    """The path of a clause as a link writes it."""
    if not clause.path:
        return [clause.label or PREAMBLE_LABEL]
    twins = [other.position for other in policy.clauses if other.path == clause.path]
    place = twins.index(clause.position) + 1
    return [*clause.path[:-1], clause.path[-1] + (f"~{place}" if place > 1 else "")]
