"""The policy as Word file, web page and pdf: the same tree as from the markdown."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from playwright.sync_api import Browser

from ingest.parse import parse_policy
from ingest.policy import Policy
from ingest.read_docx import read_docx
from ingest.read_html import read_html
from ingest.read_pdf import read_pdf

FILES = Path(__file__).parent / "files"


def outline(policy: Policy) -> list[tuple[tuple[str, ...], str, str, str]]:
    """Path, label, title and words of every clause."""
    return [
        (clause.path, clause.label, clause.title, re.sub(r"[\s*-]", "", clause.text))
        for clause in policy.clauses
    ]


def paragraphs(policy: Policy) -> list[str]:
    return [re.sub(r"^- ", "", line) for line in policy.text.split("\n") if line.strip()]


def as_html(policy: Policy) -> str:
    lines = (re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(line)) for line in paragraphs(policy))
    body = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><head><title>x</title></head><body><nav>首页</nav>{body}</body></html>"


def as_docx(policy: Policy) -> bytes:
    document = docx.Document()
    for line in paragraphs(policy):
        paragraph = document.add_paragraph()
        for position, piece in enumerate(line.split("**")):
            paragraph.add_run(piece).bold = position % 2 == 1
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_the_word_file_has_the_same_tree(policy: Policy) -> None:
    assert outline(parse_policy(read_docx(as_docx(policy)), "a.docx")) == outline(policy)


def test_the_web_page_has_the_same_tree(policy: Policy) -> None:
    assert outline(parse_policy(read_html(as_html(policy)), "a.html")) == outline(policy)


@pytest.mark.browser
def test_the_pdf_has_the_same_tree(policy: Policy, browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(as_html(policy))
    data = page.pdf(
        format="A4",
        display_header_footer=True,
        header_template='<div style="font-size:9px;margin:auto">内部资料</div>',
        footer_template='<div style="font-size:9px">第 <span class=pageNumber></span> 页</div>',
        margin={"top": "20mm", "bottom": "20mm", "left": "20mm", "right": "20mm"},
    )
    page.close()
    text = read_pdf(data).replace("首页\n", "", 1)
    assert "内部资料" not in text
    # A pdf tells bold from plain only if the font has a bold face, so titles known by it are not compared.
    without_title = [(path, label, words) for path, label, _, words in outline(policy)]
    parsed = outline(parse_policy(text, "a.pdf"))
    assert [(path, label, words) for path, label, _, words in parsed] == without_title


def test_a_pdf_loses_headers_and_page_numbers_and_its_lines_are_joined() -> None:
    policy = parse_policy(read_pdf((FILES / "library_rules.pdf").read_bytes()), "library_rules.pdf")
    assert policy.title == "青竹图书馆读者须知"
    assert policy.version == "2024-04-01"
    assert "内部文件" not in policy.text
    assert "共" not in policy.text
    rooms = [clause for clause in policy.clauses if clause.path[:1] == ("四",) and len(clause.path) == 2]
    assert [clause.path[1] for clause in rooms] == [f"（{n}）" for n in range(1, 26)]
    assert all(clause.text.endswith("并带走随身物品。") and "\n" not in clause.text for clause in rooms)


def numbered_docx(levels: list[tuple[str, str]], rows: list[tuple[int, str]]) -> bytes:
    """A Word file with automatic numbers: (format, pattern) a level, (level, text) a paragraph."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    lvls = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
        for i, (kind, pattern) in enumerate(levels)
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{lvls}</w:abstractNum>')
    )
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in rows:
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        numbered = f'<w:ilvl w:val="{level}"/><w:numId w:val="77"/>'
        properties.append(parse_xml(f"<w:numPr {nsdecls('w')}>{numbered}</w:numPr>"))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_numbers_that_word_draws_itself_are_written_out() -> None:
    levels = [("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
    rows = [
        (0, "总则"),
        (1, "目的"),
        (1, "范围"),
        (2, "企业"),
        (2, "个人"),
        (0, "附则"),
        (1, "解释"),
        (0, "施行"),
    ]
    policy = parse_policy(read_docx(numbered_docx(levels, rows)), "a.docx")
    assert [clause.path for clause in policy.clauses] == [
        ("一",),
        ("一", "（一）"),
        ("一", "（二）"),
        ("一", "（二）", "1"),
        ("一", "（二）", "2"),
        ("二",),
        ("二", "（一）"),
        ("三",),
    ]


def test_decimal_numbers_of_word_name_their_parents() -> None:
    levels = [("decimal", "%1"), ("decimal", "%1.%2"), ("lowerLetter", "(%3)")]
    rows = [(0, "定义"), (1, "用户"), (1, "平台"), (2, "网站"), (2, "应用"), (0, "权利"), (1, "查询")]
    text = read_docx(numbered_docx(levels, rows))
    assert text.split("\n\n")[:5] == ["1 定义", "1.1 用户", "1.2 平台", "(a) 网站", "(b) 应用"]
    assert text.rstrip().endswith("2 权利\n\n2.1 查询")


def test_tables_and_headings_of_word_are_kept() -> None:
    document = docx.Document()
    document.add_heading("甲办法", level=1)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "名称", "期限"
    buffer = io.BytesIO()
    document.save(buffer)
    assert read_docx(buffer.getvalue()) == "# 甲办法\n\n名称 | 期限\n"


def test_numbers_that_a_browser_draws_are_written_out() -> None:
    page = (
        "<h2>甲</h2><ol><li>一项<ol type=a><li>子</li><li>丑</li></ol></li><li><p>二项</p><p>续</p></li></ol>"
    )
    assert read_html(page).split("\n\n") == ["## 甲", "1. 一项", "  a. 子", "  b. 丑", "2. 二项", "续\n"]


def test_scripts_and_navigation_of_a_page_are_left_out() -> None:
    hidden = "<nav>首页</nav><script>alert(1)</script><!-- 注 --><footer>版权</footer>"
    page = f"<body>{hidden}<p>正文<br>第二行</p></body>"
    assert read_html(page) == "正文\n\n第二行\n"
