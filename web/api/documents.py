"""`/api/v1/policies` and `/api/v1/clauses`: what can be asked about, and any clause by its address."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from index.versions import in_force
from ingest.policy import Clause
from web.api.problems import ProblemError, problem
from web.live import Live
from web.places import Places
from web.wire import ClauseJson, Title, Version, clause_fields


class PolicyJson(BaseModel):
    """A version of a policy. Its title is its id; versions of one policy share it."""

    id: Title
    title: Title
    version: Version
    issuer: str | None
    number: Annotated[str | None, Field(description="document number (文号)")]
    updated: dt.date | None
    effective: dt.date | None
    in_force: Annotated[bool, Field(description="whether this version answers today")]
    num_clauses: int


class Step(BaseModel):
    """A clause above or below another."""

    label: str
    title: str


class WholeClauseJson(ClauseJson):
    """A clause in its place: what stands above it, below it, and all of its text."""

    above: Annotated[list[Step], Field(description="from the top down")]
    below: list[Step]
    whole: Annotated[str, Field(description="the file's text from `start` to `end`, with sub-clauses")]


def create_documents(live: Live) -> APIRouter:
    """The routes that read policies."""
    responses: dict[int | str, dict[str, Any]] = {
        404: problem("no such policy or clause"),
        422: problem("the request cannot be used"),
    }
    router = APIRouter(prefix="/api/v1", responses=responses)

    @router.get("/policies")
    def policies() -> list[PolicyJson]:
        """List every version of every policy."""
        return _all(live.now.places)

    @router.get("/policies/{policy_id}/versions")
    def versions(policy_id: str) -> list[PolicyJson]:
        """List the versions of one policy, the newest first."""
        found = [policy for policy in _all(live.now.places) if policy.title == policy_id]
        if not found:
            raise _no_policy(policy_id)
        return sorted(found, key=lambda policy: policy.version or "", reverse=True)

    @router.get("/clauses/{policy_id}/{path:path}")
    def clause(
        policy_id: str,
        path: Annotated[str, Field(examples=["七/（五）"])],
        version: Annotated[str, Query(description="without one: the version in force", max_length=20)] = "",
    ) -> WholeClauseJson:
        """Read the clause with this path, e.g. `七/（五）`, or with this label, e.g. `第七条（五）`."""
        places = live.now.places
        found = whole_clause(places, policy_id, path, version)
        if found:
            return found
        if not any(policy.title == policy_id for policy in places.policies):
            raise _no_policy(policy_id)
        raise ProblemError(404, f"《{policy_id[:80]}》没有“{path[:80]}”这一条，请检查编号或版本。")

    return router


def whole_clause(places: Places, policy_id: str, path: str, version: str) -> WholeClauseJson | None:
    """Find a clause by path or label; None where there is none."""
    place = places.read_link(f"{policy_id}/{path}", version)
    if place is None:
        return None
    policy = places.policies[place.policy]
    clause = policy.clauses[place.clause]
    above = [_step(ancestor) for ancestor in policy.ancestors(clause)]
    return WholeClauseJson(
        **clause_fields(policy, clause),
        above=above[::-1],
        below=[_step(child) for child in policy.children(clause)],
        whole=policy.text[clause.start : clause.end],
    )


def _all(places: Places) -> list[PolicyJson]:
    current = set(in_force(places.policies, dt.date.today()))
    return [
        PolicyJson(
            id=policy.title,
            title=policy.title,
            version=policy.version,
            issuer=policy.issuer,
            number=policy.number,
            updated=policy.updated,
            effective=policy.effective,
            in_force=position in current,
            num_clauses=len(policy.clauses),
        )
        for position, policy in enumerate(places.policies)
    ]


def _step(clause: Clause) -> Step:
    return Step(label=clause.label, title=clause.title)


def _no_policy(policy_id: str) -> ProblemError:
    return ProblemError(404, f"没有政策“{policy_id[:80]}”，/api/v1/policies 列出了全部政策。")
