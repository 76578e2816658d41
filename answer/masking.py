"""Personal data in a text, replaced by what it is: 13800138000 becomes 〔手机号〕.

Questions go through `mask` before they are written to a file or sent to a language model; who asked sees
their own words. It knows phone numbers, ID numbers, bank cards, e-mails and names that are introduced as such
(我叫…), and leaves alone what policies are asked about: clause numbers, dates, amounts, 400 numbers. A name
without an introduction is not seen.
"""

from __future__ import annotations

import re

from answer.surnames import NAME

# One character for one, so that a place in the plain text is the same place in the text.
_PLAIN = str.maketrans(
    {
        **{chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)},  # full-width forms
        **dict.fromkeys("\t\u00a0\u2002\u2003\u2009\u200b\u200c\u200d\u2060\u3000\ufeff", " "),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)

_GAP = "[ -]{0,3}"
_SOME = "[ -]{1,3}"
_MONTH_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_AREA = "(?:010|02[0-9]|0[3-9][0-9]{2})"
_AREA_ABROAD = "(?:10|2[0-9]|[3-9][0-9]{2})"
_LOCAL = "[0-9]{3,4}[ -]?[0-9]{4}"
_YEARS = "(?:(?:19|20)[0-9]{2}[ -]{1,3}){3}(?:19|20)[0-9]{2}"
_HAN_DIGIT = "[零〇一幺二两三四五六七八九]"

_EMAIL = re.compile(
    r"(?<![a-z0-9._%+-])(?P<email>[a-z0-9._%+-]++ ?@ ?[a-z0-9-]++\.[a-z0-9-][a-z0-9._%+-]*+)", re.IGNORECASE
)
_ID = rf"[1-9][0-9]{{2}}{_GAP}[0-9]{{3}}{_GAP}(?:18|19|20)[0-9]{{2}}{_GAP}{_MONTH_DAY}{_GAP}[0-9]{{3}}[0-9x]"
_ID_LOOSE = "[0-9]{17}x"
_ID_OLD = f"[1-9][0-9]{{7}}{_MONTH_DAY}[0-9]{{3}}"
_CARD = (
    "[0-9]{16,}"
    f"|(?!{_YEARS})[0-9]{{4}}(?:{_SOME}[0-9]{{4}}){{3}}(?:{_SOME}[0-9]{{0,2}}[0-9x])?"
    f"|[0-9]{{6}}{_SOME}[0-9]{{10,13}}"
    "|3[47][0-9]{13}"
)
_MOBILE = (
    rf"(?:\(?(?:\+|00)?86\)?{_GAP}|0)?1(?:"
    f"[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}"
    f"|[3-9][0-9]{{2}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}"
    f"|[3-9][0-9]{{2}}{_GAP}[0-9]{{4}}{_GAP}[0-9]{{3}}"
    f"|[3-9][0-9]{_GAP}[0-9]{{3}}{_GAP}[0-9]{{5}}"
    "|[ -][3-9](?:[ -][0-9]){9})"
)
_LANDLINE = (
    rf"(?:\({_AREA}\)|{_AREA}|\+86{_GAP}{_AREA_ABROAD}){_GAP}{_LOCAL}(?:(?:-|转|转接| 转 )[0-9]{{1,6}})?"
)
_HAN_MOBILE = rf"(?<!{_HAN_DIGIT})[一幺][三四五六七八九]{_HAN_DIGIT}{{9}}(?!{_HAN_DIGIT})"


def _number(pattern: str) -> str:
    """A number that is no part of a longer one and no amount."""
    return f"(?<![0-9¥$])(?:{pattern})(?![0-9])(?! {{0,2}}[余多]?[元块万亿%年条])"


_WORDS = {
    "email": "〔邮箱〕",
    "id": "〔身份证号〕",
    "mobile": "〔手机号〕",
    "han_mobile": "〔手机号〕",
    "landline": "〔电话〕",
    "local": "〔电话〕",
    "card": "〔银行卡号〕",
    "name": "〔姓名〕",
}
_NUMBER_OR_NAME = re.compile(
    f"(?P<id>{_number(f'{_ID}|{_ID_LOOSE}|{_ID_OLD}')})"
    f"|(?P<mobile>{_number(_MOBILE)})"
    f"|(?P<han_mobile>{_HAN_MOBILE})"
    f"|(?P<landline>{_number(_LANDLINE)})"
    f"|(?P<card>{_number(_CARD)})"
    f"|(?:电话|座机|固话|传真)(?:号码)?[ :是为]{{0,3}}(?P<local>{_number(_LOCAL)})"
    "|(?:我叫[做作]?|[我人]名叫|本人姓名[是为]?|我的?(?:名字|姓名)[是为叫]?|(?:名字|姓名) ?(?=:))"
    f"[ :“”\"'「]{{0,3}}(?P<name>{NAME})",
    re.IGNORECASE,
)


def mask(text: str) -> str:
    """Replace personal data by what it is.

    Masking what is masked changes nothing. The time grows with the length of the text, whatever is in it.

    >>> mask("我叫张三，手机138 0013 8000，怎么注销？")
    '我叫〔姓名〕，手机〔手机号〕，怎么注销？'
    >>> mask("第三条（二）14里说的2021-11-16是什么日子？可以打400-810-8888问吗？")
    '第三条（二）14里说的2021-11-16是什么日子？可以打400-810-8888问吗？'
    """
    for pattern in (_EMAIL, _NUMBER_OR_NAME):  # an e-mail may begin with a phone number
        text = _replace(pattern, text)
    return text


def _replace(pattern: re.Pattern[str], text: str) -> str:
    pieces, end = [], 0
    for match in pattern.finditer(text.translate(_PLAIN)):
        kind = match.lastgroup
        assert kind is not None  # every branch names what it found
        pieces += [text[end : match.start(kind)], _WORDS[kind]]
        end = match.end(kind)
    return "".join(pieces) + text[end:]
