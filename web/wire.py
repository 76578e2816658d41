"""Answers and hits as JSON objects: the contract every front keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from answer.records import Answer, Checks, Citation
from index.search import Hit
from web.places import link_of


def answer_to_json(answer: Answer, question_id: str) -> dict[str, Any]:
    """Write an answer as the object `ask --json` prints."""
    checks = {"checks": _checks_to_json(answer.checks)} if answer.checks else {}
    return {
        "id": question_id,
        "question": answer.question,
        "answer": answer.text,
        "refused": answer.refused,
        "mode": answer.mode,
        "citations": [_citation_to_json(citation) for citation in answer.citations],
        "related": [_citation_to_json(citation) for citation in answer.related],
        "elapsed_ms": answer.elapsed_ms,
        **checks,
    }


def _checks_to_json(checks: Checks) -> dict[str, Any]:
    left_out = dict(checks.left_out)
    return {
        "num_checked": checks.num_checked,
        "num_shown": checks.num_shown,
        "num_repaired": checks.num_repaired,
        "num_left_out": sum(left_out.values()),
        "left_out": left_out,
        "replaced_because": checks.replaced_because,
    }


def hits_to_json(query: str, hits: Sequence[Hit], query_id: str) -> dict[str, Any]:
    """Write hits as the object `search --json` prints."""
    return {"id": query_id, "query": query, "hits": [_hit_to_json(hit) for hit in hits]}


def _hit_to_json(hit: Hit) -> dict[str, Any]:
    return {
        "policy": hit.policy.title,
        "version": hit.policy.version,
        "path": list(hit.clause.path),
        "label": hit.clause.label,
        "title": hit.clause.title,
        "text": hit.clause.text,
        "start": hit.clause.start,
        "end": hit.clause.end,
        "relevance": round(hit.relevance, 4),
        "link": link_of(hit.policy, hit.clause),
    }


def _citation_to_json(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        "policy": citation.policy.title,
        "version": citation.policy.version,
        "path": list(citation.clause.path),
        "label": citation.clause.label,
        "title": citation.clause.title,
        "quote": citation.quote,
        "start": citation.span.start,
        "end": citation.span.end,
        "text": citation.clause.text,
        "link": link_of(citation.policy, citation.clause),
    }
