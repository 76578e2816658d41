"""What the documents for those who run the service say of settings, files and targets is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from settings import ROOT, Settings
from web.api.observe import registry

DEPLOYED = sorted((ROOT / "docs" / "operations").iterdir())
DOCUMENTS = [ROOT / "docs" / "operations.md", *DEPLOYED]
SETTINGS = {f"POLICY_QA_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_setting_that_is_named_is_one(path: Path) -> None:
    named = set(re.findall(r"POLICY_QA_[A-Z_]*[A-Z]\b(?!_?\*)", path.read_text(encoding="utf-8")))
    assert named - {"POLICY_QA_LLM"} <= SETTINGS


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_has_every_setting_and_the_operations(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert {name for name in SETTINGS if name not in text} == set()
    assert "docs/operations.md" in text


def test_the_files_and_targets_that_are_named_exist() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    for link in re.findall(r"\]\(([\w./-]+)", text):
        assert (ROOT / "docs" / link).exists(), link
    for target in re.findall(r"`make ([\w./]+)`", text):
        assert re.search(
            rf"^(?:{re.escape(target)}|\$\(VENV\)/{target.removeprefix('.venv/')})\b.*:", makefile(), re.M
        )
    container = (ROOT / "docs" / "operations" / "Containerfile").read_text(encoding="utf-8")
    for copied in re.search(r"COPY ([\w. -]+) \./", container)[1].split():  # type: ignore[index]
        assert (ROOT / copied).exists(), copied


def test_the_figures_that_are_named_are_told() -> None:
    named = set(re.findall(r"`(policy_qa_\w+)`", DOCUMENTS[0].read_text(encoding="utf-8")))
    told = {sample.name for metric in registry.collect() for sample in metric.samples} | {
        metric.name for metric in registry.collect()
    }
    assert {name for name in named if name.removesuffix("_total") not in told and name not in told} == set()


def makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")
