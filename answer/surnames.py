"""What a Chinese name looks like, as a pattern: a surname, one to three characters, and what is no name.

Only for places where a name is introduced (我叫…): anywhere else most surnames are ordinary words.
"""

from __future__ import annotations

_TWO = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|长孙|宇文|司徒|司空|令狐|轩辕|端木|百里|东郭|南宫|夏侯|独孤|呼延|"
    "澹台|闻人|太史|申屠|公冶|宗政|濮阳|淳于|单于|第五"
)
_ONE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛"
    "邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆"
    "蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗"
    "瞿桂全佟应臧闵苟邬边卞姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封匡楚邸傅褟逄阎丘肇萧禹谌滑仝"
)
# Words that begin like a name.
_NO_NAME = (
    "客服|高级|高端|高度|安装|安检|安保|平台|商家|商户|商城|房东|房产|房屋|管家|管理|钟点|方便|方式|万能|万一|何时|何[物人事]|全[名部体]|"
    "项目|成功|成员|解除|解绑|单位|单[子号车]|简[历称]|任何|任务|应[该当用]|顾[问客]|曾用|申[请诉]|师傅|司机|经理|施工|阳光|"
    "包[车裹]|麻烦|明[天明]|向[导你您他]|于是|黄牛|商[品铺]|时[候间]|关[于闭]|连[接锁]|常[用见]|文[件员]|路[人边费]|车[子辆主]|"
    "华为|马上|金[额融牌]|石油|白[领天]|包括|易[车购]|游[客戏]|边上|查[询看]|米饭|农民|古[代]|冷[饮链]|党员|全[国家都]"
)
# Characters that no given name begins with, and some that rarely stand in one's second place.
_NEVER = (
    "的了是在我你您他她它吗呢吧啊呀嘛哪什怎这那谁会就也都还又被把给让跟没不很来去过着与但而且或因所需该几每"
)
_SELDOM = (
    _NEVER + "想要请问有能和住今手电身联邮账帐注查删改更申投咨已从对叫做打个多年月号现男女以为用说到先可"
)
_HAN = "㐀-鿿\U00020000-\U0003fffd"

_GIVEN = f"[{_HAN}]"
_FIRST = f"(?![{_NEVER}]){_GIVEN}"
_SECOND = f"(?![{_SELDOM}]){_GIVEN}"
_ENDS = f"(?![{_HAN}])"

NAME = (
    f"(?!{_NO_NAME})(?:"
    f"(?:{_TWO}){_FIRST}(?:{_SECOND})?"
    f"|[{_ONE}]{_FIRST}(?:{_SECOND}{_SECOND}{_ENDS}|(?![{_NEVER}]){_GIVEN}{_ENDS}|{_SECOND})?)"
)
"""A name. Inside a longer run of characters it is cut where the sentence is likely to go on."""
