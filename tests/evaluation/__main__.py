"""`make eval`: ask every question; print the figures, write `docs/quality.md` and the floor of the tests."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from answer.answerability import Answerability, Fit
from index.build import open_index
from index.encoder import Encoder
from settings import BUNDLED_ENCODER, ROOT
from tests.evaluation.measure import ask_all, summarize
from tests.evaluation.questions import FOLDER, SETS, read_questions
from tests.evaluation.report import plot_risks, write_report
from tests.quality_checks import caught_table, measure

EXPECTED = Path(__file__).parent / "expected.json"
_DOCS = ROOT / "docs"
_PLOT = "quality_risk.png"


def main(argv: Sequence[str]) -> int:
    """Measure the sets of the project, or the files given, which are only printed."""
    encoder, answerability = Encoder.load(str(BUNDLED_ENCODER)), Answerability.load(str(BUNDLED_ENCODER))
    files = [Path(name) for name in argv] or [FOLDER / f"{name}.jsonl" for name in SETS]
    with tempfile.TemporaryDirectory() as folder:
        index = open_index(ROOT / "policies", Path(folder), encoder)
        outcomes = {file.stem: ask_all(read_questions(file), index, answerability) for file in files}
    figures = {name: asdict(summarize(of_set)) for name, of_set in outcomes.items()}
    for name, of_set in figures.items():
        print(name, {key: round(value, 3) for key, value in of_set.items()})
    if not argv:
        _DOCS.mkdir(exist_ok=True)
        write_report(
            _DOCS / "quality.md", _PLOT, outcomes, Fit.load(BUNDLED_ENCODER), caught_table(measure())
        )
        plot_risks(_DOCS / _PLOT, [outcome for of_set in outcomes.values() for outcome in of_set])
        rounded = {
            name: {key: round(value, 4) for key, value in of_set.items() if key != "p95_ms"}
            for name, of_set in figures.items()
        }
        EXPECTED.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
