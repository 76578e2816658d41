"""A clause as it is given to the model and held against what the model writes."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from answer.checks.actors import Actor, read_actors
from answer.checks.clause_numbers import NamedClause, read_clause_numbers
from answer.checks.contacts import read_contacts
from answer.checks.coverage import Wording, read_wording
from answer.checks.normal import normalise
from answer.checks.polarity import Predicate, read_predicates
from answer.instructions import without_instructions
from ingest.policy import Clause, Policy
from ingest.sentences import split_sentences

_MAX_LEAD_IN_CHARS = 200
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]+\)")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the checks read it.

    Attributes:
        text: normalised.
        contacts: telephone numbers and addresses.
        numbers: clause numbers.
        figures: the text without contacts and clause numbers, for figures.
        predicates: what is done, with what governs it.
        actors: who is named.
    """

    text: str
    contacts: list[str]
    numbers: list[NamedClause]
    figures: str
    predicates: list[Predicate]
    actors: list[Actor]


@dataclass(frozen=True, slots=True)
class GivenClause:
    """A clause that was given to the model.

    Attributes:
        policy: its policy.
        clause: the clause.
        text: what the model is given: the sentence of the clause above that introduces a list
            (在以下情形中 …：), if there is one, and the own text.
        reading: that text as the checks read it.
        wording: the content of headings and text.
    """

    policy: Policy
    clause: Clause
    text: str
    reading: Reading
    wording: Wording

    @property
    def title(self) -> str:
        """The headings from the top down."""
        above = [clause.title for clause in self.policy.ancestors(self.clause) if clause.title]
        return " › ".join([*reversed(above), self.clause.title] if self.clause.title else reversed(above))


def give(policy: Policy, clause: Clause) -> GivenClause:
    """Make a clause ready to be given; what in it addresses a model is left out."""
    shown = _LINK.sub(r"\1", f"{_lead_in(policy, clause)}\n{clause.text}".strip())
    text = without_instructions(shown)
    titles = normalise("\n".join([clause.title, *(above.title for above in policy.ancestors(clause))]))
    issuers = {issuer_of(policy)}
    headed = [replace(actor, acts=False) for actor in read_actors(titles, issuers)]
    reading = read(text, issuers)
    reading = replace(reading, actors=[*headed, *reading.actors])
    wording = read_wording(f"{titles}\n{reading.text}", issuers)
    return GivenClause(policy, clause, text, reading, wording)


def read(text: str, issuers: Collection[str]) -> Reading:
    """Read a sentence or a clause.

    Args:
        text: as written.
        issuers: how the issuers of the policies call themselves.
    """
    plain = normalise(text)
    contacts, rest = read_contacts(plain)
    numbers, rest = read_clause_numbers(rest)
    return Reading(plain, contacts, numbers, rest, read_predicates(plain), read_actors(plain, issuers))


def issuer_of(policy: Policy) -> str:
    """How the issuer calls itself in the title: 58同城 in 58同城隐私政策; empty without."""
    for kind in ("隐私政策", "隐私权政策", "用户协议", "服务协议"):
        if policy.title.endswith(kind):
            return normalise(policy.title.removesuffix(kind))
    return ""


def _lead_in(policy: Policy, clause: Clause) -> str:
    if clause.parent is None:
        return ""
    parent = policy.clauses[clause.parent]
    own = [span.of(policy.text).strip() for span in split_sentences(policy.text, parent)]
    leads = [
        sentence for sentence in own if sentence.endswith(("：", ":")) and len(sentence) <= _MAX_LEAD_IN_CHARS
    ]
    return leads[-1] if leads else ""
