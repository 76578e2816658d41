"""Training of the judge, and fitting of the refusal threshold. `python -m answer.training` runs it.

Only its command and tests import it; answering needs none of it.
"""
