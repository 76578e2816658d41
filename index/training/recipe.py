"""The numbers that shape the encoder, in one place. Every module of this package is handed its part.

They were chosen on policies that are neither trained on nor in the published figures; see `README.md` beside
the weights.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class GeneralRecipe:
    """The first stage: pairs of texts from many sources, one source a batch.

    Attributes:
        num_epochs: passes over the pairs.
        batch_size: pairs in a batch; the others of a batch are the wrong answers.
        rate: largest learning rate; it warms up, then falls to a tenth.
        scale: what cosines are multiplied by before the softmax.
        dropout: share of the tokens of every text that is left out at random.
        max_steps: batches at most; None for all.
    """

    num_epochs: int = 1
    batch_size: int = 1024
    rate: float = 0.02
    scale: float = 20.0
    dropout: float = 0.3
    max_steps: int | None = None


@dataclass(frozen=True, slots=True)
class FineTuneRecipe:
    """The second stage: questions about policies against everything those policies say.

    Attributes:
        num_epochs: passes over the policies.
        num_policies: policies in a batch, with all their windows and excerpts.
        rate: as in the first stage.
        scale: as in the first stage.
        dropout: as in the first stage.
        replay_size: pairs of the first stage that are mixed into every batch.
        replay_weight: what their loss is multiplied by.
        num_runs: runs with different seeds whose vectors are averaged.
        max_windows: windows of a policy in a batch at most, the right ones first; None for all.
    """

    num_epochs: int = 8
    num_policies: int = 4
    rate: float = 0.01
    scale: float = 14.0
    dropout: float = 0.4
    replay_size: int = 512
    replay_weight: float = 0.3
    num_runs: int = 4
    max_windows: int | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that shapes the encoder besides its texts.

    Attributes:
        num_tokens: rows of the table, the row of unknown tokens included.
        dimension: length of a vector.
        seed: where all random numbers come from.
    """

    num_tokens: int = 20_000
    dimension: int = 512
    seed: int = 0
    general: GeneralRecipe = field(default_factory=GeneralRecipe)
    fine_tune: FineTuneRecipe = field(default_factory=FineTuneRecipe)

    def __post_init__(self) -> None:
        if self.num_tokens < 2 or self.dimension < 1:
            raise ValueError(f"no table of {self.num_tokens} tokens by {self.dimension} can be trained")
