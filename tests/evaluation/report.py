"""`docs/quality.md` and its plot, written from outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from answer.answerability import Fit
from tests.evaluation.measure import Figures, Outcome, group_by, risks, summarize

_HEAD = """# Quality

Written by `make eval`: every question of `tests/questions` put to the real assistant with the bundled
encoder and no language model. The questions are about the 58同城 privacy policy, were written for this
project, and no model was trained and no threshold fitted on them.
They were in view, though, when the make-up of answers and the handling of follow-ups and clause numbers were
chosen; the refusals of noise, missing annexes and other services were written after reading what had failed
here. So take the figures, those for `hostile` and `other` above all, for too kind.

A hit is right when its clause holds a passage that answers; an answer is right when its quotes hold such a
passage, or six tenths of it in one piece.
"""
_NAMES = {
    "num_questions": "questions",
    "hit_at_1": "hit@1",
    "hit_at_3": "hit@3",
    "hit_at_10": "hit@10",
    "right": "right",
    "false_refusals": "refused, though answerable",
    "citation_precision": "citations of a right clause",
    "citations_per_answer": "citations an answer",
    "refused": "refused, rightly",
    "p95_ms": "p95, ms",
}
_OF_ANSWERABLE = tuple(name for name in _NAMES if name not in ("refused", "p95_ms"))


def write_report(
    path: Path, plot_name: str, outcomes: Mapping[str, Sequence[Outcome]], fit: Fit, checks: str
) -> None:
    """Write the tables; `outcomes` by question set, `checks` the table of the sentences of a model."""
    everything = [outcome for of_set in outcomes.values() for outcome in of_set]
    answerable = [outcome for outcome in everything if outcome.gold.is_answerable]
    others = [outcome for outcome in everything if not outcome.gold.is_answerable]
    rates = fit.error_rates
    parts = [
        _HEAD,
        "## Answerable questions, by set\n",
        _table("set", _summaries(answerable, lambda o: [_set_of(outcomes, o)]), _OF_ANSWERABLE),
        "## By kind of question\n",
        _table("kind", _summaries(answerable, lambda o: [o.gold.kind]), _OF_ANSWERABLE),
        "## By top clause that answers\n",
        _table("clause", _summaries(answerable, lambda o: o.gold.top_clauses), _OF_ANSWERABLE),
        "## Questions the policy does not answer\n",
        "`near` is on the policy's topics, `other` is about anything else, `hostile` tries misuse,\n"
        "`number` names a clause that does not exist.\n",
        _table("kind", _summaries(others, lambda o: [o.gold.kind]), ("num_questions", "refused")),
        "## Refusing or answering\n",
        f"![Risk against coverage]({plot_name})\n",
        "All questions, sorted by how sure the judge is that the policy answers: if only so many\n"
        "are answered (coverage), so many of the answers are wrong (risk). The cross is the assistant.\n",
        "On other policies that nothing was trained or fitted on, the judge refuses\n"
        f"{rates.false_refusals:.1%} of the answerable questions, and answers {rates.missed_near:.1%} of the "
        f"near misses and {rates.missed_other:.1%} of the others.\n",
        "## Sentences that a language model writes\n",
        "How many of the false ones the checks catch, and how many of the true ones they reject;\n"
        "[checks.md](checks.md) says how this was measured and what goes wrong.\n",
        f"{checks}\n",
        "## Time\n",
        f"95 of 100 answers take at most {summarize(everything).p95_ms:.0f} ms after loading.\n",
    ]
    path.write_text("\n".join(parts), encoding="utf-8")


def plot_risks(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Draw risk against coverage."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    answered = [outcome for outcome in outcomes if not outcome.answer.refused]
    wrong = sum(not outcome.is_right for outcome in answered)
    coverage, risk = zip(*risks(outcomes), strict=True)
    figure, axes = plt.subplots(figsize=(6, 3.6), dpi=150)
    axes.plot(coverage, risk, color="#1a5fb4")
    axes.plot(len(answered) / len(outcomes), wrong / len(answered), "x", color="#c01c28", markersize=9)
    axes.set(xlabel="coverage: share of questions answered", ylabel="risk: share of answers wrong")
    axes.set(xlim=(0, 1), ylim=(0, None))
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Software": None})
    plt.close(figure)


def _set_of(outcomes: Mapping[str, Sequence[Outcome]], outcome: Outcome) -> str:
    return next(name for name, of_set in outcomes.items() if outcome in of_set)


def _summaries(
    outcomes: Sequence[Outcome], keys_of: Callable[[Outcome], Sequence[str]]
) -> dict[str, Figures]:
    return {key: summarize(group) for key, group in group_by(outcomes, keys_of).items()}


def _table(first: str, rows: Mapping[str, Figures], columns: Sequence[str]) -> str:
    head = [first, *(_NAMES[name] for name in columns)]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * len(columns)]
    for key, figures in rows.items():
        values = asdict(figures)
        lines.append("| " + " | ".join([key, *(_number(values[name]) for name in columns)]) + " |")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}"
