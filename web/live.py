"""What is served right now, replaced as a whole when a new index is there.

A request takes `Live.now` once and works with that to its end, so none sees half of each. `python -m ingest`
builds the new index beside the old one; the server needs no restart and drops nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from answer.assistant import Assistant
from answer.suggest import Suggester
from errors import IndexStorageError
from index.search import ClauseIndex
from index.storage import current_build
from web.examples import choose_examples
from web.lookup import Lookup
from web.panel import Panel
from web.places import Places
from web.talk import TalkPages

_LOOK_EVERY_S = 2.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Served:
    """An index with all that reads it.

    Attributes:
        index: the index.
        assistant: answers from it.
        places: addresses and links of its clauses.
        suggester: follow-up questions.
        pages: conversations as HTML.
        greeting: the first bubble of a conversation, HTML.
        panel: one clause as HTML.
        lookup: 查条款 as HTML.
    """

    index: ClauseIndex
    assistant: Assistant
    places: Places
    suggester: Suggester
    pages: TalkPages
    greeting: str
    panel: Panel
    lookup: Lookup

    @classmethod
    def of(cls, index: ClauseIndex, assistant: Assistant) -> Served:
        """Put together what reads an index."""
        places = Places(index.policies)
        pages = TalkPages(places)
        return cls(
            index=index,
            assistant=assistant,
            places=places,
            suggester=Suggester(assistant),
            pages=pages,
            greeting=pages.greeting(choose_examples(assistant)),
            panel=Panel(places),
            lookup=Lookup(index, places),
        )


class Live:
    """Holds what is served, and looks whether there is something newer.

    Args:
        index: what is served first.
        assistant_over: makes the assistant of an index.
        load: opens the index that is on disk now; raises IndexStorageError where that cannot be done.
        index_dir: where the index is on disk.
    """

    def __init__(
        self,
        index: ClauseIndex,
        assistant_over: Callable[[ClauseIndex], Assistant],
        load: Callable[[], ClauseIndex],
        index_dir: Path,
    ) -> None:
        self._assistant_over = assistant_over
        self._load = load
        self._index_dir = index_dir
        self._seen = (current_build(index_dir), dt.date.today())
        self._is_over = threading.Event()
        self.now = Served.of(index, assistant_over(index))
        self.when_changed: list[Callable[[], None]] = []

    def look(self) -> bool:
        """Serve the index on disk if it is another one, or if another day has other versions in force.

        Returns:
            Whether something else is served now. An index that cannot be read is logged and not served.
        """
        seen = (current_build(self._index_dir), dt.date.today())
        if seen == self._seen:
            return False
        is_new_index, self._seen = seen[0] != self._seen[0], seen
        try:
            index = self._load() if is_new_index else self.now.index
        except IndexStorageError as error:
            log.warning("the index that is served stays: %s", error)
            return False
        self.now = Served.of(index, self._assistant_over(index))
        log.info("已换用新的索引，共 %d 份政策", len(index.policies))
        for tell in self.when_changed:
            tell()
        return True

    def watch(self) -> None:
        """Look every few seconds, in the background, until `close`."""
        threading.Thread(target=self._watch, name="live-index", daemon=True).start()

    def close(self) -> None:
        """Stop looking."""
        self._is_over.set()

    def _watch(self) -> None:
        while not self._is_over.wait(_LOOK_EVERY_S):
            try:
                self.look()
            except Exception:  # the next look may do; without this nobody would look again
                log.warning("the new index cannot be served", exc_info=True)
