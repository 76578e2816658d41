"""The entry point: `python app.py` serves the web page; `ask` and `search` answer on the command line.

No logic here: arguments are read, the parts are put together, and errors become one Chinese sentence.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from answer.questions import check_question
from errors import AssistantError
from settings import BUNDLED_ENCODER, Settings, load_settings
from terminal import EXIT_BAD_INPUT, ChineseParser, reader_may_leave

if TYPE_CHECKING:
    from answer.assistant import Assistant
    from answer.checked_writer import CheckedWriter
    from index.encoder import Encoder
    from index.search import ClauseIndex


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    for name in ("index", "ingest", "answer", "web"):
        logging.getLogger(name).setLevel(logging.INFO)
    args = _parser().parse_args(argv)
    run = {"ask": _ask, "search": _search}.get(args.command, _serve)
    exit_code = 0
    try:
        with reader_may_leave():
            exit_code = run(args, load_settings(host=args.host, port=args.port))
    except AssistantError as error:
        logging.getLogger(__name__).debug("%s", error)
        print(error.user_message, file=sys.stderr)
        return EXIT_BAD_INPUT
    return exit_code


def _parser() -> argparse.ArgumentParser:
    parser = ChineseParser(prog="app.py", description="政策问答：依据条款原文回答问题")
    parser.add_argument("--host", help="网页监听的地址")
    parser.add_argument("--port", type=int, help="网页监听的端口")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(dest="command", metavar="命令", parser_class=ChineseParser)
    ask = commands.add_parser("ask", help="回答一个问题，附条款原文")
    ask.add_argument("question", nargs="?", help="问题")
    search = commands.add_parser("search", help="查条款：编号、词语或原文片段")
    search.add_argument("question", nargs="?", help="要查的内容")
    search.add_argument("--limit", type=_limit, default=10, help="最多几条（默认 10）")
    for command in (ask, search):
        command.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
        command.add_argument("--batch", type=Path, metavar="FILE.jsonl", help="逐行处理 JSON Lines 文件")
    return parser


def _limit(text: str) -> int:
    limit = int(text)
    if limit < 1:
        raise ValueError(text)
    return limit


def _open(settings: Settings) -> tuple[Assistant, ClauseIndex]:
    """Load the encoder and the index."""
    from index.build import open_index

    encoder, assistant_over = _load(settings)
    index = open_index(settings.policies_dir, settings.index_dir, encoder)
    return assistant_over(index), index


def _load(settings: Settings) -> tuple[Encoder, Callable[[ClauseIndex], Assistant]]:
    """Load the encoder, and what makes an assistant of an index."""
    from answer.answerability import Answerability
    from answer.assistant import Assistant
    from index.encoder import Encoder

    encoder = Encoder.load(settings.encoder, query_instruction=settings.query_instruction)
    answerability = Answerability.load(settings.encoder)
    writer = _writer(settings, encoder) if settings.llm_model else None
    return encoder, lambda index: Assistant(index, answerability, writer)


def _writer(settings: Settings, encoder: Encoder) -> CheckedWriter:
    """The language model with its checks, which know the bundled encoder only."""
    from answer.cache import ReplyCache
    from answer.checked_writer import CheckedWriter
    from answer.checks.coverage import CoverageModel
    from answer.checks.verify import Verifier
    from answer.writer import ModelSettings, Writer
    from index.encoder import Encoder

    model = ModelSettings(
        model=settings.llm_model,
        base_url=settings.llm_base_url,
        api_key=settings.llm_api_key.get_secret_value(),
        timeout_s=settings.llm_timeout_s,
        max_tokens=settings.llm_max_tokens,
        at_once=settings.llm_at_once,
    )
    bundled = encoder if settings.encoder == str(BUNDLED_ENCODER) else Encoder.load(str(BUNDLED_ENCODER))
    cache = (
        ReplyCache(Path(settings.llm_cache), retention_days=settings.retention_days)
        if settings.llm_cache
        else None
    )
    return CheckedWriter(Writer(model, cache), Verifier(bundled, CoverageModel.load()), bundled)


def _ask(args: argparse.Namespace, settings: Settings) -> int:
    from web.command_line import ask_batch, ask_one

    if not args.batch:
        check_question(args.question or "")  # before the slow start
    assistant, _ = _open(settings)
    if args.batch:
        return ask_batch(assistant, args.batch, sys.stdout)
    return ask_one(assistant, args.question, sys.stdout, as_json=args.json)


def _search(args: argparse.Namespace, settings: Settings) -> int:
    from web.command_line import search_batch, search_one

    if not args.batch:
        check_question(args.question or "")
    _, index = _open(settings)
    if args.batch:
        return search_batch(index, args.batch, sys.stdout, limit=args.limit)
    return search_one(index, args.question, sys.stdout, limit=args.limit, as_json=args.json)


def _serve(_: argparse.Namespace, settings: Settings) -> int:
    from index.build import load_index, open_index
    from web.live import Live
    from web.serve import build_and_serve, listen

    listening = listen(settings.host, settings.port)
    encoder, assistant_over = _load(settings)
    index = open_index(settings.policies_dir, settings.index_dir, encoder)
    live = Live(index, assistant_over, lambda: load_index(settings.index_dir, encoder), settings.index_dir)
    build_and_serve(live, listening, settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
