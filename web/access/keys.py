"""Keys of the HTTP API: names and hashes of their keys, in one file.

`python -m web.access` changes the file. The server keeps no key, so a lost one is replaced, not looked up.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from pathlib import Path

from errors import AccessError
from web.access.named_hashes import NamedHashes, check_name

PREFIX = "pqa_"  # so that a key that went astray is recognised, by people and by scanners
_KEY_BYTES = 32
_logger = logging.getLogger(__name__)


class Keys:
    """The API keys of a file. A running server sees which were added and removed."""

    def __init__(self, path: Path) -> None:
        self._hashes = NamedHashes(path, hash_form=r"[0-9a-f]{64}")

    def names(self) -> list[str]:
        """The names of all keys, sorted.

        Raises:
            AccessError: the file is damaged or cannot be read.
        """
        return sorted(self._hashes.read())

    def exist(self) -> bool:
        """Tell whether there is a key; True too where the file cannot be read: the API stays closed then."""
        try:
            return bool(self._hashes.read())
        except AccessError as error:
            _logger.error("%s", error)  # noqa: TRY400  the message says it all
            return True

    def add(self, name: str) -> str:
        """Make a key for a name and return it, this once. A key that the name had is no longer one.

        Raises:
            AccessError: the name may be none, or the file is damaged or cannot be written.
        """
        check_name(name)
        key = PREFIX + secrets.token_urlsafe(_KEY_BYTES)
        self._hashes.put(name, _hash(key))
        return key

    def remove(self, name: str) -> bool:
        """Remove the key of a name; tell whether there was one.

        Raises:
            AccessError: the file is damaged or cannot be written.
        """
        return self._hashes.drop(name)

    def owner(self, key: str) -> str | None:
        """The name whose key this is; None for no key. All are compared, each in constant time.

        Raises:
            AccessError: the file is damaged or cannot be read.
        """
        hashed = _hash(key)
        names = [n for n, known in self._hashes.read().items() if hmac.compare_digest(known, hashed)]
        return names[0] if names else None


def _hash(key: str) -> str:
    # A key is 256 random bits: nobody tries them all, so a slow hash as for passwords would only cost time.
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
