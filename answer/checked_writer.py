"""The model's answer, checked sentence by sentence; the policy's own words where that comes to nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from answer.checks.given import give
from answer.checks.marks import read_marks
from answer.checks.verify import Verifier
from answer.draft import Draft
from answer.events import Event, Finished, Replaced, Verified
from answer.quoted import Quoted
from answer.records import MAX_ANSWER_CHARS, NO_CHECKS, Answer, Checks
from answer.sentences_of_stream import gather_sentences
from answer.stopwatch import Stopwatch
from answer.writer import Writer
from errors import ModelFaultError
from index.encoder import Encoder
from prompts import render

NUM_GIVEN = 6

log = logging.getLogger(__name__)


class CheckedWriter:
    """Lets the model write and checks what it writes."""

    def __init__(self, writer: Writer, verifier: Verifier, encoder: Encoder) -> None:
        self._writer = writer
        self._verifier = verifier
        self._encoder = encoder

    def events(
        self,
        quote: Callable[[str, Sequence[str]], Quoted],
        question: str,
        history: Sequence[str],
        client: str = "",
    ) -> Iterator[Event]:
        """Answer a question: condense a follow-up, find clauses, write, check every sentence.

        Args:
            quote: finds clauses for a question and its history, and answers in their words.
            question: as typed.
            history: the earlier questions, oldest first.
            client: who asks; clients take turns at the model.
        """
        watch, deadline = Stopwatch(), self._writer.deadline()
        with watch.stage("quote"):
            quoted = quote(question, history)
        answers = _Answers(question, watch)
        try:
            if history and quoted.whole != question.strip():
                with watch.stage("condense"):
                    condensed = self._writer.condense(question, history, deadline, client)
                quoted = quote(condensed, ())
            if quoted.is_final:
                yield Finished(answers.quoted(quoted.answer))
                return
            yield from self._write(quoted, answers, deadline, client)
        except ModelFaultError as fault:
            yield Replaced(fault.user_message)
            yield Finished(answers.instead(quoted.answer, fault.user_message))

    def _write(self, quoted: Quoted, answers: _Answers, deadline: float, client: str) -> Iterator[Event]:
        given = [give(hit.policy, hit.clause) for hit in quoted.hits if hit.window][:NUM_GIVEN]
        draft = answers.draft = Draft(given, self._encoder)
        for sentence in gather_sentences(self._writer.write(quoted.whole, given, deadline, client)):
            if is_refusal(sentence):
                if draft.citations:
                    continue  # it has answered
                yield Finished(answers.refused(quoted.refuse()))
                return
            with answers.watch.stage("check"):
                verdict = self._verifier.verify(sentence, given)
            line = draft.add(verdict)
            if line is not None:
                yield Verified(line, answers.written())
            else:
                log.debug("left out %r: %s", sentence, verdict.failure)
        if not draft.citations:
            nothing = render("nothing_left")
            raise ModelFaultError(nothing, user_message=f"{nothing}。")
        yield Finished(answers.written())


class _Answers:
    """Makes the answers of one question, whatever becomes of the model."""

    def __init__(self, question: str, watch: Stopwatch) -> None:
        self._question = question
        self.watch = watch
        self.draft: Draft | None = None

    def written(self) -> Answer:
        """What the model wrote so far."""
        assert self.draft is not None  # it writes into the draft
        text, citations = self.draft.text, tuple(self.draft.citations)
        watch = self.watch
        return Answer(
            self._question, text, False, "model", citations, (), watch.ms, self._checks(), watch.stages
        )

    def refused(self, refusal: Answer) -> Answer:
        """The refusal, where the model found no answer."""
        return replace(self.quoted(refusal), mode="model", checks=self._checks())

    def quoted(self, answer: Answer) -> Answer:
        """The extractive answer where the model was not asked to write."""
        return replace(answer, question=self._question, elapsed_ms=self.watch.ms, stages=self.watch.stages)

    def instead(self, answer: Answer, why: str) -> Answer:
        """The extractive answer in the model's place; its first line says why. A refusal stays as it is."""
        checks = replace(self._checks(), num_shown=0, num_repaired=0, replaced_because=why)
        answer = replace(self.quoted(answer), checks=checks)
        if answer.refused:
            return answer
        note = render("instead", why=why.rstrip("。"))
        lines, citations = answer.text.split("\n"), answer.citations
        while len(lines) > 1 and len("\n".join([note, *lines])) > MAX_ANSWER_CHARS:
            _, marks = read_marks(lines.pop())
            citations = tuple(citation for citation in citations if citation.n not in marks)
        return replace(answer, text="\n".join([note, *lines])[:MAX_ANSWER_CHARS], citations=citations)

    def _checks(self) -> Checks:
        return self.draft.checks if self.draft else NO_CHECKS


def is_refusal(sentence: str) -> bool:
    """Tell whether a sentence is the fixed one that refuses.

    >>> is_refusal(render("refusal") + "[1]"), is_refusal("政策里写了。[1]")
    (True, False)
    """
    said, _ = read_marks(sentence)
    return said.rstrip("。") == render("refusal").rstrip("。")
