"""Every wording renders with exactly its own fields."""

from __future__ import annotations

import pytest

from prompts import field_names, names, render


@pytest.mark.parametrize("name", names())
def test_every_wording_renders(name: str) -> None:
    fields = {field: f"<{field}>" for field in field_names(name)}
    rendered = render(name, **fields)
    assert rendered
    assert all(value in rendered for value in fields.values())


def test_a_missing_field_is_refused() -> None:
    with pytest.raises(ValueError, match="has the fields"):
        render("lead", policy="甲")


def test_an_unused_field_is_refused() -> None:
    with pytest.raises(ValueError, match="has the fields"):
        render("refusal", policy="甲")


def test_an_unknown_wording_is_named() -> None:
    with pytest.raises(ValueError, match="no wording 'nobody'"):
        render("nobody")
