"""Putting a new decide section into the text of a matter file, all else left as it is, comments included."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.matters.yaml_reader import Map, parse


def replaced(text: str, item: str) -> str:
    """The file's text with `decide:` holding only `item`; M111 when the file has no such section."""
    node, _ = parse(text.encode("utf-8"), "")
    if not isinstance(node, Map) or "decide" not in node:
        raise ZhunyuError("M111", "事项文件里没有 decide:。", "请先写上 decide:，再导入。")
    lines = text.splitlines(keepends=True)
    begin = node.key_at["decide"].line - 1
    after = sorted(mark.line - 1 for mark in node.key_at.values() if mark.line - 1 > begin)
    end = after[0] if after else len(lines)
    while end > begin + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    newline = "\r\n" if lines[begin].endswith("\r\n") else "\n"
    head = "decide:" + _comment(lines[begin])
    made = (head + "\n" + item).replace("\n", newline)
    return "".join(lines[:begin]) + made + "".join(lines[end:])


def _comment(line: str) -> str:
    """The comment behind `decide:`, with the blanks before it."""
    rest = line.rstrip("\r\n").removeprefix("decide:")
    return rest if rest.lstrip().startswith("#") else ""
