"""A folder of training data in miniature, invented: what `python -m index.training` reads, in seconds."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Mapping
from pathlib import Path

from index.training.corpus import LINES, SOURCES
from index.training.labelled import FITTING_BUCKET, HELD_OUT_BUCKET, NUM_BUCKETS, bucket_of

# subject → what the clause says of it, and what people ask
CLAUSES = {
    "借书": ("读者凭借书证每次最多借出五册图书，期满前可以续借一次。", ["一次能借几本", "书看不完能续借吗"]),
    "罚款": ("图书逾期未还的，每册每天收取一角滞纳金，最高不超过书价。", ["晚还书罚多少钱", "滞纳金怎么算"]),
    "停车": ("地下车库对会员免费开放两小时，超出部分按小时计费。", ["停车免费多久", "会员停车要钱吗"]),
    "退票": ("演出开始四十八小时以前可以全额退票，之后不再办理退款。", ["票还能退吗", "几小时前可以退票"]),
    "宠物": ("除导盲犬以外，任何宠物不得进入阅览区域。", ["可以带猫进去吗", "导盲犬让进吗"]),
    "存包": ("贵重物品请自行保管，存包柜当日清空，遗失不负赔偿责任。", ["包丢了赔不赔", "柜子过夜可以吗"]),
    "复印": ("自助复印机按页收费，黑白每页两角，彩色每页一元。", ["彩印多少钱一张", "复印怎么收费"]),
    "开放": ("周一闭馆整理，其余日期上午九点开放，晚上八点停止入场。", ["星期一开门吗", "几点关门"]),
}
VAGUE_QUESTION = "这个有什么规定"  # fits every clause, so that no fit is perfect
SIDE_NOTES = ("本条由管理员负责解释。", "具体事宜可以向服务台咨询。", "特殊情况由馆长另行决定。")


def write_training_data(folder: Path) -> None:
    """Write eight policies with questions, near misses, pairs of every source, and running text."""
    texts = {name: policy_text(number) for number, name in enumerate(policy_names())}
    _write_xz(
        folder / "policies_all.jsonl.xz",
        (json.dumps({"policy": name, "text": text}) for name, text in texts.items()),
    )
    (folder / "policies").mkdir()
    (folder / "policies" / "lonely.md").write_text("没有人问起的办法\n\n第一条 备用。\n", encoding="utf-8")
    _write_rows(
        folder / "policy_questions.jsonl",
        (
            {"policy": name, "heading": subject, "clause": clause, "questions": [*questions, VAGUE_QUESTION]}
            for name in texts
            for subject, (clause, questions) in CLAUSES.items()
        ),
    )
    _write_rows(
        folder / "near_misses.jsonl",
        ({"policy": name, "clause": "", "question": "借书证丢了怎么补办"} for name in texts),
    )
    for number, source in enumerate(SOURCES):
        pairs = [
            {"q": f"{subject}规定{number}", "d": f"关于{subject}：{clause}{note}"}
            for subject, (clause, _) in CLAUSES.items()
            for note in SIDE_NOTES
        ]
        _write_xz(
            folder / f"{source}.jsonl.xz", map(json.dumps, [*pairs, {"a": "能借书吗", "neg": "能借车吗"}])
        )
    for name in LINES:
        _write_xz(
            folder / f"{name}.txt.xz",
            (f"甲法\t第一条\t旧办法规定{subject}：{clause}" for subject, (clause, _) in CLAUSES.items()),
        )


def policy_names() -> list[str]:
    """Eight names: six to train on, one to fit on, one held out."""
    names = [f"rules{number}.txt" for number in range(200)]
    by_bucket = {
        bucket: [name for name in names if bucket_of(name) == bucket] for bucket in range(NUM_BUCKETS)
    }
    return [by_bucket[bucket][0] for bucket in (0, 1, 2, 3, 4, 5, FITTING_BUCKET, HELD_OUT_BUCKET)]


def policy_text(number: int) -> str:
    """A policy with one clause a subject, in an order of its own."""
    subjects = list(CLAUSES)
    turned = subjects[number:] + subjects[:number]
    articles = [
        f"第{numeral}条 {subject}\n{CLAUSES[subject][0]}\n{SIDE_NOTES[number % len(SIDE_NOTES)]}\n"
        for numeral, subject in zip("一二三四五六七八", turned, strict=True)
    ]
    return f"第{number}图书馆读者须知\n\n" + "\n".join(articles)


def _write_rows(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _write_xz(path: Path, lines: Iterable[str]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
