"""The text of a policy file → `Policy`. The front door of `ingest`.

`index/build.py` and `python -m ingest` call `parse_policy`. No file is read here (`ingest/read.py` does) and
nothing is dropped: what belongs to no clause is kept as contents or furniture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from ingest.contents import find_contents
from ingest.facts import Facts, read_facts
from ingest.labels import make_label
from ingest.lines import Line, LineKind, ends_sentence, split_lines, tidy
from ingest.outline import build_outline
from ingest.policy import PREAMBLE_LABEL, Clause, Policy, Span
from ingest.references import describe_oddities, find_references
from ingest.tree import Node
from ingest.unnumbered import build_unnumbered

MIN_NUMBERED_CLAUSES = 3
_MAX_TITLE_CHARS = 30
_TITLE_BEFORE_COLON = re.compile(r"(?P<title>[^：:。；，,;]{2,30})[：:]")
_BOLD_TITLE = re.compile(
    r"\s*(?:\*\*|__)(?P<title>[^*_：:。；，,;]{2,30})(?:[。：:]\s*(?:\*\*|__)|(?:\*\*|__)\s*[。：:])"
)
_MAX_GROUP_CHARS = 20
_GAP = re.compile(r"[\s\u3000*_]*[-+•·●■◆○]?[\s\u3000*_]*")


def parse_policy(text: str, file_name: str, stated: Facts | None = None) -> Policy:
    r"""Parse the text of a policy file into its tree of clauses.

    Args:
        text: the whole file as decoded; all offsets of the outcome refer to it.
        file_name: its name; its stem is the title where the text has none.
        stated: facts known from elsewhere; they go before what the text says.

    Returns:
        The policy. A text without numbered clauses is parted at its headings, else at its paragraphs.

    >>> policy = parse_policy("甲办法\n一、目的\n保护用户。\n二、范围\n（一）个人；\n（二）企业。", "a")
    >>> [(clause.label, clause.title, clause.text) for clause in policy.clauses]
    [('引言', '', '甲办法'), ('第一条', '目的', '目的\n保护用户。'), ('第二条', '范围', '范围'),
     ('第二条（一）', '', '个人；'), ('第二条（二）', '', '企业。')]
    """
    lines = split_lines(text)
    contents = find_contents(lines)
    outline = build_outline(lines, contents)
    root, preface = outline.root, outline.preface
    if sum(1 for top in (root, *preface) for _ in _walk(top)) <= MIN_NUMBERED_CLAUSES:
        root, preface = build_unnumbered(lines, contents), ()
    facts = stated.or_else(read_facts(lines)) if stated else read_facts(lines)
    clauses = _Clauses(text, root, preface).made
    policy = Policy(
        title=facts.title or PurePath(file_name).stem,
        issuer=facts.issuer,
        number=facts.number,
        updated=facts.updated,
        effective=facts.effective,
        supersedes=facts.supersedes,
        file_name=file_name,
        text=text,
        clauses=tuple(clauses),
        contents=_merge(text, (_whole(lines[i]) for i in sorted(contents))),
        furniture=tuple(_whole(line) for line in lines if line.kind is LineKind.SEPARATOR),
        warnings=tuple(_skip_warning(a, b) for a, b in outline.skipped),
    )
    oddities = describe_oddities(policy, find_references(policy))
    return replace(policy, warnings=(*policy.warnings, *oddities))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


class _Clauses:
    """Turns nodes into clauses in document order."""

    def __init__(self, text: str, root: Node, preface: Sequence[Node]) -> None:
        self._text = text
        self.made: list[Clause] = []
        if root.own or preface:
            self._add_preamble(root, preface)
        for child, group in zip(root.children, _groups(text, root), strict=True):
            self._add(child, (), (), None, group)

    def _add_preamble(self, root: Node, preface: Sequence[Node]) -> None:
        own = _merge(self._text, root.own)
        body = "\n".join(tidy(span.of(self._text)) for span in own)
        start = min([span.start for span in own[:1]] + [node.start for node in preface[:1]])
        end = own[-1].end if own else start
        self.made.append(Clause((), PREAMBLE_LABEL, "", body, start, end, Span(start, start), own, None, 0))
        for node in preface:
            end = max(end, self._add(node, (PREAMBLE_LABEL,), ("",), 0, ""))
        self.made[0] = replace(self.made[0], end=end)

    def _add(
        self, node: Node, path: tuple[str, ...], groups: tuple[str, ...], parent: int | None, group: str
    ) -> int:
        """Add a clause and all below it; return where it ends in the file."""
        if node.marker is not None:
            path, groups = (*path, node.marker.text), (*groups, group)
        elif node.is_addressed_by_heading:
            path = (*path, node.heading)
        clause = self._clause(node, path, groups, parent)
        self.made.append(clause)
        section = node.heading if node.marker is None and not node.is_addressed_by_heading else ""
        end = clause.end
        for child, child_group in zip(node.children, _groups(self._text, node), strict=True):
            end = max(end, self._add(child, path, groups, clause.position, child_group or section))
        self.made[clause.position] = replace(clause, end=end)
        return end

    def _clause(
        self, node: Node, path: tuple[str, ...], groups: tuple[str, ...], parent: int | None
    ) -> Clause:
        """Make the clause of a node, as if nothing stood below it."""
        own = _merge(self._text, node.own)
        text_start = node.own[0].start
        return Clause(
            path=path,
            label=make_label(path, groups) if node.marker else node.heading,
            title=node.heading or _title(self._text, own, node),
            text="\n".join(filter(None, (tidy(span.of(self._text)) for span in own))),
            start=node.start,
            end=max(span.end for span in node.own),
            marker=Span(node.start, text_start if node.marker else node.start),
            own=own,
            parent=parent,
            position=len(self.made),
        )


def _groups(text: str, node: Node) -> list[str]:
    """The unnumbered sub-heading (PC端：) every child stands under, where numbers start anew below it."""
    markers = [child.marker.text if child.marker else "" for child in node.children]
    if len(set(markers)) == len(markers):
        return ["" for _ in markers]
    groups, group, seen = list[str](), "", set[str]()
    for child, marker in zip(node.children, markers, strict=True):
        if not groups or marker in seen:
            group, seen = _heading_before(text, node, child), set()
        seen.add(marker)
        groups.append(group)
    return groups


def _heading_before(text: str, node: Node, child: Node) -> str:
    """The last line of a node's own text before a child, if it is short enough for a heading."""
    rows = [row for span in node.own if span.end <= child.start for row in tidy(span.of(text)).split("\n")]
    last = rows[-1] if len(rows) > 1 else ""  # the first row is the clause's own heading
    last = re.sub(r"(?<=[A-Za-z])\s+(?=[一-龥])", "", last.lstrip("#-+• ").rstrip("：: "))
    return last if len(last) <= _MAX_GROUP_CHARS and not ends_sentence(last) else ""


def _title(text: str, own: Sequence[Span], node: Node) -> str:
    """The heading of a clause: its first line where that is no sentence, else what stands before a colon."""
    if not own:
        return ""
    raw = own[0].of(text)
    first_row = tidy(raw).split("\n", 1)[0].strip()
    if node.is_title_only:
        return first_row.rstrip("：: ") if len(first_row) <= _MAX_TITLE_CHARS * 2 else ""
    match = _BOLD_TITLE.match(raw) or _TITLE_BEFORE_COLON.match(first_row)
    return match["title"].strip() if match else ""


def _merge(text: str, spans: Sequence[Span] | Iterator[Span]) -> tuple[Span, ...]:
    """Join spans with nothing but white space and a bullet between them; drop empty ones."""
    merged: list[Span] = []
    for span in sorted(spans):
        if span.start == span.end:
            continue
        if merged and _GAP.fullmatch(text, merged[-1].end, span.start):
            merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return tuple(merged)


def _whole(line: Line) -> Span:
    return Span(line.start, line.end)


def _skip_warning(before: Node, after: Node) -> str:
    assert before.marker is not None  # only numbered clauses are compared
    assert after.marker is not None
    return f"编号不连续：{before.marker.text} 之后是 {after.marker.text}"
