"""Clauses → a searchable index on disk. `build.open_index` opens it, `search.ClauseIndex` searches it."""
