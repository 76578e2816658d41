"""The judge: words of a question find their partners, and what has none is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from answer.alignment import Aligner
from answer.answerability import Answerability, ErrorRates, Fit
from answer.expectations import expectations_met
from answer.judge import Judge, Weights, features_of, judge_alignment
from answer.training.examples import Example, Kind, Others
from answer.training.network import Batch, JudgeNetwork
from answer.training.train import (
    Judged,
    JudgeRecipe,
    fit_threshold,
    judge_all,
    measure,
    principal_axes,
    train_judge,
)
from index.fusion import Evidence
from index.search import CERTAIN, Hit
from index.windows import Window
from ingest.parse import parse_policy
from ingest.policy import Span

CHARACTERS = "甲乙丙丁戊己庚辛壬癸"
POLICY = parse_policy("第一条 甲乙丙。\n第二条 丁戊己。\n", "示例.md")


def make_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(
        models.WordLevel({"[UNK]": 0} | {c: i + 1 for i, c in enumerate(CHARACTERS)}, "[UNK]")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return tokenizer


def make_hit(text: str, *, similarity: float, relevance: float = 0.5) -> Hit:
    evidence = Evidence(similarity, similarity, 0.0, 1.0, 0.5, similarity)
    return Hit(0, POLICY, POLICY.clauses[0], relevance, Window(0, Span(0, len(text)), text), evidence)


def make_example(aligner: Aligner, question: str, passage: str, *, answers: bool) -> Example:
    """Two hits of the same similarity; the first may hold the answer."""
    hits = (make_hit(passage, similarity=0.5), make_hit("辛壬", similarity=0.4))
    texts = [hit.window.text for hit in hits if hit.window]
    return Example(
        "answered" if answers else "near",
        question,
        hits,
        aligner.align(question, texts),
        features_of(question, hits),
        np.array([answers, False]),
    )


@pytest.fixture
def table() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(len(CHARACTERS) + 1, 8)).astype(np.float32)


@pytest.fixture
def aligner(table: np.ndarray) -> Aligner:
    return Aligner(make_tokenizer(), table)


def test_a_token_that_a_passage_has_is_its_own_partner(aligner: Aligner) -> None:
    alignment = aligner.align("乙甲甲", ["丙乙", "丁", ""])
    assert alignment.tokens.tolist() == [1, 2]
    assert alignment.partners[0, 1] == 2
    assert alignment.cosines[0, 1] == pytest.approx(1.0)
    assert alignment.partners[1].tolist() == [4, 4]
    assert alignment.partners[2].tolist() == [0, 0]
    assert alignment.cosines[2].tolist() == [0.0, 0.0]


def test_what_has_no_known_word_is_never_answered(
    table: np.ndarray, aligner: Aligner, tmp_path: Path
) -> None:
    examples = [make_example(aligner, "甲乙", "甲乙", answers=True)]
    network = JudgeNetwork(
        principal_axes(table, 8), np.ones(11, np.float32), examples, num_told=5, num_hidden=4, dropout=0.0
    )
    judge = Judge(make_tokenizer(), network.weights())
    assert judge.probability("", examples[0].hits) == 0.0
    assert judge.probability("甲", examples[0].hits) > 0.0


@pytest.mark.parametrize(
    ("question", "passage", "kind", "is_met"),
    [
        ("最多存几个月", "保存期限不超过一个月", 0, True),
        ("最多存几个月", "我们会保存您的信息", 0, False),
        ("会员多少钱", "会员享有更多服务", 2, False),
        ("客服电话", "请拨打4008135858", 3, True),
        ("从哪儿注销", "点击“设置”页面", 4, True),
        ("要通讯录干啥", "用于向您推荐好友", 6, True),
    ],
)
def test_a_passage_meets_what_a_question_expects(
    question: str, passage: str, kind: int, is_met: bool
) -> None:
    assert expectations_met(question, passage)[2 * kind : 2 * kind + 2] == [float(is_met), float(not is_met)]


def test_principal_axes_keep_the_cosines_of_a_table_with_few_dimensions() -> None:
    flat = np.random.default_rng(1).normal(size=(30, 3)).astype(np.float32)
    table = flat @ np.linalg.qr(np.random.default_rng(2).normal(size=(6, 6)))[0][:3].astype(np.float32)
    short = principal_axes(table, 3)
    units = table / np.linalg.norm(table, axis=1, keepdims=True)
    assert short.shape == (30, 3)
    assert short @ short.T == pytest.approx(units @ units.T, abs=1e-5)


def test_the_network_on_numpy_judges_as_the_trained_one(
    table: np.ndarray, aligner: Aligner, tmp_path: Path
) -> None:
    examples = [
        make_example(aligner, question, "甲丙戊", answers=True) for question in ("甲乙", "丙丁戊己庚", "辛")
    ]
    torch.manual_seed(3)
    network = JudgeNetwork(
        principal_axes(table, 8), np.ones(11, np.float32), examples, num_told=5, num_hidden=4, dropout=0.3
    ).eval()
    network.weights().save(tmp_path)
    weights = Weights.load(tmp_path)
    with torch.no_grad():
        expected = network(Batch.pad(examples)).numpy()
    for row, example in enumerate(examples):
        judged = judge_alignment(weights, example.alignment, example.features)
        assert judged == pytest.approx(expected[row], abs=0.02)  # tables are stored in 255 steps


def test_a_trained_judge_tells_near_misses_of_equal_similarity_apart(
    table: np.ndarray, aligner: Aligner, tmp_path: Path
) -> None:
    rng = np.random.default_rng(4)
    examples = []
    for _ in range(300):
        topic, asked, other = rng.permutation(list(CHARACTERS[:7]))[:3]
        examples.append(make_example(aligner, topic + asked, topic + asked, answers=True))
        examples.append(make_example(aligner, topic + asked, topic + other, answers=False))
    recipe = JudgeRecipe(dimension=8, num_told=8, num_hidden=4, dropout=0.0, num_epochs=30, batch_size=32)
    network = train_judge(principal_axes(table, 8), np.ones(11, np.float32), examples[:500], recipe)
    network.weights().save(tmp_path)
    make_tokenizer().save(str(tmp_path / "tokenizer.json"))
    judge = Judge.load(tmp_path)
    assert judge is not None
    fitting = judge_all(judge, examples[500:])
    threshold = fit_threshold(fitting, false_refusals=0.05)
    assert np.mean(fitting.of("answered") < threshold) == pytest.approx(0.05, abs=0.02)
    assert np.mean(fitting.of("near") >= threshold) <= 0.05


def test_error_rates_count_every_kind_by_itself() -> None:
    kinds: tuple[Kind, ...] = ("answered", "answered", "near", "near", "other", "other")
    judged = Judged(kinds, np.array([0.9, 0.2, 0.6, 0.1, 0.3, 0.4]))
    assert measure(judged, 0.5) == ErrorRates(0.5, 0.5, 0.0)


def test_an_encoder_without_a_judge_lets_words_decide_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answerability = Answerability.load(str(tmp_path))
    assert "没有配套的拒答参数" in caplog.text
    few, many = make_hit("甲", similarity=0.9), make_hit("甲", similarity=0.9)
    assert many.evidence
    many = Hit(0, many.policy, many.clause, 0.5, many.window, many.evidence._replace(coverage=0.8))
    few = Hit(0, few.policy, few.clause, 0.5, few.window, many.evidence._replace(coverage=0.05))
    assert answerability.is_answered("甲", [many])
    assert not answerability.is_answered("甲", [few])
    assert not answerability.is_answered("甲", [])


def test_what_was_looked_up_is_answered_without_asking_the_judge() -> None:
    looked_up = Hit(0, POLICY, POLICY.clauses[0], CERTAIN, None, None)
    assert Answerability(None, 2.0).is_answered("第一条", [looked_up])


def test_a_fit_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    fit = Fit(0.25, ErrorRates(0.05, 0.4, 0.02))
    fit.save(tmp_path)
    assert Fit.load(tmp_path) == fit


def test_other_questions_are_on_one_side_only() -> None:
    others = Others(tuple(f"问题{i}" for i in range(50)), tuple(f"别的{i}" for i in range(50)))
    sides = [others.of([bucket]) for bucket in range(10)]
    assert sorted(q for side in sides for q in side.general) == sorted(others.general)
    assert sorted(q for side in sides for q in side.off_topic) == sorted(others.off_topic)
    assert all(side.general for side in sides)
