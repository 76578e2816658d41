"""Follow-up questions that the policy answers, made from the clauses around an answer.

`web/` shows them under an answer. Each one was asked before it is offered, so none of them is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from answer.assistant import Assistant
from answer.records import Answer
from ingest.policy import Clause, Policy
from prompts import render

MAX_SUGGESTIONS = 3


class Suggester:
    """Suggests follow-up questions; remembers which of them are answered."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._is_answered: dict[str, bool] = {}

    def suggest(self, answer: Answer, asked: Collection[str] = ()) -> tuple[str, ...]:
        """Suggest up to MAX_SUGGESTIONS questions about clauses below, beside and above those cited.

        Args:
            answer: the answer to go on from; a refusal gives none.
            asked: questions that are not suggested again.
        """
        chosen: list[str] = []
        for question in _questions(answer):
            if len(chosen) == MAX_SUGGESTIONS:
                break
            if question not in asked and question not in chosen and self._answers(question):
                chosen.append(question)
        return tuple(chosen)

    def _answers(self, question: str) -> bool:
        if question not in self._is_answered:
            self._is_answered[question] = not self._assistant.quote(question).refused
        return self._is_answered[question]


def _questions(answer: Answer) -> Iterator[str]:
    cited = {citation.clause.position for citation in answer.citations}
    for policy, clause in {c.clause.position: (c.policy, c.clause) for c in answer.citations}.values():
        for here in (clause, *policy.ancestors(clause)):
            for near in _around(policy, here):
                if near.title and near.position not in cited:
                    yield render("suggestion", label=near.label, title=near.title)


def _around(policy: Policy, clause: Clause) -> list[Clause]:
    """The clauses below a clause, then those beside it, the following ones first."""
    beside = [c for c in policy.clauses if c.parent == clause.parent and c.path]
    after = [c for c in beside if c.position > clause.position]
    before = [c for c in beside if c.position < clause.position]
    return [*policy.children(clause), *after, *reversed(before)]
