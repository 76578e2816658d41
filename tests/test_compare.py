"""Comparing versions: which clauses belong together, and which words changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.policy import Policy
from web.compare import compare, compare_words


def test_clauses_are_paired_by_what_they_say_before_their_number(versions: tuple[Policy, Policy]) -> None:
    rows = [
        (row.old.label if row.old else None, row.new.label if row.new else None, row.change)
        for row in compare(*versions)
    ]
    assert rows == [
        ("引言", "引言", "changed"),
        ("第一条", "第一条", "changed"),
        ("第二条", "第二条", "same"),
        ("第二条1", "第二条1", "changed"),
        ("第二条2", "第二条2", "same"),
        ("第二条3", None, "removed"),
        (None, "第三条", "added"),
        ("第三条", "第四条", "renumbered"),
        ("第四条", "第五条", "renumbered"),
    ]


def test_a_policy_compared_with_itself_has_not_changed(policy: Policy) -> None:
    assert {row.change for row in compare(policy, policy)} == {"same"}


def test_every_clause_of_both_versions_is_in_one_row(versions: tuple[Policy, Policy]) -> None:
    old, new = versions
    rows = compare(old, new)
    assert [row.new for row in rows if row.new] == list(new.clauses)
    assert {row.old.position for row in rows if row.old} == set(range(len(old.clauses)))
    assert sum(1 for row in rows if row.old) == len(old.clauses)


def test_changed_words_are_told_from_common_ones() -> None:
    old, new = compare_words("每人一次可以借阅5册图书", "每人一次可以借阅10册图书")
    assert [piece.text for piece in old if not piece.is_common] == ["5"]
    assert [piece.text for piece in new if not piece.is_common] == ["10"]


@given(st.text(alphabet="甲乙丙1a。 \n", max_size=30), st.text(alphabet="甲乙丙1a。 \n", max_size=30))
def test_the_pieces_of_each_text_give_it_back(old: str, new: str) -> None:
    left, right = compare_words(old, new)
    assert "".join(piece.text for piece in left) == old
    assert "".join(piece.text for piece in right) == new
    common = [[piece.text for piece in side if piece.is_common] for side in (left, right)]
    assert common[0] == common[1]
