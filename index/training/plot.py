"""The picture of a training: losses, and hit@3 on held-out policies. Only this module needs matplotlib."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.training.learn import Curves
from index.training.ranking import DEPTHS

_DEPTH = 3
_NUM_SMOOTHED = 10

_log = logging.getLogger(__name__)


def plot_training(path: Path, curves: Curves) -> None:
    """Draw a training, or say in the log that there is no matplotlib.

    Args:
        path: the PNG file to write.
        curves: losses and figures.
    """
    if importlib.util.find_spec("matplotlib") is None:
        _log.warning("matplotlib is not installed: %s is not drawn", path)
        return
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - only training has it
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(12, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    left, middle, right = figure.subplots(1, 3)
    for axes, losses, title in (
        (left, curves.pair_losses, "pairs"),
        (middle, curves.question_losses, "questions"),
    ):
        axes.plot(_smooth(losses))
        axes.set(title=f"loss, {title}", xlabel=f"step (mean of {_NUM_SMOOTHED})")
    depth = DEPTHS.index(_DEPTH)
    for name in ("excerpts", "clauses", "windows"):
        right.plot([getattr(row, name)[depth] for row in curves.figures], marker="o", label=name)
    right.set(title=f"hit@{_DEPTH}, held-out policies", xlabel="epoch over the questions")
    right.legend()
    figure.savefig(path, dpi=110)


def _smooth(losses: Sequence[float]) -> list[float]:
    window = min(_NUM_SMOOTHED, len(losses))
    smoothed: list[float] = np.convolve(losses, np.full(window, 1 / window), mode="valid").tolist()
    return smoothed
