"""Answers, hits and clauses as JSON: the contract that the command line, the API and the tools keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from answer.records import Answer, Checks, Citation
from index.search import Hit
from ingest.policy import Clause, Policy
from web.places import link_of


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)

    def dump(self) -> str:
        """Write the object as one line of JSON."""
        return self.model_dump_json(exclude_unset=True, ensure_ascii=False)


Path = Annotated[list[str], Field(examples=[["七", "（五）"]])]
Label = Annotated[str, Field(description="the path as people write it", examples=["第七条（五）"])]
Version = Annotated[str | None, Field(description="the date that names the version", examples=["2021-11-16"])]
Title = Annotated[str, Field(examples=["58同城隐私政策"])]
Link = Annotated[
    str,
    Field(
        description="opens the clause in the page",
        examples=["/?clause=58同城隐私政策/七/（五）&version=2021-11-16"],
    ),
]


class CitationJson(_Wire):
    """A verbatim quote; `start` and `end` are its character offsets in the policy file as decoded."""

    n: Annotated[int, Field(description="its number in the answer; 0 beside a refusal", examples=[1])]
    policy: Title
    version: Version
    path: Path
    label: Label
    title: Annotated[str, Field(description="the clause's heading", examples=["注销账户"])]
    quote: Annotated[str, Field(examples=["您可以在我们的产品或服务中直接申请注销账户。"])]
    start: int
    end: int
    text: Annotated[str, Field(description="the clause's own text")]
    link: Link

    @classmethod
    def of(cls, citation: Citation) -> CitationJson:
        """Write a citation."""
        policy, clause = citation.policy, citation.clause
        return cls(
            n=citation.n,
            policy=policy.title,
            version=policy.version,
            path=list(clause.path),
            label=clause.label,
            title=clause.title,
            quote=citation.quote,
            start=citation.span.start,
            end=citation.span.end,
            text=clause.text,
            link=link_of(policy, clause),
        )


class ChecksJson(_Wire):
    """What became of the sentences that a language model wrote."""

    num_checked: int
    num_shown: int
    num_repaired: int
    num_left_out: int
    left_out: Annotated[dict[str, int], Field(description="by the check that failed")]
    replaced_because: Annotated[
        str, Field(description="why the policy is quoted instead; empty if it is not")
    ]

    @classmethod
    def of(cls, checks: Checks) -> ChecksJson:
        """Write what was checked."""
        left_out = dict(checks.left_out)
        return cls(
            num_checked=checks.num_checked,
            num_shown=checks.num_shown,
            num_repaired=checks.num_repaired,
            num_left_out=sum(left_out.values()),
            left_out=left_out,
            replaced_because=checks.replaced_because,
        )


class AnswerJson(_Wire):
    """An answer or a refusal. `checks` is there only where a language model wrote."""

    id: Annotated[str, Field(examples=["q1"])]
    question: Annotated[str, Field(examples=["怎么注销账户"])]
    answer: Annotated[str, Field(description="its sentences carry [n], the number of a citation")]
    refused: bool
    mode: Literal["extractive", "model"]
    citations: list[CitationJson]
    related: Annotated[
        list[CitationJson],
        Field(description="beside a refusal: the nearest clauses, not claimed as an answer"),
    ]
    elapsed_ms: float
    checks: ChecksJson | None = None

    @classmethod
    def of(cls, answer: Answer, question_id: str) -> AnswerJson:
        """Write an answer."""
        checks = {"checks": ChecksJson.of(answer.checks)} if answer.checks else {}
        return cls(
            id=question_id,
            question=answer.question,
            answer=answer.text,
            refused=answer.refused,
            mode=answer.mode,
            citations=[CitationJson.of(citation) for citation in answer.citations],
            related=[CitationJson.of(citation) for citation in answer.related],
            elapsed_ms=answer.elapsed_ms,
            **checks,
        )


class ClauseJson(_Wire):
    """A clause; `start` to `end` is all of it, `text` its own text without its sub-clauses."""

    policy: Title
    version: Version
    path: Path
    label: Label
    title: Annotated[str, Field(examples=["注销账户"])]
    text: str
    start: int
    end: int
    link: Link


class HitJson(ClauseJson):
    """A clause that was found, and how sure the search is, in [0, 1]."""

    relevance: float

    @classmethod
    def of(cls, hit: Hit) -> HitJson:
        """Write a hit."""
        return cls(**clause_fields(hit.policy, hit.clause), relevance=round(hit.relevance, 4))


class HitsJson(_Wire):
    """What a search found, best first."""

    id: str
    query: Annotated[str, Field(examples=["七（五）"])]
    hits: list[HitJson]

    @classmethod
    def of(cls, query: str, hits: Sequence[Hit], query_id: str) -> HitsJson:
        """Write hits."""
        return cls(id=query_id, query=query, hits=[HitJson.of(hit) for hit in hits])


class ErrorJson(_Wire):
    """A line of a batch that could not be used."""

    id: str
    error: str


def clause_fields(policy: Policy, clause: Clause) -> dict[str, object]:
    """The fields of `ClauseJson`."""
    return {
        "policy": policy.title,
        "version": policy.version,
        "path": list(clause.path),
        "label": clause.label,
        "title": clause.title,
        "text": clause.text,
        "start": clause.start,
        "end": clause.end,
        "link": link_of(policy, clause),
    }
