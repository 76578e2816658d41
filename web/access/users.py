"""Who may log in: names and argon2id hashes of their passwords, in one file.

`python -m web.access` changes the file, `web/access/login.py` reads it.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import unicodedata
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError, VerifyMismatchError

from errors import AccessError
from web.access.named_hashes import NamedHashes, check_name

MIN_PASSWORD_CHARS = 10
MAX_PASSWORD_CHARS = 200
_ARGON2ID = r"\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+"
_logger = logging.getLogger(__name__)


class Users:
    """The users of a file. A running server sees who was added and removed."""

    def __init__(self, path: Path) -> None:
        self._hashes = NamedHashes(path, hash_form=_ARGON2ID)
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def names(self) -> list[str]:
        """All users, sorted.

        Raises:
            AccessError: the file is damaged or cannot be read.
        """
        return sorted(self._hashes.read())

    def exist(self) -> bool:
        """Tell whether anybody may log in.

        True too where the file cannot be read: what is behind the login stays behind it.
        """
        try:
            return bool(self._hashes.read())
        except AccessError as error:
            _logger.error("%s", error)  # noqa: TRY400  the message says it all
            return True

    def add(self, name: str, password: str) -> bool:
        """Add a user, or change a password, which ends that user's sessions; tell whether there was one.

        Raises:
            AccessError: name or password may be none, or the file is damaged or cannot be written.
        """
        check_name(name)
        if not _may_be_password(password):
            raise AccessError(
                f"a password has {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters, no control"
                f" characters; this one has {len(password)}",
                user_message=f"密码要 {MIN_PASSWORD_CHARS} 到 {MAX_PASSWORD_CHARS} 个字符，"
                f"不能含控制字符，您给的有 {len(password)} 个字符，请换一个。",
            )
        return self._hashes.put(name, self._hasher.hash(password))

    def remove(self, name: str) -> bool:
        """Remove a user, which ends their sessions; tell whether there was one.

        Raises:
            AccessError: the file is damaged or cannot be written.
        """
        return self._hashes.drop(name)

    def check(self, name: str, password: str) -> bool:
        """Tell whether this is the user's password.

        Takes as long for a name that nobody has, so that the time does not tell who is a user.

        Raises:
            AccessError: the file is damaged or cannot be read, or memory for argon2 is short.
        """
        known = self._hashes.read().get(name)
        if not _may_be_password(password):
            return False
        try:
            self._hasher.verify(known or self._nobody, password)
        except VerifyMismatchError:
            return False
        except VerificationError as exc:
            raise self._hashes.damaged(f"the hash of {name!r} cannot be verified: {exc}") from exc
        return known is not None

    def fingerprint(self, name: str) -> str | None:
        """What stands for a user's present password in a session; None for a name that nobody has.

        Raises:
            AccessError: the file is damaged or cannot be read.
        """
        known = self._hashes.read().get(name)
        return hashlib.sha256(known.encode()).hexdigest()[:16] if known else None


def _may_be_password(text: str) -> bool:
    return MIN_PASSWORD_CHARS <= len(text) <= MAX_PASSWORD_CHARS and not any(
        unicodedata.category(character) in ("Cc", "Cs") for character in text
    )
