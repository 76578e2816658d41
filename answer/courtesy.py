"""What is no question: greetings, thanks, farewells, and what is not Chinese get a short fitting reply.

A reply is worded in `prompts/courtesy_*.txt` and claims nothing about a policy.
"""

from __future__ import annotations

import re

from index.fragments import squeeze
from prompts import render

_CALLS = {
    "greeting": r"(?:你|您|大家)好|哈喽|嗨|喂|hi|hello|hey|在|有人|[早晚]安|[早晚]上好|早|[上中下]午好",
    "thanks": r"谢谢|谢了|多谢|感谢|thx|thanks|thankyou|辛苦|麻烦|好|行|嗯|ok|知道|明白|懂|收到|了解",
    "farewell": r"再见|拜拜|bye|byebye|回头见|下次再聊",
    "ability": r"你是谁|你叫什么|你是(?:不是)?(?:机器人|人工|真人|ai)|你(?:能|会|可以)[做干]?(?:什么|啥)",
}
_FILLERS = r"客服|小哥|小姐姐|亲|朋友|你们|您们|[你您了啦啊呀哦噢吗嘛么的不在呢哈]"
_COURTESIES = {  # possessive: 在 is a call and a filler, and forty of them could be read in too many ways
    name: re.compile(rf"(?:{calls})(?:{calls}|{_FILLERS})*+\d{{0,3}}") for name, calls in _CALLS.items()
}
_MANY, _REPEATED = 12, 6  # letters, and how often each of them comes on average
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_SENTENCE = re.compile(
    r"(?:[^\W\d_]+\W+){2}[^\W\d_]+"
)  # one or two foreign words may be a term of the policy


def reply_to(question: str) -> str | None:
    """Reply to what is no question; None for a question.

    >>> reply_to("你好呀！") == render("courtesy_greeting")
    True
    >>> reply_to("你好，怎么注销") is None
    True
    """
    said = squeeze(question)
    for name, pattern in _COURTESIES.items():
        if pattern.fullmatch(said):
            return render(f"courtesy_{name}")
    if _SENTENCE.search(question) and not _HAN.search(question):
        return render("courtesy_language")
    if _says_nothing(said):
        return render("courtesy_nothing")
    return None


def _says_nothing(said: str) -> bool:
    """Tell whether there is no more than a letter, or the same few letters over and over.

    >>> [_says_nothing(said) for said in ("的", "哈哈哈哈哈哈哈哈哈哈哈哈", "隐私政策隐私权")]
    [True, True, False]
    """
    return len(said) <= 1 or (len(said) >= _MANY and len(set(said)) * _REPEATED <= len(said))
