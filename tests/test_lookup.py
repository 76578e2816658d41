"""查条款 without a browser: marks, snippets, the tree, filters and how long it takes."""

from __future__ import annotations

import re
import time

import pytest

from index.search import ClauseIndex
from web.desk import Desk, said_on_failure
from web.feedback import Feedback
from web.live import Live
from web.lookup import Lookup, mark_words, snippet
from web.places import Places, UnknownPlaceError

MAX_MEDIAN_MS = 100


@pytest.fixture(scope="module")
def lookup(index: ClauseIndex) -> Lookup:
    return Lookup(index, Places(index.policies))


def test_words_are_marked_and_markup_is_escaped() -> None:
    assert mark_words("<b>简历</b>与招聘方", "招聘方 简历") == (
        "&lt;b&gt;<mark>简历</mark>&lt;/b&gt;与<mark>招聘方</mark>"
    )


def test_a_snippet_shows_where_the_words_stand() -> None:
    shown = snippet("甲" * 200 + "招聘方可以查看简历" + "乙" * 200, "简历")
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "<mark>简历</mark>" in shown


def test_a_snippet_without_the_words_begins_at_the_beginning() -> None:
    assert snippet("短文", "简历") == "短文"


def test_the_tree_has_every_clause_once(lookup: Lookup, index: ClauseIndex) -> None:
    cites = re.findall(r'data-cite="0/(\d+)/', lookup.tree(None))
    assert sorted(map(int, cites)) == list(range(len(index.policies[0].clauses)))


def test_a_top_clause_that_is_not_there_is_told(lookup: Lookup) -> None:
    with pytest.raises(UnknownPlaceError, match="no clause 9999"):
        lookup.hits("简历", policy=0, top=9999)


def test_an_answer_while_typing_takes_less_than_a_tenth_of_a_second(lookup: Lookup) -> None:
    times = []
    for typed in ("简", "简历", "简历 招", "简历 招聘方", "简历 招聘方 可见", "七（五）", "浏览记录保存多久"):
        started = time.perf_counter()
        assert "hit" in lookup.hits(typed, policy=None, top=None)
        times.append((time.perf_counter() - started) * 1000)
    assert sorted(times)[len(times) // 2] < MAX_MEDIAN_MS


@pytest.mark.parametrize(
    "sent", [None, "x", {"words": 3}, {"policy": 99}, {"policy": -1}, {"words": "长" * 3000}, {"top": 9999}]
)
def test_a_request_that_makes_no_sense_is_told_and_not_raised(
    live: Live, tmp_path_factory: pytest.TempPathFactory, sent: object
) -> None:
    desk = Desk(live, Feedback(tmp_path_factory.mktemp("desk") / "feedback.sqlite"))
    assert "这个请求看不懂" in said_on_failure(desk.look_up)(sent)
