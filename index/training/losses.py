"""What training makes small. All take cosines times a scale; rows are questions, columns candidates."""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy

_NEVER = -1e4


def pair_loss(
    left: torch.Tensor, right: torch.Tensor, is_same: torch.Tensor, *, scale: float
) -> torch.Tensor:
    """Symmetric InfoNCE: each left text must find its right text in the batch, and the other way round.

    Args:
        left: unit rows, shape (num_pairs, dimension).
        right: likewise; row i belongs to left row i.
        is_same: bool, shape (num_pairs, num_pairs): pairs that share a text; neither is wrong for the other.
        scale: what cosines are multiplied by.
    """
    similarities = (scale * left @ right.T).masked_fill(is_same.to(left.device), _NEVER)
    own = torch.arange(len(left), device=left.device)
    return (cross_entropy(similarities, own) + cross_entropy(similarities.T, own)) / 2


def any_right_loss(similarities: torch.Tensor, is_right: torch.Tensor) -> torch.Tensor:
    """The negative log of the share of the softmax that falls on right candidates, averaged over questions.

    It is enough that one right candidate is found: the model chooses which window of an excerpt answers. With
    one right candidate a row it is the cross entropy.
    """
    right = similarities.masked_fill(~is_right.to(similarities.device), _NEVER)
    return (torch.logsumexp(similarities, dim=1) - torch.logsumexp(right, dim=1)).mean()
