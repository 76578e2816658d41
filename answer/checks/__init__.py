"""Checks of what a language model wrote against the clauses it was given: one module a kind of check."""
