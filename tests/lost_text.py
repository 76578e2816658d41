"""What a parsed policy has lost of its file. Shared by the property tests and the run over real policies."""

from __future__ import annotations

from ingest.policy import Policy, Span

DECORATION = "*_#>-+•·●■◆○[\\\u200b\u200c\u200d\ufeff"


def find_lost(policy: Policy) -> list[Span]:
    """Find the characters of a file that are in no clause, no table of contents and no furniture.

    White space and decoration aside. Raises AssertionError where a character belongs to two of them.
    """
    owner = [0] * len(policy.text)
    for span in _spans(policy):
        for at in range(span.start, span.end):
            owner[at] += 1
    assert max(owner, default=0) <= 1, f"character {owner.index(2)} has two owners"
    return [
        Span(at, at + 1)
        for at, char in enumerate(policy.text)
        if not owner[at] and not char.isspace() and char not in DECORATION
    ]


def _spans(policy: Policy) -> list[Span]:
    spans = [*policy.contents, *policy.furniture]
    for clause in policy.clauses:
        spans += [clause.marker, *clause.own]
    return spans
