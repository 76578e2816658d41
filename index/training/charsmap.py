"""A table of replacements for single characters, in the format of sentencepiece's `precompiled_charsmap`.

`tokens.py` gives it to `tokenizers.normalizers.Precompiled`. The format is little known: a little-endian
uint32 with the size in bytes of a double-array trie (darts-clone), the trie's units as uint32, then the
replacements, UTF-8 with a zero byte after each. A leaf of the trie holds where a replacement starts.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TypeAlias

_HAS_LEAF = 1 << 8
_IS_LEAF = 1 << 31
_WIDE_OFFSET = 1 << 9
_MAX_NARROW_OFFSET = 1 << 21
_BLOCK = 256

_Node: TypeAlias = "dict[int, _Node | int]"  # a byte of the key → what follows; 0 → where its text starts


def build_charsmap(replacements: Mapping[str, str]) -> bytes:
    """Write a table that maps every key to its replacement.

    Args:
        replacements: single characters and the non-empty texts that stand in for them.

    Returns:
        The bytes that `tokenizers.normalizers.Precompiled` takes.

    Raises:
        ValueError: a key is not one character, or a key or replacement holds a zero character.

    >>> from tokenizers.normalizers import Precompiled
    >>> Precompiled(build_charsmap({"甲": "甲-甲"})).normalize_str("甲乙")
    '甲-甲乙'
    """
    root: _Node = {}
    texts = bytearray()
    for key, replacement in sorted(replacements.items()):
        if len(key) != 1 or "\0" in key + replacement:
            raise ValueError(f"cannot replace {key!r} by {replacement!r}: one character, no zero characters")
        node = root
        for byte in key.encode():
            child = node.setdefault(byte, {})
            assert isinstance(child, dict)  # only the key 0 leads to a number
            node = child
        node[0] = len(texts)
        texts += replacement.encode() + b"\0"
    units = _DoubleArray(root).units
    trie = struct.pack(f"<{len(units)}I", *units)
    return struct.pack("<I", len(trie)) + trie + bytes(texts)


class _DoubleArray:
    """The units of a trie. The child of a unit by a byte is at `base ^ byte`; the unit keeps `at ^ base`.

    No two units have one base: a child is told by its byte alone, so with a base in common the children of
    one would be taken for children of the other.
    """

    def __init__(self, root: _Node) -> None:
        self.units = [0] * _BLOCK
        self._is_used = [True] + [False] * (_BLOCK - 1)
        self._bases: set[int] = set()
        self._first = 1
        self._place(root, 0)

    def _place(self, node: _Node, at: int) -> None:
        base = self._find_base(node, at)
        self._bases.add(base)
        offset = at ^ base
        narrow = offset < _MAX_NARROW_OFFSET
        self.units[at] |= offset << 10 if narrow else (offset << 2) | _WIDE_OFFSET
        for byte, child in node.items():
            self._is_used[base ^ byte] = True
            if isinstance(child, int):
                self.units[at] |= _HAS_LEAF
                self.units[base] = child | _IS_LEAF
            else:
                self.units[base ^ byte] |= byte
        while self._first < len(self._is_used) and self._is_taken(self._first):
            self._first += 1
        for byte, child in node.items():
            if isinstance(child, dict):
                self._place(child, base ^ byte)

    def _find_base(self, node: _Node, at: int) -> int:
        """Find where all children of a node fall on free units; grows the array where there is no room."""
        base = self._first
        while True:
            self._grow_to((base | (_BLOCK - 1)) + 1)
            offset = at ^ base
            is_storable = offset < _MAX_NARROW_OFFSET or offset % _BLOCK == 0
            is_new = base not in self._bases
            if is_storable and is_new and not any(self._is_used[base ^ byte] for byte in node):
                return base
            base += 1

    def _is_taken(self, at: int) -> bool:
        """Tell whether no leaf can go here any more; searching again from such units would take minutes."""
        return self._is_used[at] or at in self._bases

    def _grow_to(self, size: int) -> None:
        missing = size - len(self.units)
        if missing > 0:
            self.units.extend([0] * missing)
            self._is_used.extend([False] * missing)
