"""`ask` and `search` on the command line, for people, for programs and for whole files.

`app.py` calls these with an opened index. A batch answers every line in order; a line that cannot be used is
answered with an `error` field and makes the exit code 1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from answer.assistant import Assistant
from answer.events import Finished, Replaced, Verified
from answer.lookup import look_up
from answer.questions import check_question
from answer.records import Answer
from errors import AssistantError, BatchFileError, BatchLineError
from index.search import ClauseIndex, Hit
from web.wire import AnswerJson, ErrorJson, HitsJson

EXIT_SOME_FAILED = 1


def ask_one(assistant: Assistant, question: str, out: TextIO, *, as_json: bool) -> int:
    """Answer one question; for people what a model writes is printed sentence by sentence."""
    if as_json:
        print(AnswerJson.of(assistant.ask(question), "").dump(), file=out)
        return 0
    is_begun = False
    for event in assistant.events(question):
        match event:
            case Verified(sentence=sentence):
                is_begun = True
                print(sentence, file=out, flush=True)
            case Replaced() if is_begun:
                is_begun = False
                print("（以上内容作废。）\n", file=out, flush=True)
            case Finished(answer=answer):
                print("\n".join(([] if is_begun else [answer.text]) + _sources(answer)), file=out)
    return 0


def search_one(index: ClauseIndex, query: str, out: TextIO, *, limit: int, as_json: bool) -> int:
    """Look one thing up."""
    query = check_question(query)
    hits = index.search(query, limit=limit)
    print(HitsJson.of(query, hits, "").dump() if as_json else _hits_for_people(hits), file=out)
    return 0


def ask_batch(assistant: Assistant, path: Path, out: TextIO) -> int:
    """Answer every line of a JSON Lines file."""

    def answer(line: dict[str, Any]) -> AnswerJson:
        return AnswerJson.of(assistant.ask(line["question"], line["history"]), line["id"])

    return _batch(path, out, answer)


def search_batch(index: ClauseIndex, path: Path, out: TextIO, *, limit: int) -> int:
    """Look up every line of a JSON Lines file."""

    def find(line: dict[str, Any]) -> HitsJson:
        query = check_question(line["question"])
        found = look_up(index, query, line["history"], limit=limit)
        return HitsJson.of(query, found.hits, line["id"])

    return _batch(path, out, find)


def _batch(path: Path, out: TextIO, handle: Callable[[dict[str, Any]], AnswerJson | HitsJson]) -> int:
    exit_code = 0
    for number, raw in _lines(path):
        line_id = ""
        try:
            line = _read_line(number, raw)
            line_id = line["id"]
            row = handle(line).dump()
        except AssistantError as error:
            row = ErrorJson(id=line_id, error=error.user_message).dump()
            exit_code = EXIT_SOME_FAILED
        print(row, file=out, flush=True)
    return exit_code


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a batch file that are not blank, with their numbers."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise BatchFileError(
            f"batch file {str(path)!r} cannot be read: {exc}",
            user_message=f"批量文件“{path}”读不了，请检查路径、权限，并存为 UTF-8 编码。",
        ) from exc
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _read_line(number: int, raw: str) -> dict[str, Any]:
    """Read a line into id, question and history.

    Raises:
        BatchLineError: it is no JSON object with a question and, if at all, a list of questions as history.
    """
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError) as exc:
        raise BatchLineError(
            f"line {number} is no JSON: {exc}", user_message=f"第 {number} 行不是 JSON，请改正这一行。"
        ) from exc
    question, history = (
        (line.get("question"), line.get("history", [])) if isinstance(line, dict) else (None, [])
    )
    if (
        not isinstance(question, str)
        or not isinstance(history, list)
        or not all(isinstance(h, str) for h in history)
    ):
        raise BatchLineError(
            f"line {number} lacks a question or has a history that is no list of questions",
            user_message=f"第 {number} 行缺少 question，或 history 不是问题列表，请改正这一行。",
        )
    line_id = (
        str(line.get("id", "")).encode("utf-8", "replace").decode("utf-8")
    )  # half a character is no text
    return {"id": line_id, "question": question, "history": history}


def _sources(answer: Answer) -> list[str]:
    """The lines below an answer: its citations, and how many sentences of a model were left out."""
    shown = answer.related if answer.refused else answer.citations
    heading = "相近的条款：" if answer.refused else "出处："
    rows = []
    for citation in shown:
        number = f"[{citation.n}] " if citation.n else "· "
        version = f"（{citation.policy.version} 版）" if citation.policy.version else ""
        name = f"{citation.clause.label} {citation.clause.title}".strip()
        rows.append(f"{number}《{citation.policy.title}》{version}{name}")
    left_out = sum(count for _, count in answer.checks.left_out) if answer.checks else 0
    note = f"（另有 {left_out} 句与条款对不上，没有显示。）"
    return [*(["", heading, *rows] if rows else []), *(["", note] if left_out else [])]


def _hits_for_people(hits: list[Hit]) -> str:
    if not hits:
        return "没有找到相关的条款。"
    return "\n\n".join(
        f"{rank}. 《{hit.policy.title}》{hit.clause.label} {hit.clause.title}".rstrip()
        + f"\n{hit.clause.text}"
        for rank, hit in enumerate(hits, 1)
    )
