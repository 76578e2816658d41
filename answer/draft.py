"""An answer of the model as it grows: checked sentences, their citations renumbered in order, room kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from answer.checks.given import GivenClause
from answer.checks.marks import write_marks
from answer.checks.verify import Verdict
from answer.records import MAX_ANSWER_CHARS, MAX_CITATIONS, Checks, Citation
from index.encoder import Encoder
from ingest.lines import tidy
from ingest.sentences import split_sentences


class Draft:
    """Collects verdicts; `text`, `citations` and `checks` are the answer so far."""

    def __init__(self, given: Sequence[GivenClause], encoder: Encoder) -> None:
        self._given = given
        self._encoder = encoder
        self._lines: list[str] = []
        self._said: set[str] = set()
        self._repaired = 0
        self._left_out = Counter[str]()
        self.citations: list[Citation] = []

    @property
    def text(self) -> str:
        """The sentences, one a line."""
        return "\n".join(self._lines)

    @property
    def checks(self) -> Checks:
        """What was checked so far."""
        return Checks(
            num_checked=len(self._lines) + self._left_out.total(),
            num_shown=len(self._lines),
            num_repaired=self._repaired,
            left_out=tuple(sorted(self._left_out.items())),
        )

    def add(self, verdict: Verdict) -> str | None:
        """Take a sentence in; return it as it is shown, or None where it is left out."""
        if verdict.text in self._said:
            return None  # said already
        line = self._cite(verdict) if verdict.passes else None
        if line is None:
            self._left_out[verdict.failure.kind if verdict.failure and not verdict.passes else "room"] += 1
            return None
        self._said.add(verdict.text)
        self._lines.append(line)
        self._repaired += verdict.is_repaired
        return line

    def _cite(self, verdict: Verdict) -> str | None:
        """Number the citations of a sentence; None where characters or citations have run out."""
        citations = list(self.citations)
        numbers: list[int] = []
        for number in verdict.cited:
            new = self._quote(verdict.text, self._given[number - 1], len(citations) + 1)
            same = [c for c in citations if (c.policy, c.clause) == (new.policy, new.clause)]
            known = next((c for c in same if c.span == new.span), None)
            if known is None and len(citations) < MAX_CITATIONS:
                citations.append(new)
                known = new
            known = known or next(iter(same), None)
            if known is not None and known.n not in numbers:
                numbers.append(known.n)
        line = write_marks(verdict.text, tuple(numbers))
        if not numbers or len(self.text) + 1 + len(line) >= MAX_ANSWER_CHARS:
            return None
        self.citations = citations
        return line

    def _quote(self, said: str, given: GivenClause, number: int) -> Citation:
        """Quote the sentence of the clause that is most like what is said."""
        spans = split_sentences(given.policy.text, given.clause) or list(given.clause.own)
        texts = [tidy(span.of(given.policy.text)) for span in spans]
        similarities = self._encoder.late_similarities(said, texts)
        return Citation(number, given.policy, given.clause, spans[int(similarities.argmax())])
