"""`python -m index.training DATA_DIR OUT_DIR`: train the encoder, fit the fusion, write both, measure."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Run the training; the log goes to the screen and to `training.log` in OUT_DIR."""
    parser = argparse.ArgumentParser(prog="python -m index.training", description=main.__doc__)
    parser.add_argument("data", type=Path, metavar="DATA_DIR", help="folder with the training texts")
    parser.add_argument("out", type=Path, metavar="OUT_DIR", help="folder that gets the encoder")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2, help="more are faster, but change the last digits")
    options = parser.parse_args(argv)
    if not (options.data / "policy_questions.jsonl").is_file():
        print(
            f"{str(options.data)!r} 里没有 policy_questions.jsonl，请给出训练数据所在的文件夹。",
            file=sys.stderr,
        )
        return 2
    _train(options.data, options.out, seed=options.seed, num_threads=options.threads)
    return 0


def _train(data: Path, out: Path, *, seed: int, num_threads: int) -> None:
    import torch

    from index.encoder import Encoder
    from index.training.corpus import read_pairs
    from index.training.evaluate import evaluate
    from index.training.export import save_encoder
    from index.training.fit_fusion import fit_fusion, fit_passages, judge_candidates, judge_passages
    from index.training.labelled import FITTING_BUCKET, HELD_OUT_BUCKET, read_labelled
    from index.training.learn import Texts, learn
    from index.training.plot import plot_training
    from index.training.recipe import Recipe

    torch.set_num_threads(num_threads)
    log = _open_log(out)
    started = time.monotonic()
    policies = read_labelled(data)
    fitting = [policy for policy in policies if policy.bucket == FITTING_BUCKET]
    held_out = [policy for policy in policies if policy.bucket == HELD_OUT_BUCKET]
    trained = [policy for policy in policies if policy.bucket not in (FITTING_BUCKET, HELD_OUT_BUCKET)]
    pairs = read_pairs(data, held_out=[policy.policy.text for policy in [*fitting, *held_out]])
    recipe = replace(Recipe(), seed=seed)
    log.info("%s", recipe)
    num_pairs = sum(len(source.left) for source in pairs)
    log.info(
        "%d pairs; policies: %d trained on, %d fitted on, %d held out",
        num_pairs, len(trained), len(fitting), len(held_out),
    )  # fmt: skip
    learned = learn(Texts(tuple(pairs), tuple(trained), tuple(held_out)), recipe)
    save_encoder(out, learned.tokenizer, learned.table)
    plot_training(
        out / "training.png",
        pair_losses=learned.pair_losses,
        question_losses=learned.question_losses,
        figures=learned.figures,
    )
    fusion = fit_fusion(list(judge_candidates(fitting, Encoder.load(str(out)))))
    fusion.save(out)
    passage_weights = fit_passages(list(judge_passages(fitting, Encoder.load(str(out)))))
    fusion = replace(fusion, passage_weights=passage_weights)
    fusion.save(out)
    log.info("%s", fusion)
    for name, figures in evaluate(out, held_out):
        log.info("%-22s %s", name, figures)
    log.info("done in %.0f s", time.monotonic() - started)


def _open_log(out: Path) -> logging.Logger:
    out.mkdir(parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [
        logging.StreamHandler(),
        logging.FileHandler(out / "training.log", mode="w", encoding="utf-8"),
    ]
    log = logging.getLogger("index.training")
    log.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(handler)
    return log


if __name__ == "__main__":
    sys.exit(main())
