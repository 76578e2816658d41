"""How the bundled encoder was trained: texts → tokenizer, vectors, figures. Nothing else imports this.

`python -m index.training DATA_DIR OUT_DIR` does all of it; `learn.py` has the order of the steps.
"""
