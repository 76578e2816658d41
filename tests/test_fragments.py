from __future__ import annotations

from index.fragments import FragmentIndex

TEXTS = ["如您不同意，请立即停止使用。", "我们采用SSL、 信息加密 存储等措施。", "请立即停止使用本服务。"]


def test_a_quoted_fragment_finds_its_text() -> None:
    assert FragmentIndex(TEXTS).find("客户念的“信息加密存储”在哪一条") == [1]


def test_punctuation_space_and_width_do_not_matter() -> None:
    assert FragmentIndex(TEXTS).find("ｓｓｌ信息加密，存储") == [1]


def test_a_fragment_in_two_texts_finds_both_in_order() -> None:
    assert FragmentIndex(TEXTS).find("「请立即停止使用」") == [0, 2]


def test_short_and_foreign_fragments_find_nothing() -> None:
    index = FragmentIndex(TEXTS)
    assert index.find("“停止使用”") == []
    assert index.find("这里没有的一句话") == []


def test_a_fragment_does_not_run_over_from_one_text_into_the_next() -> None:
    assert FragmentIndex(TEXTS).find("停止使用我们采用") == []
