"""`Assistant`: the front door of `answer`. A question and the questions before it → `Answer`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from answer.answerability import Answerability
from answer.compose import compose, compose_whole
from answer.contact import find_contact
from answer.courtesy import reply_to
from answer.events import Event, Finished
from answer.lookup import look_up
from answer.questions import check_question
from answer.quoted import Quoted
from answer.records import Answer, Citation, cite_window
from answer.stopwatch import Stopwatch
from index.scope import EVERYTHING, Scope
from index.search import ClauseIndex, Hit, MissingNumber, Passage
from prompts import render

if TYPE_CHECKING:
    from answer.checked_writer import CheckedWriter  # imports the language model's client

NUM_HITS = 10
NUM_RELATED = 3


class Assistant:
    """Answers questions from an index. Holds no state between questions."""

    def __init__(
        self, index: ClauseIndex, answerability: Answerability, writer: CheckedWriter | None = None
    ) -> None:
        self._index = index
        self._answerability = answerability
        self._writer = writer

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        scope: Scope = EVERYTHING,
        *,
        client: str = "",
    ) -> Answer:
        """Answer a question; where there is a language model, it writes. Otherwise as `quote`."""
        *_, last = self.events(question, history, scope, client=client)
        assert isinstance(last, Finished)  # as every run of events
        return last.answer

    def events(
        self,
        question: str,
        history: Sequence[str] = (),
        scope: Scope = EVERYTHING,
        *,
        client: str = "",
    ) -> Iterator[Event]:
        """Answer a question and yield what can be shown as soon as it can; `Finished` comes last.

        Clients, of whatever names, take turns at the language model.
        """
        if self._writer is None:
            yield Finished(self.quote(question, history, scope))
        else:
            yield from self._writer.events(partial(self._quote, scope=scope), question, history, client)

    def quote(self, question: str, history: Sequence[str] = (), scope: Scope = EVERYTHING) -> Answer:
        """Answer a question in the policies' own words, whether there is a language model or not.

        Args:
            question: as typed.
            history: the earlier questions of the conversation, oldest first.
            scope: the policies and the day that the asker chose.

        Raises:
            BadQuestionError: the question is empty, too long or no text.
        """
        return self._quote(question, history, scope=scope).answer

    def _quote(self, question: str, history: Sequence[str], *, scope: Scope) -> Quoted:
        watch = Stopwatch()
        asked = check_question(question)
        with watch.stage("search"):
            found = look_up(self._index, asked, history, limit=NUM_HITS, scope=scope)
        whole, hits = found.whole, found.hits

        def refuse() -> Answer:
            return _refusal(question, render("refusal"), hits, watch)

        def final(answer: Answer) -> Quoted:
            return Quoted(answer, whole, hits, True, refuse)

        missing = self._index.missing_number(asked, scope)
        if missing:
            return final(_refusal(question, self._no_such_number(missing), hits, watch))
        service = self._index.other_service(asked)
        if service and not found.is_certain:
            return final(_refusal(question, render("refusal_service", service=service), hits, watch))
        reply = None if found.is_certain else reply_to(asked)
        if reply:
            return final(Answer(question, reply, True, "extractive", (), (), watch.ms, stages=watch.stages))
        with watch.stage("judge"):
            is_answered = self._answerability.is_answered(whole, hits)
        if not is_answered or not any(hit.window for hit in hits):
            return final(refuse())
        is_whole = self._index.names_whole_clause(whole)
        with watch.stage("compose"):
            composed = compose_whole(hits) if is_whole else compose(self._passages(whole, hits, scope))
        said, citations = composed.text, composed.citations
        answer = Answer(question, said, False, "extractive", citations, (), watch.ms, stages=watch.stages)
        return Quoted(answer, whole, hits, is_whole, refuse)

    def _passages(self, question: str, hits: Sequence[Hit], scope: Scope) -> list[Passage]:
        """The passages that may answer: those of the clause that the question names, if it names one."""
        inside = self._index.named_entries(question, scope)
        named = [hit for hit in hits if hit.entry in inside and hit.window]
        return self._index.passages(question, named or hits)

    def _no_such_number(self, missing: MissingNumber) -> str:
        number = "".join(missing.number.split())  # as typed, but for a thousand spaces in it
        if missing.policy:
            last = str(self._index.last_top(missing.policy))
            return render("refusal_number", policy=missing.policy.title, number=number, last=last)
        if missing.title:
            return render("refusal_elsewhere", policy=missing.title)
        return render("refusal_number_anywhere", number=number)


def _refusal(question: str, text: str, hits: Sequence[Hit], watch: Stopwatch) -> Answer:
    related = _related(hits)
    contact = _contact(hits)
    if contact:
        title = f"“{contact.clause.title}”" if contact.clause.title else ""
        text += render("contact", label=contact.clause.label, title=title)
        related = [*(other for other in related if other.clause != contact.clause), contact]
    return Answer(question, text, True, "extractive", (), tuple(related), watch.ms, stages=watch.stages)


def _related(hits: Sequence[Hit]) -> list[Citation]:
    return [citation for hit in hits[:NUM_RELATED] if (citation := cite_window(hit))]


def _contact(hits: Sequence[Hit]) -> Citation | None:
    """The contact clause of the policy that came nearest."""
    if not hits:
        return None
    policy = hits[0].policy
    clause = find_contact(policy)
    return Citation(0, policy, clause, clause.own[0]) if clause and clause.own else None
