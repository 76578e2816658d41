"""Whatever is typed: questions, numbers, names and batch lines are read or refused, and no more."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answer.courtesy import reply_to
from answer.questions import MAX_QUESTION_CHARS, check_question, make_whole
from errors import BadQuestionError
from index.fragments import FragmentIndex
from index.numbers import read_number
from index.scope import PolicyNames
from index.search import ClauseIndex
from web.command_line import search_batch

PIECES = st.sampled_from(
    [
        "第",
        "七",
        "条",
        "（五）",
        "(5)",
        "7.5",
        "１",
        "①",
        "之一",
        "款",
        "、",
        "《",
        "》",
        "58同城",
        "抖音",
        "\ud800",
        "\x00",
        " ",
        "㎡",
    ]
)
TYPED = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60)
LINES = st.one_of(
    st.text(max_size=40),
    st.fixed_dictionaries(
        {"question": TYPED}, optional={"id": TYPED, "history": st.lists(TYPED, max_size=2)}
    ).map(json.dumps),
    st.recursive(st.none() | st.floats() | st.text(max_size=5), st.lists, max_leaves=5).map(json.dumps),
)


@given(TYPED)
def test_a_question_is_trimmed_or_refused(typed: str) -> None:
    with suppress(BadQuestionError):
        checked = check_question(typed)
        assert checked == typed.strip()
        assert 0 < len(checked) <= MAX_QUESTION_CHARS


@given(TYPED)
def test_a_number_is_read_from_what_was_typed_or_not_at_all(typed: str) -> None:
    number = read_number(typed)
    if number is not None:
        assert number.text in typed
        assert number.steps
        assert all(step.value >= 0 for step in number.steps)


@given(TYPED)
def test_names_leave_something_to_ask(index: ClauseIndex, typed: str) -> None:
    named = PolicyNames(index.policies).read(typed)
    assert bool(named.rest) == bool(typed)
    assert reply_to(typed) is None or reply_to(typed)


@given(TYPED, st.lists(TYPED, max_size=3))
def test_a_follow_up_keeps_its_words(typed: str, history: list[str]) -> None:
    assert make_whole(typed, history).endswith(typed)


@given(st.lists(st.text(alphabet="收集手机号12ab，。", max_size=12), max_size=5), TYPED)
def test_a_fragment_is_found_where_it_stands(texts: list[str], typed: str) -> None:
    assert all(0 <= position < len(texts) for position in FragmentIndex(texts).find(typed))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, max_size=4))
def test_every_line_of_a_batch_has_its_answer(index: ClauseIndex, tmp_path: Path, lines: list[str]) -> None:
    path, out = tmp_path / "batch.jsonl", io.StringIO()
    kept = [line.replace("\n", " ").encode("utf-8", "replace").decode() for line in lines]
    path.write_text("\n".join(kept), encoding="utf-8", newline="\n")
    exit_code = search_batch(index, path, out, limit=2)
    rows = [json.loads(row) for row in out.getvalue().split("\n") if row]
    asked = [line for line in path.read_text(encoding="utf-8-sig").split("\n") if line.strip()]
    assert len(rows) == len(asked)
    assert exit_code == any("error" in row for row in rows)
    assert all({"id", "error"} == set(row) or {"id", "query", "hits"} == set(row) for row in rows)
