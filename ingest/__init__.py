"""A policy file → `Policy` with its tree of `Clause`s. `parse.parse_policy` is the front door."""
