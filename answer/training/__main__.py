"""`python -m answer.training DATA_DIR ENCODER_DIR`: train an encoder's judge, fit the threshold, measure.

The encoder comes from `python -m index.training DATA_DIR ENCODER_DIR`. Its evidence is too good for questions
that it was trained with, so the judge learns from encoders that were each trained without a third of the
policies, and from the hits that those find in that third. The fitting bucket decides the threshold, the
held-out bucket the error rates; there the encoder itself searches.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from tokenizers import Tokenizer

    from answer.alignment import Aligner
    from answer.training.examples import Example, Others
    from index.training.labelled import LabelledPolicy

_FOLDS = ((0, 1, 2), (3, 4, 5), (6, 7))
_NUM_RUNS = 2  # of the second stage of a fold's encoder

_log = logging.getLogger("answer.training")


def main(argv: Sequence[str] | None = None) -> int:
    """Write the judge and its fit into the encoder's folder; the log goes to screen and `judge.log`."""
    parser = argparse.ArgumentParser(prog="python -m answer.training", description=main.__doc__)
    parser.add_argument("data", type=Path, metavar="DATA_DIR", help="folder with the training texts")
    parser.add_argument("encoder", type=Path, metavar="ENCODER_DIR", help="folder of the encoder")
    parser.add_argument("--threads", type=int, default=2, help="more are faster, but change the last digits")
    options = parser.parse_args(argv)
    for needed in (options.data / "policy_questions.jsonl", options.encoder / "tokenizer.json"):
        if not needed.is_file():
            print(f"找不到“{needed}”，请检查训练数据和向量模型的文件夹。", file=sys.stderr)
            return 2
    from index.training.log import open_log

    open_log(options.encoder / "judge.log", ["answer.training", "index.training"])
    _train(options.data, options.encoder, num_threads=options.threads)
    return 0


def _train(data: Path, folder: Path, *, num_threads: int) -> None:
    import numpy as np
    import torch
    from tokenizers import Tokenizer

    from answer.alignment import Aligner
    from answer.answerability import Fit
    from answer.judge import Judge
    from answer.training.examples import QUESTIONS, collect, read_others
    from answer.training.train import (
        JudgeRecipe,
        fit_threshold,
        judge_all,
        measure,
        principal_axes,
        train_judge,
    )
    from index.encoder import Encoder
    from index.training.labelled import FITTING_BUCKET, HELD_OUT_BUCKET, read_labelled

    torch.set_num_threads(num_threads)
    started, recipe = time.monotonic(), JudgeRecipe()
    policies, others = read_labelled(data), read_others(data)
    asked = read_labelled(data, (QUESTIONS,))
    trained = [policy for policy in policies if policy.bucket not in (FITTING_BUCKET, HELD_OUT_BUCKET)]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    table = _general_table(data, tokenizer, policies, trained)
    alignment = principal_axes(table, recipe.dimension)
    aligner = Aligner(tokenizer, alignment)
    lengths = np.linalg.norm(table, axis=1)
    examples = list(_cross_fitted(data, folder, policies, asked, others, aligner))
    _log.info("%d examples of %d policies, %.0f s", len(examples), len(trained), time.monotonic() - started)
    network = train_judge(alignment, lengths / lengths.mean(), examples, recipe)
    network.weights().save(folder)
    judge = Judge.load(folder)
    assert judge is not None  # just written
    encoder = Encoder.load(str(folder))
    fitting, held_out = (
        judge_all(judge, list(collect(in_bucket, others.of([bucket]), encoder, aligner, seed=bucket)))
        for bucket in (FITTING_BUCKET, HELD_OUT_BUCKET)
        for in_bucket in [[policy for policy in policies if policy.bucket == bucket]]
    )
    threshold = fit_threshold(fitting, false_refusals=recipe.false_refusals)
    fit = Fit(threshold, measure(held_out, threshold))
    fit.save(folder)
    for share in (0.02, 0.03, 0.05, 0.06, 0.08, 0.1):
        at = fit_threshold(fitting, false_refusals=share)
        _log.info("refusing %.2f of the fitting bucket: %s", share, measure(held_out, at))
    _log.info("%s; done in %.0f s", fit, time.monotonic() - started)


def _general_table(
    data: Path, tokenizer: Tokenizer, policies: Sequence[LabelledPolicy], trained: Sequence[LabelledPolicy]
) -> npt.NDArray[np.float32]:
    """Vectors of the tokens before any question about a policy: float32, shape (num_tokens, dimension)."""
    from index.training.corpus import read_pairs
    from index.training.learn import Texts, learn_general
    from index.training.recipe import Recipe

    kept = {policy.name for policy in trained}
    pairs = read_pairs(data, held_out=[policy.policy.text for policy in policies if policy.name not in kept])
    general = learn_general(Texts(tuple(pairs), tuple(trained), ()), Recipe())
    if general.tokenizer.get_vocab() != tokenizer.get_vocab():
        raise ValueError("the encoder was trained with other data: train it anew with these")
    return general.bag.table()


def _cross_fitted(
    data: Path,
    folder: Path,
    policies: Sequence[LabelledPolicy],
    asked: Sequence[LabelledPolicy],
    others: Others,
    aligner: Aligner,
) -> Iterator[Example]:
    """Examples of every fold, searched with an encoder that was trained on the other folds."""
    from answer.training.examples import collect
    from index.encoder import Encoder
    from index.fusion import FILE_NAME
    from index.training.corpus import read_pairs
    from index.training.export import save_encoder
    from index.training.learn import Texts, learn
    from index.training.recipe import Recipe

    recipe = Recipe()
    recipe = replace(recipe, fine_tune=replace(recipe.fine_tune, num_runs=_NUM_RUNS))
    for fold in _FOLDS:
        inside = [policy for policy in policies if policy.bucket in fold]
        outside = [p for other in _FOLDS if other != fold for p in policies if p.bucket in other]
        seen = {policy.name for policy in outside}
        pairs = read_pairs(data, held_out=[p.policy.text for p in policies if p.name not in seen])
        learned = learn(Texts(tuple(pairs), tuple(outside), tuple(inside)), recipe)
        with tempfile.TemporaryDirectory() as temporary:
            save_encoder(Path(temporary), learned.tokenizer, learned.table)
            shutil.copy(folder / FILE_NAME, temporary)
            encoder = Encoder.load(temporary)
        questions = [policy for policy in asked if policy.bucket in fold]
        yield from collect(questions, others.of(fold), encoder, aligner, seed=fold[0])
        _log.info("fold %s is done", fold)


if __name__ == "__main__":
    sys.exit(main())
