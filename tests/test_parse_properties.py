"""Whatever a file holds, none of it is lost, and every sentence and window is a piece of it."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from index.windows import MAX_SENTENCES, cut_windows
from ingest.lines import tidy
from ingest.parse import parse_policy
from ingest.policy import Policy
from ingest.sentences import split_sentences
from tests.lost_text import find_lost

MARKERS = [
    *(
        "第一条 ",
        "第二条 ",
        "第一章 ",
        "一、",
        "二、",
        "（一）",
        "(二) ",
        "1、",
        "2、",
        "3. ",
        "1.1 ",
        "1.2 ",
    ),
    *(
        "（1）",
        "（2）",
        "1）",
        "2) ",
        "① ",
        "a. ",
        "(b) ",
        "A. ",
        "iv. ",
        "【提示】",
        "# ",
        "## ",
        "- ",
        "* 1\\. ",
        "",
    ),
]
BODIES = st.text(alphabet="个人信息。；：，处理\u3000 *_（）1二a𠮷\t", max_size=30)
LINES = st.tuples(st.sampled_from(["", "  ", "**"]), st.sampled_from(MARKERS), BODIES).map("".join)
SEPARATORS = st.sampled_from(["==========", "---", "", "目录"])
FILES = st.lists(st.one_of(LINES, SEPARATORS), max_size=25).map("\n".join)


def squeeze(text: str) -> str:
    return re.sub(r"[\s*]+", "", text)


@settings(max_examples=300)
@given(FILES)
def test_nothing_is_lost_and_nothing_has_two_owners(text: str) -> None:
    assert find_lost(parse_policy(text, "a.txt")) == []


@settings(max_examples=150)
@given(FILES)
def test_clauses_lie_inside_their_parents_in_document_order(text: str) -> None:
    policy = parse_policy(text, "a.txt")
    for position, clause in enumerate(policy.clauses):
        assert clause.position == position
        for parent in policy.ancestors(clause):
            assert parent.position < position
            assert parent.start <= clause.start
            assert clause.end <= parent.end


@settings(max_examples=150)
@given(FILES)
def test_sentences_are_pieces_of_the_own_text_and_leave_none_out(text: str) -> None:
    policy = parse_policy(text, "a.txt")
    for clause in policy.clauses:
        sentences = split_sentences(policy.text, clause)
        assert sentences == sorted(sentences)
        joined = "".join(span.of(text) for span in sentences)
        own = "".join(span.of(text) for span in clause.own)
        decoration = re.compile(r"[\s*_#>\-+•·●■◆○\\]+")
        assert decoration.sub("", joined) == decoration.sub("", own)


@settings(max_examples=150)
@given(FILES)
def test_windows_hold_few_sentences_of_one_clause(text: str) -> None:
    policy: Policy = parse_policy(text, "a.txt")
    for clause in policy.clauses:
        sentences = split_sentences(policy.text, clause)
        windows = cut_windows(policy, clause)
        assert bool(windows) == bool(sentences)
        for window in windows:
            inside = [s for s in sentences if window.span.start <= s.start and s.end <= window.span.end]
            assert 1 <= len(inside) <= MAX_SENTENCES
            assert squeeze(window.text) == squeeze(window.span.of(text))


@given(st.text(alphabet="个人信息。；，* \n\t\u3000aB1", max_size=60))
def test_tidy_changes_white_space_and_asterisks_only(raw: str) -> None:
    assert squeeze(tidy(raw)) == squeeze(raw)
