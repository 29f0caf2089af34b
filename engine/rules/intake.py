"""Takes JsonLogic from outside into nodes: one key a node, listed operators only, no floats."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.rules.nodes import Node
from engine.rules.problems import MAX_DEPTH, MAX_DIGITS, MAX_LIST, MAX_NODES, MAX_TEXT, Notebook, TooLarge
from engine.rules.profile import DENIED, OPERATORS

_STANDARD = {"===": "==", "!==": "!="}


class Intake:
    """One reading of a JsonLogic object; problems go to the notebook, TooLarge ends it."""

    def __init__(self, notes: Notebook) -> None:
        self.notes, self.count = notes, 0

    def take(self, source: Any, depth: int = 0) -> Node:
        """The node of a JsonLogic value."""
        self.count += 1
        if depth > MAX_DEPTH * 2 or self.count > MAX_NODES * 4:
            self.notes.add("R110", f"规则嵌套超过 {MAX_DEPTH} 层或节点超过 {MAX_NODES} 个。", "请拆成几条规则。")
            raise TooLarge
        if isinstance(source, dict):
            return self._operator(source, depth)
        if isinstance(source, (list, tuple)):
            if len(source) > MAX_LIST:
                self.notes.add("R110", f"列表有 {len(source)} 项，上限为 {MAX_LIST}。", "请改用 代码.… 列表。")
                raise TooLarge
            return Node("list", None, tuple(self.take(item, depth + 1) for item in source))
        return self._scalar(source)

    def _scalar(self, source: Any) -> Node:
        if isinstance(source, float):
            self.notes.add("R109", f"数字 {source} 是浮点数，不精确。", f'请写 {{"dec": "{source}"}}。')
            return Node("literal", 0)
        if isinstance(source, (bool, int)):
            if abs(source) >= 10**MAX_DIGITS:
                self.notes.add("R109", f"数字超过 {MAX_DIGITS} 位。", "请核对位数。")
                return Node("literal", 0)
            return Node("literal", source)
        if isinstance(source, str):
            if len(source) > MAX_TEXT:
                self.notes.add("R110", f"文本超过 {MAX_TEXT} 个字符。", "请缩短。")
                raise TooLarge
            return Node("literal", source, quoted=True)
        self.notes.add("R114", f"JsonLogic 中不能有 {_shown(source)}。", "空值请用 empty（为空）判断。")
        return Node("literal", False)

    def _operator(self, source: dict[Any, Any], depth: int) -> Node:
        if len(source) != 1:
            self.notes.add("R114", f"一个节点只能有一个运算，这里有 {len(source)} 个。", "请用 and 连接。")
            return Node("literal", False)
        name, given = next(iter(source.items()))
        name = _STANDARD.get(name, name) if isinstance(name, str) else str(name)
        if name in DENIED or "." in name or name.startswith("_"):
            self.notes.add("R113", f"禁止使用运算 {_shown(name)}。", "规则不能调用程序；请用手册列出的运算。")
            return Node("literal", False)
        if name not in OPERATORS:
            self.notes.add("R107", f"未知的运算 {_shown(name)}。", "请用手册列出的运算。")
            return Node("literal", False)
        if name in ("var", "dec", "date"):
            return self._leaf(name, given)
        arguments = given if isinstance(given, (list, tuple)) else [given]
        parts = tuple(self.take(argument, depth + 1) for argument in arguments)
        if name == "entry" and len(arguments) == 3 and isinstance(arguments[2], str):
            return Node("entry", arguments[2], parts[:2])
        return Node("operator", name, parts)

    def _leaf(self, name: str, given: Any) -> Node:
        value = given[0] if isinstance(given, (list, tuple)) and len(given) == 1 else given
        if not isinstance(value, str):
            self.notes.add("R114", f"{name} 的参数应为一个文本，现为 {_shown(given)}。", "默认值请用 为空 判断代替。")
            return Node("literal", False)
        if name == "var":
            return Node("path", value)
        try:
            if name == "date":
                if len(value) != 10:
                    raise ValueError
                return Node("literal", date.fromisoformat(value))
            number = Decimal(value)
            if not number.is_finite() or len(number.as_tuple().digits) > MAX_DIGITS or "e" in value.lower():
                raise InvalidOperation
            return Node("literal", number)
        except (ValueError, InvalidOperation):
            code = "R112" if name == "date" else "R109"
            self.notes.add(code, f"{_shown(value)} 不是合规的{'日期' if name == 'date' else '小数'}。", "请核对写法。")
            return Node("literal", False)


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"
