"""The safe subset of patterns for 匹配: no look-around, no back-reference, no nested or crowded repetition.

The same pattern text means the same in Python and in the browser: \\d and \\w are ASCII, `.` is any character but
a line feed, and the whole text must match. Sources of danger left out: catastrophic backtracking.
"""

from __future__ import annotations

import re
from functools import lru_cache

MAX_PATTERN = 200
MAX_SUBJECT = 2000
_ESCAPES = frozenset("dDwW.\\+*?()[]{}|^$/-")
_COUNT = re.compile(r"\{(\d{1,3})(?:(,)(\d{0,3}))?\}")


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.unbounded = text, 0, 0
        self.out: list[str] = []

    def alternatives(self, depth: int) -> bool:
        repeated = False
        while self.at < len(self.text) and self.text[self.at] != ")":
            if self.text[self.at] == "|":
                self.out.append("|")
                self.at += 1
                continue
            grouped = self.atom(depth)
            repeated |= self.quantifier(grouped)
        return repeated

    def atom(self, depth: int) -> bool:
        sign = self.text[self.at]
        self.at += 1
        if sign == "(":
            return self.group(depth)
        if sign == "[":
            self.charset()
        elif sign == "\\":
            self.escape()
        elif sign == ".":
            self.out.append(r"[^\n]")
        elif sign in "*+?{}]^$":
            raise ValueError(f"中的“{sign}”位置不对或不允许")
        else:
            self.out.append(re.escape(sign) if sign.isascii() and not sign.isalnum() and sign in "-/&~#" else sign)
        return False

    def group(self, depth: int) -> bool:
        if depth >= 5:
            raise ValueError("的括号嵌套超过 5 层")
        if self.text.startswith("?", self.at):
            if not self.text.startswith("?:", self.at):
                raise ValueError("不能用 (?…) 写法")
            self.at += 2
        self.out.append("(?:")
        repeated = self.alternatives(depth + 1)
        if self.at >= len(self.text):
            raise ValueError("缺少右括号")
        self.at += 1
        self.out.append(")")
        return repeated

    def escape(self) -> None:
        sign = self.text[self.at : self.at + 1]
        self.at += 1
        if sign not in _ESCAPES or not sign:
            raise ValueError(f"不能用 \\{sign}")
        self.out.append({"d": "[0-9]", "D": "[^0-9]", "w": "[A-Za-z0-9_]", "W": "[^A-Za-z0-9_]"}.get(sign, "\\" + sign))

    def charset(self) -> None:
        end = self.at + (1 if self.text.startswith("^", self.at) else 0)
        if self.text.startswith("]", end):
            raise ValueError("有空的 []")
        while end < len(self.text) and self.text[end] != "]":
            if self.text[end] == "[":
                raise ValueError("的 [] 中不能再有 [")
            if self.text[end] == "\\" and self.text[end + 1 : end + 2] not in tuple("d\\]-^w"):
                raise ValueError(f"的 [] 中不能用 {self.text[end : end + 2]}")
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise ValueError("的 [ 没有配对")
        body = self.text[self.at : end].replace(r"\d", "0-9").replace(r"\w", "A-Za-z0-9_")
        self.at = end + 1
        if any(pair in body for pair in ("--", "&&", "||", "~~")):
            raise ValueError("的 [] 中有连写的符号")
        self.out.append(f"[{body}]")

    def quantifier(self, repeated: bool) -> bool:
        sign = self.text[self.at : self.at + 1]
        most: int | None = 1
        if sign in ("*", "+"):
            written, most = sign, None
        elif sign == "?":
            written = sign
        elif sign == "{" and (match := _COUNT.match(self.text, self.at)):
            written = match.group()
            most = int(match[1]) if not match[2] else (int(match[3]) if match[3] else None)
        else:
            return repeated
        self.at += len(written)
        if self.text[self.at : self.at + 1] in ("*", "+", "?", "{"):
            raise ValueError("不能连用两个重复符号")
        if repeated and most != 1:
            raise ValueError("不能嵌套重复")
        if most is None:
            self.unbounded += 1
        elif most > 200:
            raise ValueError("的重复次数超过 200")
        if self.unbounded > 2:
            raise ValueError("最多用两个不限次数的重复")
        self.out.append(written)
        return most != 1 or repeated


def portable(pattern: str) -> str:
    """The pattern in the form that both engines understand alike, unanchored; ValueError says what is not allowed."""
    if len(pattern) > MAX_PATTERN:
        raise ValueError(f"超过 {MAX_PATTERN} 个字符")
    body = pattern.removeprefix("^")
    if body.endswith("$") and not body.endswith("\\$"):
        body = body[:-1]
    reader = _Reader(body)
    reader.alternatives(0)
    if reader.at < len(body):
        raise ValueError("多出右括号")
    text = "".join(reader.out)
    re.compile(text)
    return text


def fault(pattern: str) -> str:
    """What is wrong with a pattern, in Chinese; "" when it is in the safe subset."""
    try:
        portable(pattern)
    except ValueError as wrong:
        return str(wrong)
    except re.error:
        return "写法有误"
    return ""


@lru_cache(512)
def compiled(pattern: str) -> re.Pattern[str]:
    """The compiled pattern; ValueError outside the safe subset."""
    return re.compile(portable(pattern), re.ASCII)
