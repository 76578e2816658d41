"""Personal data in a question, replaced by what it is: 〔手机号〕, 〔姓名〕 and so on.

Whatever is written to disk or sent to a language model passes through `mask`. Numbers of the policy itself,
such as clauses, dates, amounts and 400 numbers, stay: they are no person's.
"""

from __future__ import annotations

import re
import unicodedata

_NO_DIGIT_BEFORE, _NO_DIGIT_BEHIND = r"(?<!\d)", r"(?!\d)"
_GAP = r"[ \-—－　]?"
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}")
_NUMBERS = (
    (
        "身份证号",
        rf"{_NO_DIGIT_BEFORE}\d{{6}}{_GAP}(?:19|20)\d{{2}}[01]\d[0-3]\d{_GAP}\d{{3}}[\dXx]{_NO_DIGIT_BEHIND}",
    ),
    ("手机号", rf"{_NO_DIGIT_BEFORE}(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}{_NO_DIGIT_BEHIND}"),
    ("银行卡号", rf"{_NO_DIGIT_BEFORE}\d{{4}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}\d{{1,3}})?{_NO_DIGIT_BEHIND}"),
    ("身份证号", rf"{_NO_DIGIT_BEFORE}\d{{15}}{_NO_DIGIT_BEHIND}"),
    ("电话", rf"{_NO_DIGIT_BEFORE}(?:\(0\d{{2,3}}\)|0\d{{2,3}}){_GAP}[2-9]\d{{6,7}}{_NO_DIGIT_BEHIND}"),
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊"
    "纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单"
    "杭洪包诸左石崔吉钮龚程邢裴陆荣翁荀甄曲家封储靳邴焦巴弓牧隗山谷车侯伊宁仇祖武符刘景詹束龙叶幸司韶黎薄印白怀蒲从鄂索咸籍"
    "赖卓蔺屠蒙池乔阴闻党翟谭贡劳姬申扶堵冉宰雍桑桂牛寿通边燕冀尚农温庄晏柴瞿阎慕连茹习艾鱼容向古易慎戈廖庾终步都耿满弘匡文"
    "寇广禄东欧沃利蔚越师巩聂晁勾敖融冷訾辛阚那简饶曾沙丰巢关相查后荆红游权盖益桓公岳肖涂覃卿尧"
)
_DOUBLE = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|夏侯|端木"
_INTRODUCES = r"(?:我叫做?|我的?(?:名字|姓名)(?:是|叫)|本人姓名(?:是|为)?[:：]?|本人叫)\s*"
_NO_NAME = r"什么|车|了|个|过|人|客服|他|她|你|您|外卖|快递|滴滴|单|号|醒|停|声|价|板"
_NAME = re.compile(
    rf"({_INTRODUCES})(?!{_NO_NAME})((?:{_DOUBLE})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
)


def mask(text: str) -> str:
    """Replace personal data.

    >>> mask("我叫王小明，手机138 1234 5678，邮箱a＠b.com，身份证11010119900307123X")
    '我叫〔姓名〕，手机〔手机号〕，邮箱〔邮箱〕，身份证〔身份证号〕'
    >>> mask("第三条（二）14，客服4008135858，2021年11月16日")
    '第三条（二）14，客服4008135858，2021年11月16日'
    """
    narrow = "".join(map(_narrow, text))  # character by character, so that places in both are the same
    found = [
        *((match.span(), "邮箱") for match in _EMAIL.finditer(narrow)),
        *((match.span(2), "姓名") for match in _NAME.finditer(narrow)),
    ]
    for kind, pattern in _NUMBERS:
        found += [(match.span(), kind) for match in re.finditer(pattern, narrow)]
    masked, at = "", 0
    for (start, end), kind in sorted(found, key=lambda each: (each[0][0], -each[0][1])):
        if start >= at:
            masked += f"{text[at:start]}〔{kind}〕"
            at = end
    return masked + text[at:]


def _narrow(char: str) -> str:
    """Full-width letters and digits as half-width ones; anything that would grow stays."""
    narrow = unicodedata.normalize("NFKC", char)
    return narrow if len(narrow) == 1 else char
