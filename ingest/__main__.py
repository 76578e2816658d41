"""`python -m ingest`: parse and index policy files, or print the outline of one.

An entry point like `app.py`: it puts parts together, so it may import `index`; nothing else in `ingest` does.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from errors import AssistantError, PolicyFileError
from ingest.parse import parse_policy
from ingest.policy import Policy
from ingest.read import PolicyFile, find_policy_files, read_policy_file
from settings import Settings, load_settings

EXIT_SOME_FAILED = 1
EXIT_BAD_INPUT = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m ingest", description="解析政策文件并建立索引")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="文件或文件夹，默认是政策文件夹")
    parser.add_argument("--outline", action="store_true", help="只输出条款树（JSON Lines），不建索引")
    args = parser.parse_args(argv)
    try:
        settings = load_settings()
        paths = args.paths or [settings.policies_dir]
        return _print_outline(paths) if args.outline else _ingest(paths, settings)
    except AssistantError as error:
        print(error.user_message, file=sys.stderr)
        return EXIT_BAD_INPUT


def _print_outline(paths: Sequence[Path]) -> int:
    for path in paths:
        file = read_policy_file(path)
        for clause in parse_policy(file.text, file.name).clauses:
            row = {
                "path": list(clause.path),
                "label": clause.label,
                "title": clause.title,
                "text": clause.text,
                "start": clause.start,
                "end": clause.end,
            }
            print(json.dumps(row, ensure_ascii=False))
    return 0


def _ingest(paths: Sequence[Path], settings: Settings) -> int:
    from index.build import build_index
    from index.encoder import Encoder

    console = Console(stderr=True)
    files, failures = _read(paths)
    if not files:
        raise failures[0]
    encoder = Encoder.load(settings.encoder, query_instruction=settings.query_instruction)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("建立索引", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        index = build_index(files, settings.index_dir, encoder, progress=show)
    Console().print(_report(index.policies))
    for policy in index.policies:
        for warning in policy.warnings:
            console.print(f"《{policy.title}》{warning}", markup=False, highlight=False)
    for failure in failures:
        console.print(failure.user_message, style="red", markup=False, highlight=False)
    return EXIT_SOME_FAILED if failures else 0


def _read(paths: Sequence[Path]) -> tuple[list[PolicyFile], list[PolicyFileError]]:
    """Read all files; a bad one never stops the rest."""
    files, failures = list[PolicyFile](), list[PolicyFileError]()
    for path in paths:
        for found in find_policy_files(path):
            try:
                files.append(read_policy_file(found, below=path))
            except PolicyFileError as failure:
                failures.append(failure)
    return files, failures


def _report(policies: Iterable[Policy]) -> Table:
    table = Table("政策", "版本", "条款", "层级", "提示", title="已建立索引")
    for policy in policies:
        depth = max((len(clause.path) for clause in policy.clauses), default=0)
        row = (policy.version or "未注明", str(len(policy.clauses)), str(depth), str(len(policy.warnings)))
        table.add_row(policy.title, *row)
    return table


if __name__ == "__main__":
    sys.exit(main())
