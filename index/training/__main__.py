"""`python -m index.training DATA_DIR OUT_DIR`: train the encoder, fit the fusion, write both, measure."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.training.learn import Curves, Texts

_STATIC = "static"  # ships; the others are the recipes of `transformer/recipe.py`
_CANDIDATES = (_STATIC, "transformer", "transformer-small")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the training; the log goes to the screen and to `training.log` in OUT_DIR."""
    parser = argparse.ArgumentParser(prog="python -m index.training", description=main.__doc__)
    parser.add_argument("data", type=Path, metavar="DATA_DIR", help="folder with the training texts")
    parser.add_argument("out", type=Path, metavar="OUT_DIR", help="folder that gets the encoder")
    parser.add_argument("--candidate", choices=_CANDIDATES, default=_STATIC)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2, help="more are faster, but change the last digits")
    options = parser.parse_args(argv)
    if not (options.data / "policy_questions.jsonl").is_file():
        print(
            f"{str(options.data)!r} 里没有 policy_questions.jsonl，请给出训练数据所在的文件夹。",
            file=sys.stderr,
        )
        return 2
    _train(
        options.data,
        options.out,
        candidate=options.candidate,
        seed=options.seed,
        num_threads=options.threads,
    )
    return 0


def _train(data: Path, out: Path, *, candidate: str, seed: int, num_threads: int) -> None:
    import torch

    from index.encoder import Encoder
    from index.training.corpus import read_lines, read_pairs
    from index.training.evaluate import evaluate
    from index.training.fit_fusion import fit_fusion, fit_passages, judge_candidates, judge_passages
    from index.training.labelled import FITTING_BUCKET, HELD_OUT_BUCKET, read_labelled
    from index.training.learn import Texts
    from index.training.log import open_log
    from index.training.plot import plot_training

    torch.set_num_threads(num_threads)
    open_log(out / "training.log", ["index.training"])
    log = logging.getLogger("index.training")
    started = time.monotonic()
    policies = read_labelled(data)
    fitting = [policy for policy in policies if policy.bucket == FITTING_BUCKET]
    held_out = [policy for policy in policies if policy.bucket == HELD_OUT_BUCKET]
    trained = [policy for policy in policies if policy.bucket not in (FITTING_BUCKET, HELD_OUT_BUCKET)]
    hidden = [policy.policy.text for policy in [*fitting, *held_out]]
    texts = Texts(tuple(read_pairs(data, held_out=hidden)), tuple(trained), tuple(held_out))
    log.info(
        "%d pairs; policies: %d trained on, %d fitted on, %d held out",
        sum(len(source.left) for source in texts.pairs), len(trained), len(fitting), len(held_out),
    )  # fmt: skip
    if candidate == _STATIC:
        curves = _learn_static(texts, out, seed=seed)
    else:
        curves = _learn_transformer(texts, read_lines(data, held_out=hidden), out, name=candidate, seed=seed)
    plot_training(out / "training.png", curves)
    fusion = fit_fusion(list(judge_candidates(fitting, Encoder.load(str(out)))))
    fusion.save(out)
    passage_weights = fit_passages(list(judge_passages(fitting, Encoder.load(str(out)))))
    fusion = replace(fusion, passage_weights=passage_weights)
    fusion.save(out)
    log.info("%s", fusion)
    for name, figures in evaluate(out, held_out):
        log.info("%-22s %s", name, figures)
    log.info("done in %.0f s", time.monotonic() - started)


def _learn_static(texts: Texts, out: Path, *, seed: int) -> Curves:
    """Learn token vectors and write them."""
    from index.training.export import save_encoder
    from index.training.learn import learn
    from index.training.recipe import Recipe

    recipe = replace(Recipe(), seed=seed)
    logging.getLogger("index.training").info("%s", recipe)
    learned = learn(texts, recipe)
    save_encoder(out, learned.tokenizer, learned.table)
    return learned.curves


def _learn_transformer(texts: Texts, lines: Sequence[str], out: Path, *, name: str, seed: int) -> Curves:
    """Learn a transformer and write it."""
    from index.training.transformer.export import save_transformer
    from index.training.transformer.learn import learn_transformer
    from index.training.transformer.recipe import RECIPES

    recipe = replace(RECIPES[name], seed=seed)
    logging.getLogger("index.training").info("%s", recipe)
    learned = learn_transformer(texts, lines, recipe)
    save_transformer(out, learned.tokenizer, learned.network, max_tokens=recipe.max_tokens)
    return learned.curves


if __name__ == "__main__":
    sys.exit(main())
