"""The clause of a policy that says how to reach its people, shown with every refusal."""

from __future__ import annotations

import re

from ingest.policy import Clause, Policy

_TITLE = re.compile(r"联系(?:我们|方式|渠道)|如何联系|投诉.{0,4}(?:渠道|方式)")
_ADDRESS = re.compile(
    r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|(?<!\d)(?:400-?\d{3}-?\d{4}|0\d{2,3}-\d{7,8}|1\d{10}|\d{10})(?!\d)"
)


def contact_details(clause: Clause) -> tuple[str, ...]:
    """The e-mail addresses and telephone numbers of a clause, each once, in its order."""
    return tuple(dict.fromkeys(_ADDRESS.findall(clause.text)))


def find_contact(policy: Policy) -> Clause | None:
    """Find the clause with the policy's contact details.

    Returns:
        The first clause whose heading promises them and that holds an e-mail address or a telephone number,
        else the last clause that holds one, else the first with the heading; None where there is none.
    """
    titled = [clause for clause in policy.clauses if _TITLE.search(clause.title)]
    addressed = [clause for clause in policy.clauses if _ADDRESS.search(clause.text)]
    both = [clause for clause in titled if clause in addressed]
    return next(iter([*both, *addressed[::-1], *titled]), None)
