"""The transformer candidate: a small BERT from scratch, trained on the same texts by the same two stages.

`python -m index.training DATA_DIR OUT_DIR --candidate transformer`. Masked-language training comes first,
then the losses, batches and fine-tuning of the static candidate. It does not ship: it wants a GPU.
"""
