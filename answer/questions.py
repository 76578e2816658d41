"""What may be asked: the checks every front makes, and follow-up questions made whole.

Follow-ups are resolved without a language model: a question that leans on an earlier one is searched together
with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from errors import BadQuestionError
from index.numbers import read_number

MAX_QUESTION_CHARS = 2000
_LEANS = re.compile(
    r"^(?:那|如果|要是|还有|另外|换成|会(?!员|议|话)|要|不|可以|能|需要|为什么还|为啥还|怎么算|多久)"
    r"|它|他们|她们|这个|这些|这样|那个|那些|上面|刚才|之前|以后|一样吗|呢[？?]?$"
)


def check_question(question: str) -> str:
    """Check a question and trim it.

    Raises:
        BadQuestionError: it is empty, longer than MAX_QUESTION_CHARS, or holds bytes that are no text.
    """
    trimmed = question.strip()
    if not trimmed:
        raise BadQuestionError("empty question", user_message="问题是空的，请写下您想问的内容。")
    if len(trimmed) > MAX_QUESTION_CHARS:
        raise BadQuestionError(
            f"question of {len(trimmed)} characters, at most {MAX_QUESTION_CHARS}",
            user_message=f"问题有 {len(trimmed)} 个字，太长了，请缩短到 {MAX_QUESTION_CHARS} 字以内。",
        )
    broken = next(
        (char for char in trimmed if unicodedata.category(char) in ("Cs", "Cc") and not char.isspace()), None
    )
    if broken is not None:
        raise BadQuestionError(
            f"question holds {broken!r}, which is no text",
            user_message=f"问题里有无法识别的字符（U+{ord(broken):04X}），请用文字重新输入。",
        )
    return trimmed


def make_whole(question: str, history: Sequence[str]) -> str:
    """Make a follow-up question whole from the question before it.

    Only a question that leans on an earlier one takes it along. With every question, a new topic would be
    answered from the old one instead of being refused.

    >>> make_whole("手机上呢？", ["电脑上怎么改我的简历？"])
    '电脑上怎么改我的简历？ 手机上呢？'
    >>> make_whole("Cookie是干什么的？", ["怎么注销账号？"])
    'Cookie是干什么的？'
    >>> make_whole("第四条", ["怎么注销账号？"])
    '第四条'
    """
    if history and _LEANS.search(question) and not read_number(question):
        return f"{history[-1]} {question}"
    return question
