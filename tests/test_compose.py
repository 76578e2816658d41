"""The extractive answer: lists stay whole, items keep what opens them, and all of it fits."""

from __future__ import annotations

from answer.compose import compose
from answer.records import MAX_ANSWER_CHARS, MAX_CITATIONS
from index.search import Hit, Passage
from index.windows import Window
from ingest.parse import parse_policy
from ingest.policy import Policy, Span

LIBRARY = """青禾图书馆读者须知
一、借书
读者可以外借图书。以下物品不得带入书库：雨具；食品；宠物。入库请存包。
二、退卡
有下列情形之一的，读者证失效：
（一）连续三年没有借书；
（二）转借他人；
（三）读者申请退卡。
三、赔偿
遗失图书的，按下列办法赔偿：
（一）找到同版新书的，以书抵书；
（二）找不到的，
按定价的二倍赔偿。
四、开放时间
周二至周日开放。
"""


def passage(policy: Policy, label: str, quoted: str, share: float) -> Passage:
    clause = next(clause for clause in policy.clauses if clause.label == label)
    start = policy.text.index(quoted, clause.start)
    window = Window(clause.position, Span(start, start + len(quoted)), quoted)
    return Passage(Hit(clause.position, policy, clause, 0.9, window, None), window, share)


def answer(*chosen: tuple[str, str], source: str = LIBRARY) -> list[str]:
    """The lines that are composed from passages, each a clause's label and what is quoted."""
    policy = parse_policy(source, "a.txt")
    passages = [passage(policy, label, quoted, 1 / len(chosen)) for label, quoted in chosen]
    composed = compose(passages)
    assert len(composed.text) <= MAX_ANSWER_CHARS
    assert len(composed.citations) <= MAX_CITATIONS
    return composed.text.split("\n")


def test_a_list_that_is_opened_is_shown_with_its_items() -> None:
    assert answer(("第二条", "有下列情形之一的，读者证失效：")) == [
        "根据《青禾图书馆读者须知》第二条“退卡”：",
        "有下列情形之一的，读者证失效： [1]",
        "连续三年没有借书； [2]",
        "转借他人； [3]",
        "读者申请退卡。 [4]",
    ]


def test_a_list_within_a_paragraph_goes_on_to_its_full_stop() -> None:
    lines = answer(("第一条", "以下物品不得带入书库：雨具；"))
    assert lines[1:] == ["以下物品不得带入书库：雨具； [1]", "食品； [2]", "宠物。 [3]"]


def test_an_item_keeps_what_opens_its_list_and_leaves_its_neighbours_out() -> None:
    assert answer(("第二条（二）", "转借他人；")) == [
        "根据《青禾图书馆读者须知》第二条“退卡”：",
        "有下列情形之一的，读者证失效： [1]",
        "转借他人； [2]",
    ]


def test_items_of_one_list_stand_together() -> None:
    lines = answer(
        ("第二条（三）", "读者申请退卡。"),
        ("第四条", "周二至周日开放。"),
        ("第二条（一）", "连续三年没有借书；"),
    )
    assert lines == [
        "根据《青禾图书馆读者须知》第二条“退卡”：",
        "有下列情形之一的，读者证失效： [1]",
        "连续三年没有借书； [2]",
        "读者申请退卡。 [3]",
        "另见第四条“开放时间”：",
        "周二至周日开放。 [4]",
    ]


def test_a_list_too_long_is_cut_with_a_hint() -> None:
    items = "".join(f"（{number}）第{number}种情形，说明从略；\n" for number in "一二三四五六七八九")
    lines = answer(
        ("第一条", "有下列情形的，不予外借："),
        source=f"甲办法\n一、外借\n有下列情形的，不予外借：\n{items}二、附则\n完。\n",
    )
    assert lines[1] == "有下列情形的，不予外借： [1]"
    assert lines[6] == "第五种情形，说明从略； [6]"
    assert lines[7:] == ["内容较多，完整条款请看第一条。"]


def test_an_opening_without_room_for_an_item_is_left_out() -> None:
    item = "说明" * 280
    source = (
        f"甲办法\n一、外借\n图书可以外借。有下列情形的除外：\n（一）{item}；\n（二）其他。\n二、附则\n完。\n"
    )
    assert answer(("第一条", "图书可以外借。有下列情形的除外："), source=source)[1:] == ["图书可以外借。 [1]"]


def test_a_heading_alone_gives_the_sentence_behind_it() -> None:
    assert answer(("第四条", "开放时间"))[1:] == ["周二至周日开放。 [1]"]
