"""What the entry points share about the terminal: how they read it, and how they print to it."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

EXIT_BAD_INPUT = 2


class ChineseParser(argparse.ArgumentParser):
    """An argument parser whose complaint is one Chinese sentence."""

    def error(self, message: str) -> NoReturn:
        """Print the complaint and exit with code 2; argparse's English message goes to the log."""
        logging.getLogger(__name__).debug("%s", message)
        typed = " ".join(sys.argv[1:])
        print(f"命令“{self.prog}”的参数“{typed}”不对，请加 --help 查看用法。", file=sys.stderr)
        raise SystemExit(EXIT_BAD_INPUT)


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """End the block quietly once nobody reads the output any more, as after `| head`.

    The signal SIGPIPE stays ignored: its default action would end a server whenever a browser hangs up.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its exit
