"""The YAML parser's complaints in the author's words, with what to do next."""

from __future__ import annotations

import re
from typing import Any

from engine.errors import Problem

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*\Z")
_FULL_WIDTH_COLON = re.compile(r"\A\s*(?:- +)?[A-Za-z_][A-Za-z0-9_]*\s*：")
_FULL_WIDTH_FLOW = re.compile(r"\{[^{}]*[A-Za-z_]+\s*：")
_BLOCK = "花括号里的文字不能含逗号、冒号加空格、#、[ 或 {：请改为块式，一个键一行，或给整段文字加引号。"
_WORDS: tuple[tuple[str, str, str, str], ...] = (
    (
        "M101",
        "found character that cannot start any token",
        "此处的字符不能作开头。",
        "缩进请用空格，不用制表符；以 @、`、% 开头的文字请加引号。",
    ),
    ("M105", "did not find expected ',' or '}'", "花括号里的文字断开了。", _BLOCK),
    (
        "M105",
        "did not find expected ',' or ']'",
        "方括号里的文字断开了。",
        "含 [ ]、{ }、冒号的文字请加引号，或改为块式，一项一行。",
    ),
    ("M101", "could not find expected ':'", "此处应为“键: 值”。", "键后面要写半角冒号和一个空格。"),
    ("M101", "mapping values are not allowed", "一行里出现了第二个“: ”。", "含“: ”的文字请加引号，或写成 | 块。"),
    (
        "M101",
        "did not find expected key",
        "缩进或引号不对，此处应为一个键。",
        "请与上一个键对齐；带引号的文字后面不能再接文字。",
    ),
    ("M101", "did not find expected '-' indicator", "缩进不对，此处应为以“- ”开头的一项。", "请与上一项对齐。"),
    ("M101", "found unexpected end of stream", "引号没有成对。", "请补上引号。"),
    ("M101", "found unknown escape character", "双引号里有不认识的转义。", "请改用单引号。"),
    ("M106", "found undefined tag handle", "不能使用标签。", "以 ! 开头的文字请加引号。"),
)


def explain(error: Any, text: str, file: str) -> Problem:
    """One problem for a parser error, at the line that caused it; full-width punctuation is named as such."""
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    lines = text.split("\n")
    first = min(error.context_mark.line if error.context_mark else line, line)
    for number in range(min(line, len(lines) - 1), max(first - 1, 0) - 1, -1):
        if _FULL_WIDTH_COLON.match(lines[number]) or _FULL_WIDTH_FLOW.search(lines[number]):
            column = lines[number].index("：") + 1
            advice = "请改成半角冒号加一个空格“: ”。"
            return Problem("M103", "全角冒号“：”不是 YAML 标点。", advice, file, number + 1, column)
    column = mark.column + 1 if mark else 0
    words = f"{error.problem or ''} {error.context or ''}"
    for code, sign, what, advice in _WORDS:
        if sign in words:
            return Problem(code, what, advice, file, line + 1, column)
    return Problem("M101", f"YAML 语法有误（{error.problem}）。", "请检查缩进、冒号和引号。", file, line + 1, column)
