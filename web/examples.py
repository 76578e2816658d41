"""The example questions of the page: those of `prompts/examples.txt` that the policies at hand answer."""

from __future__ import annotations

from answer.assistant import Assistant
from prompts import render

NUM_EXAMPLES = 4


def choose_examples(assistant: Assistant) -> list[str]:
    """Choose up to NUM_EXAMPLES questions, in the file's order, that would not be refused."""
    chosen: list[str] = []
    for question in render("examples").splitlines():
        if len(chosen) < NUM_EXAMPLES and not assistant.quote(question).refused:
            chosen.append(question)
    return chosen
