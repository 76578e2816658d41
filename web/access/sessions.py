"""Sessions without a store: a signed cookie says who is logged in; any process with the secret can read it.

A session ends by itself after a time, and as soon as its user is removed or gets another password. Logging
out only makes the browser forget the cookie; a copy of it stays good until then.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from errors import AccessError
from web.access.files import locked, unusable, write_whole
from web.access.users import Users

MIN_SECRET_CHARS = 32


class Sessions:
    """Issues and reads cookies."""

    def __init__(self, secret: str, users: Users, *, max_age_s: int) -> None:
        """Sign with a secret.

        Raises:
            ValueError: the secret is short, or sessions would end at once.
        """
        if len(secret) < MIN_SECRET_CHARS:
            raise ValueError(f"the secret has {len(secret)} characters, fewer than {MIN_SECRET_CHARS}")
        if max_age_s < 1:
            raise ValueError(f"max_age_s must be at least 1, got {max_age_s}")
        self.max_age_s = max_age_s
        self._users = users
        self._signer = URLSafeTimedSerializer(
            secret,
            salt="policy-qa-session",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def issue(self, user: str) -> str:
        """The cookie of a user who has just given the right password.

        Raises:
            ValueError: there is no such user.
            AccessError: the file of the users is damaged or cannot be read.
        """
        fingerprint = self._users.fingerprint(user)
        if fingerprint is None:
            raise ValueError(f"there is no user {user!r}")
        return str(self._signer.dumps([user, fingerprint]))

    def read(self, cookie: str) -> str | None:
        """The user of a cookie; None where it is none of ours, too old, or of another password.

        Raises:
            AccessError: the file of the users is damaged or cannot be read.
        """
        try:
            held = self._signer.loads(cookie, max_age=self.max_age_s)
        except BadData:
            return None
        match held:
            case [str(user), str(fingerprint)]:
                known = self._users.fingerprint(user) or ""
                return user if hmac.compare_digest(known.encode(), fingerprint.encode()) else None
        return None


def read_secret(path: Path, setting: str = "") -> str:
    """The secret that signs sessions: the setting, or one made once and kept in a file.

    Processes that start together agree on one: the first to hold the lock makes it.

    Args:
        path: the file, made where there is none.
        setting: a secret to use instead; empty for the file's.

    Raises:
        AccessError: the secret is too short, or the file cannot be read or written.
    """
    if setting:
        return _long_enough(setting, "POLICY_QA_SESSION_SECRET")
    try:
        with locked(path):
            if not path.exists():
                write_whole(path, secrets.token_urlsafe(MIN_SECRET_CHARS))
            secret = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as exc:
        raise unusable(path, exc) from exc
    return _long_enough(secret, str(path))


def _long_enough(secret: str, where: str) -> str:
    if len(secret) < MIN_SECRET_CHARS:
        raise AccessError(
            f"the session secret of {where!r} has {len(secret)} characters, it needs {MIN_SECRET_CHARS}",
            user_message=f"“{where}”里的会话密钥只有 {len(secret)} 个字符，至少要 {MIN_SECRET_CHARS} 个。",
        )
    return secret
