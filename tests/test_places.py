"""Places: addresses inside the page and links that outlive it."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from ingest.policy import Policy, Span
from tests.conftest import clause_at
from web.places import Place, Places, link_of


def test_a_link_reads_like_the_clause_and_carries_the_version(policy: Policy) -> None:
    link = link_of(policy, clause_at(policy, "七", "（五）"))
    assert link == "/?clause=58同城隐私政策/七/（五）&version=2021-11-16"


def test_every_clause_is_found_again_by_its_link(policy: Policy) -> None:
    places = Places([policy])
    for clause in policy.clauses:
        written, _, version = link_of(policy, clause).removeprefix("/?clause=").partition("&version=")
        place = places.read_link(unquote(written), version)
        assert place is not None, written
        assert place.clause == clause.position


def test_a_link_without_a_version_opens_the_text_in_force(versions: tuple[Policy, Policy]) -> None:
    old, new = versions
    places = Places([old, new])
    assert places.read_link("青禾图书馆读者服务协议/一") == Place(1, 1, Span(*[new.clauses[1].start] * 2))
    found = places.read_link("青禾图书馆读者服务协议/一", "2023-03-10")
    assert found is not None
    assert found.policy == 0
    assert places.current() == [new]


@pytest.mark.parametrize(
    "written", ["", "别的政策/七", "58同城隐私政策/七十", "58同城隐私政策/七/（五）/", "/"]
)
def test_a_link_to_nothing_finds_nothing(policy: Policy, written: str) -> None:
    assert Places([policy]).read_link(written) is None


@pytest.mark.parametrize(
    "written", ["", "0/1", "9/0/0/0", "0/9999/0/0", "0/0/5/4", "-1/0/0/0", "0/0/0/0x", "٣/0/0/0"]
)
def test_a_forged_address_finds_nothing(policy: Policy, written: str) -> None:
    assert Places([policy]).read_address(written) is None


def test_an_address_leads_back_to_its_quote(policy: Policy) -> None:
    places, clause = Places([policy]), clause_at(policy, "七", "（五）")
    address = places.address(policy, clause, clause.own[0])
    assert places.read_address(address) == Place(0, clause.position, clause.own[0])
