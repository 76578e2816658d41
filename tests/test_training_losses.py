"""What training makes small, by known values, and what is fitted afterwards."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from index.fusion import Evidence
from index.training.bag import BagLearner, TokenBag
from index.training.export import quantize
from index.training.fit_fusion import Judged, fit_fusion
from index.training.losses import any_right_loss, pair_loss
from index.training.tokens import count_tokens, train_tokenizer

NOTHING_SHARED = torch.zeros(2, 2, dtype=torch.bool)


def test_pairs_that_are_all_alike_cost_the_logarithm_of_their_number() -> None:
    units = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    loss = pair_loss(units, units, NOTHING_SHARED, scale=20)
    assert loss.item() == pytest.approx(math.log(2))


def test_pairs_at_right_angles_cost_what_the_scale_leaves() -> None:
    loss = pair_loss(torch.eye(2), torch.eye(2), NOTHING_SHARED, scale=3)
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-3)))


def test_pairs_that_share_a_text_are_not_wrong_for_each_other() -> None:
    units = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    is_same = torch.tensor([[False, True], [True, False]])
    assert pair_loss(units, units, is_same, scale=20).item() == pytest.approx(0, abs=1e-6)


def test_with_one_right_candidate_the_loss_is_the_cross_entropy() -> None:
    values = torch.tensor([[2.0, 0.5, -1.0]])
    loss = any_right_loss(values, torch.tensor([[False, True, False]]))
    shares = np.exp([2.0, 0.5, -1.0]) / np.exp([2.0, 0.5, -1.0]).sum()
    assert loss.item() == pytest.approx(-math.log(shares[1]), rel=1e-5)


def test_it_is_enough_that_one_of_two_right_candidates_is_found() -> None:
    values = torch.tensor([[8.0, -8.0, 0.0]])
    is_right = torch.tensor([[True, True, False]])
    expected = -math.log((math.exp(8) + math.exp(-8)) / (math.exp(8) + math.exp(-8) + 1))
    assert any_right_loss(values, is_right).item() == pytest.approx(expected, abs=1e-6)


def test_a_step_makes_the_loss_smaller_and_leaves_absent_tokens_alone() -> None:
    texts = ["注销账号", "删除账户", "退票时间", "退款几天"]
    tokenizer = train_tokenizer([*texts, *texts], num_tokens=60)
    counts = count_tokens(tokenizer, texts)
    bag = TokenBag.start(counts, dimension=16, seed=3)
    learner, rng = BagLearner(bag), np.random.default_rng(0)
    before, losses = bag.vectors.clone(), []
    for _ in range(10):
        left, right = learner.embed([counts[[0, 2]], counts[[1, 3]]], dropout=0, rng=rng)
        loss = pair_loss(left, right, NOTHING_SHARED, scale=5)
        learner.step(loss, rate=0.02)
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 10
    assert torch.equal(bag.vectors[0], before[0])  # the unknown token
    assert not torch.equal(bag.vectors[1], before[1])


def test_rounding_to_int8_is_off_by_half_a_step_at_most() -> None:
    table = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
    rounded, scales = quantize(table)
    assert rounded.dtype == np.int8
    assert (np.abs(rounded * scales[:, None] - table) <= scales[:, None] * 0.5001).all()


def synthetic(weights: list[float], *, num_questions: int, seed: int) -> list[Judged]:
    """Candidates of which one is right, drawn from the softmax of the weighted evidence."""
    rng = np.random.default_rng(seed)
    judged = []
    for _ in range(num_questions):
        evidence = rng.random((rng.integers(6, 15), len(weights))).astype(np.float32)
        shares = np.exp(evidence @ weights)
        right = rng.choice(len(evidence), p=shares / shares.sum())
        judged.append(Judged(evidence, np.arange(len(evidence)) == right))
    return judged


def test_a_fit_recovers_the_weights_that_made_the_evidence() -> None:
    weights = [8.0, 2.0, 0.0, 4.0, 1.0, 6.0]
    judged = synthetic(weights, num_questions=1500, seed=0)
    fusion = fit_fusion(judged)
    fitted = np.array(fusion.weights)
    assert np.argsort(fitted).tolist() == np.argsort(weights).tolist()
    np.testing.assert_allclose(fitted / fitted[0], np.array(weights) / weights[0], atol=0.08)
    relevance = np.concatenate([fusion.relevance(question.evidence) for question in judged])
    is_right = np.concatenate([question.is_right for question in judged])
    assert relevance.mean() == pytest.approx(is_right.mean(), abs=0.005)


def test_evidence_that_is_always_zero_gets_no_weight() -> None:
    judged = synthetic([6.0, 3.0, 0.0, 2.0, 1.0, 0.0], num_questions=200, seed=1)
    for question in judged:
        question.evidence[:, Evidence._fields.index("late")] = 0
    assert fit_fusion(judged).weights.late == 0


def test_a_fit_without_a_right_clause_is_refused() -> None:
    question = Judged(np.zeros((2, 6), dtype=np.float32), np.zeros(2, dtype=bool))
    with pytest.raises(ValueError, match="no question has a right clause"):
        fit_fusion([question])
