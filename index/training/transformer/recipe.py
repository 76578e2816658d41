"""The numbers that shape a transformer, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.training.recipe import FineTuneRecipe, GeneralRecipe


@dataclass(frozen=True, slots=True)
class MaskedRecipe:
    """Masked-language training, before the two stages that both candidates have.

    Attributes:
        num_steps: batches.
        batch_size: texts in a batch.
        rate: largest learning rate; it warms up, then falls to a tenth.
        share: share of the tokens that must be guessed.
    """

    num_steps: int = 40_000
    batch_size: int = 256
    rate: float = 5e-4
    share: float = 0.15


@dataclass(frozen=True, slots=True)
class TransformerRecipe:
    """All that shapes a transformer besides its texts.

    Attributes:
        num_tokens: size of the vocabulary.
        num_layers: layers.
        dimension: width, and length of a vector.
        num_heads: attention heads.
        inner_dimension: width inside the feed-forward layers.
        dropout: share of the network's activations that is left out; tokens have a dropout of their own.
        max_tokens: longer texts are cut.
        seed: where all random numbers come from.
    """

    num_tokens: int = 12_000
    num_layers: int = 4
    dimension: int = 384
    num_heads: int = 6
    inner_dimension: int = 1536
    dropout: float = 0.1
    max_tokens: int = 192
    seed: int = 0
    masked: MaskedRecipe = field(default_factory=MaskedRecipe)
    general: GeneralRecipe = field(
        default_factory=lambda: GeneralRecipe(num_epochs=5, batch_size=512, rate=3e-4, dropout=0.1)
    )
    fine_tune: FineTuneRecipe = field(
        default_factory=lambda: FineTuneRecipe(rate=2e-4, dropout=0.1, replay_size=256, num_runs=1)
    )

    def __post_init__(self) -> None:
        if self.dimension % self.num_heads:
            raise ValueError(f"a width of {self.dimension} cannot be shared by {self.num_heads} heads")
        if self.fine_tune.num_runs != 1:
            raise ValueError(f"transformers cannot be averaged: {self.fine_tune.num_runs} runs, expected 1")


RECIPES = {
    "transformer": TransformerRecipe(),
    # for two processor cores and a quarter of an hour: too little, but an honest lower bound
    "transformer-small": TransformerRecipe(
        num_tokens=8_000,
        num_layers=2,
        dimension=256,
        num_heads=4,
        inner_dimension=512,
        dropout=0.0,
        max_tokens=64,
        masked=MaskedRecipe(num_steps=500, batch_size=48, rate=1e-3),
        general=GeneralRecipe(batch_size=192, rate=1e-3, dropout=0.1, max_steps=120),
        fine_tune=FineTuneRecipe(
            num_epochs=2, num_policies=2, rate=6e-4, dropout=0.1, replay_size=32, num_runs=1, max_windows=40
        ),
    ),
}
