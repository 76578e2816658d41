"""`python -m ingest`: parse and index policy files, or print the outline of one.

An entry point like `app.py`: it puts parts together, so it may import `index`; nothing else in `ingest` does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from errors import AssistantError
from ingest.batch import parse_files
from ingest.policy import Policy
from ingest.read import PolicyFile, find_policy_files
from settings import Settings, load_settings
from terminal import EXIT_BAD_INPUT, ChineseParser, reader_may_leave

EXIT_SOME_FAILED = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = ChineseParser(prog="python -m ingest", description="解析政策文件并建立索引")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="文件或文件夹，默认是政策文件夹")
    parser.add_argument("--outline", action="store_true", help="只输出条款树（JSON Lines），不建索引")
    args = parser.parse_args(argv)
    exit_code = 0
    try:
        settings = load_settings()
        paths = args.paths or [settings.policies_dir]
        with reader_may_leave():
            exit_code = _print_outline(paths) if args.outline else _ingest(paths, settings)
    except AssistantError as error:
        print(error.user_message, file=sys.stderr)
        return EXIT_BAD_INPUT
    return exit_code


def _print_outline(paths: Sequence[Path]) -> int:
    for path in paths:
        for clause in PolicyFile(path, path.name).parse().clauses:
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
    from index.manifest import make_manifest

    console = Console(stderr=True)
    files = [file for path in paths for file in find_policy_files(path)]
    with Progress(console=console, transient=True) as bar:
        reading = bar.add_task("读取政策", total=len(files))
        batch = parse_files(files, done=lambda number: bar.update(reading, completed=number))
        if not batch.policies:
            raise batch.failures[0]
        encoding = bar.add_task("建立索引", total=None)
        index = build_index(
            batch.policies,
            make_manifest(files, settings.encoder),
            settings.index_dir,
            Encoder.load(settings.encoder, query_instruction=settings.query_instruction),
            progress=lambda done, total: bar.update(encoding, completed=done, total=total),
        )
    Console().print(_report(index.policies))
    for policy in index.policies:
        for warning in policy.warnings:
            console.print(f"《{policy.title}》{warning}", markup=False, highlight=False)
    for failure in batch.failures:
        console.print(failure.user_message, style="red", markup=False, highlight=False)
    return EXIT_SOME_FAILED if batch.failures else 0


def _report(policies: Iterable[Policy]) -> Table:
    table = Table("政策", "版本", "条款", "层级", "提示", title="已建立索引")
    for policy in policies:
        depth = max((len(clause.path) for clause in policy.clauses), default=0)
        row = (policy.version or "未注明", str(len(policy.clauses)), str(depth), str(len(policy.warnings)))
        table.add_row(policy.title, *row)
    return table


if __name__ == "__main__":
    sys.exit(main())
