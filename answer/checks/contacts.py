"""Contacts: telephone numbers, e-mail and web addresses are letter for letter those of the clauses."""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[a-z0-9][\w.+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_URL = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,6}(?![a-z0-9])(?:/[\w./?%&=#-]*)?")
_PHONE = re.compile(r"(?<![\d.])\+?\d[\d -]{5,16}\d(?![\d.])")
_MIN_PHONE_DIGITS = 7
_ISO_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


def read_contacts(text: str) -> tuple[list[str], str]:
    """Read the contacts of a normalised text.

    Returns:
        The contacts, each written one way, and the text without them.

    >>> read_contacts("电话400-813-5858,见https://www.12377.cn,邮箱a.b@58.com")
    (['a.b@58.com', '12377.cn', '4008135858'], '电话 ,见 ,邮箱 ')
    """
    emails = _EMAIL.findall(text)
    text = _EMAIL.sub(" ", text)
    urls = [_bare(url) for url in _URL.findall(text)]
    text = _URL.sub(" ", text)
    phones: list[str] = []

    def take(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match[0])
        if len(digits) < _MIN_PHONE_DIGITS or _ISO_DATE.fullmatch(match[0]):
            return match[0]
        phones.append(digits.removeprefix("86") if match[0].startswith("+86") else digits)
        return " "

    text = _PHONE.sub(take, text)
    return [*emails, *urls, *phones], text


def unsupported_contacts(said: list[str], held: list[str]) -> list[str]:
    """The contacts of a sentence that its clauses do not have."""
    return [contact for contact in said if contact not in held]


def _bare(url: str) -> str:
    return re.sub(r"^https?://", "", url).removeprefix("www.").rstrip("/.")
