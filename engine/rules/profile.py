"""The profile: every operator of the language in one table, from which reader, checker and manual are made.

An operator that is an ordinary function of its arguments is added with the `function` decorator; its spelling,
arity and types stand beside its code. A name or spelling given twice is a defect and raises ValueError.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Apply = Callable[..., Any]
Entered = TypeVar("Entered", bound=Apply)


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of the stored form.

    `form`: literal | infix | prefix | postfix | call | quantifier | node. `arity` (least, most; most 0 = open)
    counts stored arguments without the implicit ones. `takes` are kinds (number date text bool many any),
    `gives` the kind of the result, `unit` its unit. `implicit` are paths appended when an author leaves them out.
    """

    name: str
    chinese: str
    english: str
    form: str
    arity: tuple[int, int]
    takes: tuple[str, ...]
    gives: str
    doc: str
    unit: str = ""
    implicit: tuple[str, ...] = ()
    apply: Apply | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A spelling between or after operands that stands for an operator, perhaps negated or with sides swapped."""

    chinese: str
    english: str
    operator: str
    form: str
    negated: bool = False
    swapped: bool = False


OPERATORS: dict[str, Operator] = {}
CALLS: dict[str, str] = {}
DENIED = frozenset({"method", "log"})


def add(operator: Operator) -> None:
    """Enter an operator in the table; ValueError when its name or one of its spellings is taken."""
    if operator.name in OPERATORS or operator.name in DENIED or "." in operator.name:
        raise ValueError(f"operator {operator.name} is taken or not allowed")
    if operator.form == "call":
        spellings = {operator.chinese, operator.english, operator.name}
        if taken := spellings & CALLS.keys():
            raise ValueError(f"the spelling {', '.join(sorted(taken))} is taken")
        CALLS.update(dict.fromkeys(spellings, operator.name))
    OPERATORS[operator.name] = operator


def function(
    name: str,
    chinese: str,
    takes: tuple[str, ...],
    gives: str,
    doc: str,
    *,
    english: str = "",
    least: int | None = None,
    unit: str = "",
    implicit: tuple[str, ...] = (),
) -> Callable[[Entered], Entered]:
    """Register the decorated function as an operator that is called with its arguments in brackets.

    The function receives plain values only; a missing argument makes the result unknown before it is called.
    """

    def enter(apply: Entered) -> Entered:
        arity = (len(takes) if least is None else least, len(takes))
        add(Operator(name, chinese, english or name, "call", arity, takes, gives, doc, unit, implicit, apply))
        return apply

    return enter


def _structure(name: str, chinese: str, english: str, form: str, arity: tuple[int, int], gives: str, doc: str) -> None:
    add(Operator(name, chinese, english, form, arity, (), gives, doc))


_structure("var", "名称", "name", "node", (1, 1), "any", "读取一个名称的值")
_structure("dec", "小数", "decimal", "literal", (1, 1), "number", "精确小数，存为文本")
_structure("date", "日期", "date", "literal", (1, 1), "date", "日期 YYYY-MM-DD")
_structure("==", "=", "==", "infix", (2, 2), "bool", "两边相等")
_structure("!=", "≠", "!=", "infix", (2, 2), "bool", "两边不相等")
_structure(">", ">", ">", "infix", (2, 2), "bool", "大于；日期为晚于")
_structure("<", "<", "<", "infix", (2, 2), "bool", "小于；日期为早于")
_structure(">=", "≥", ">=", "infix", (2, 2), "bool", "大于或等于")
_structure("<=", "≤", "<=", "infix", (2, 2), "bool", "小于或等于")
_structure("in", "属于", "in", "infix", (2, 2), "bool", "值在列表中（属于），或文本、多选含有某值（包含）")
_structure("intersects", "有交集", "intersects", "infix", (2, 2), "bool", "多选与列表至少有一个共同的值")
_structure("subset", "全部属于", "within", "infix", (2, 2), "bool", "多选的每个值都在列表中")
_structure("empty", "为空", "is empty", "postfix", (1, 1), "bool", "没有填写、来源答复为无，或不适用")
_structure("unavailable", "未取到", "unavailable", "postfix", (1, 1), "bool", "事实来源没有取到")
_structure("matches", "匹配", "matches", "infix", (2, 2), "bool", "整段文本符合匹配式（安全子集）")
_structure("and", "且", "and", "infix", (2, 0), "bool", "都成立；有一项不成立即不成立")
_structure("or", "或", "or", "infix", (2, 0), "bool", "至少一项成立")
_structure("!", "非", "not", "prefix", (1, 1), "bool", "不成立；未知仍为未知")
_structure("all", "所有", "all", "quantifier", (2, 2), "bool", "清单的每一行都满足；空清单视为满足")
_structure("some", "存在", "any", "quantifier", (2, 2), "bool", "清单至少有一行满足")
_structure("+", "+", "+", "infix", (2, 0), "number", "加")
_structure("-", "-", "-", "infix", (1, 2), "number", "减；一个参数时取负")
_structure("*", "×", "*", "infix", (2, 0), "number", "乘")
_structure("/", "÷", "/", "infix", (2, 2), "number", "除，商四舍五入到 10 位小数；除以零为未知")
for _name, _chinese, _gives, _doc in (
    ("count", "数量", "number", "清单的行数或多选的个数；没有填写时为 0"),
    ("sum", "合计", "number", "清单一列的合计"),
    ("max", "最大", "any", "若干值或清单一列中最大的"),
    ("min", "最小", "any", "若干值或清单一列中最小的"),
    ("lookup", "查表", "any", "按键在参数表中取值；没有该键为未知"),
):
    _structure(_name, _chinese, _name, "call", (1 if _name != "lookup" else 2, 0), _gives, _doc)
_structure("distinct", "不重复", "distinct", "call", (1, 1), "bool", "清单的一列没有两行相同；空着的行不算")
_structure("if", "如果", "if", "call", (3, 3), "any", "条件成立取第二个，不成立取第三个；条件未知则没有值")
_structure("entry", "代码项", "entry", "node", (3, 3), "any", "代码表某一项的某一列，写作 代码.表[键].列")

WORDS: tuple[Word, ...] = (
    Word("属于", "in", "in", "infix"),
    Word("不属于", "not in", "in", "infix", negated=True),
    Word("包含", "contains", "in", "infix", swapped=True),
    Word("不包含", "not contains", "in", "infix", negated=True, swapped=True),
    Word("有交集", "intersects", "intersects", "infix"),
    Word("全部属于", "within", "subset", "infix"),
    Word("匹配", "matches", "matches", "infix"),
    Word("为空", "is empty", "empty", "postfix"),
    Word("不为空", "is not empty", "empty", "postfix", negated=True),
    Word("未取到", "unavailable", "unavailable", "postfix"),
)
BY_SPELLING = {spelling: word for word in WORDS for spelling in (word.chinese, word.english)}
COMPARISONS = {"=": "==", "==": "==", "≠": "!=", "!=": "!=", "<>": "!=", ">": ">", "<": "<"}
COMPARISONS |= {"≥": ">=", ">=": ">=", "≤": "<=", "<=": "<="}
RESERVED = frozenset(
    {"且", "或", "非", "是", "否", "总是", "从不", "所有", "存在", "满足", "它", "外"}
    | {"and", "or", "not", "true", "false", "always", "never", "all", "any", "satisfy", "in", "is"}
    | {word.chinese for word in WORDS}
    | {word.english for word in WORDS if " " not in word.english}
)


def table() -> tuple[Operator, ...]:
    """All operators in the order in which they were entered, for the manual."""
    return tuple(OPERATORS.values())
