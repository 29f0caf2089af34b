"""Reads rule text into nodes: full-width forms are understood, a fault is said in the author's words."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from engine.rules.nodes import Node, Place, Quoted
from engine.rules.problems import MAX_DEPTH, MAX_DIGITS, MAX_TEXT, Notebook, TooLarge
from engine.rules.profile import BY_SPELLING, COMPARISONS, OPERATORS, WORDS
from engine.rules.recovery import CLOSING, Recovery

_GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction (OR conjunction)*
?conjunction: negation (AND negation)*
?negation: NOT negation -> negated | quantified | comparison
quantified: (ALL | SOME) name SATISFY "(" disjunction ")"
?comparison: sum | sum (COMPARE | INFIX) sum -> compared | sum POSTFIX -> tested | sum FULL_YEARS -> anniversary
?sum: term ((PLUS | MINUS) term)*
?term: unary ((TIMES | DIVIDE) unary)*
?unary: MINUS unary -> opposite | atom
?atom: NUMBER WORD? -> number | MEASURE -> measure | DATE -> date | TEXT -> text | "[" (item ("," item)*)? "]" -> list
     | ALWAYS -> always | NEVER -> never | YES -> yes | NO -> no
     | WORD "(" (disjunction ("," disjunction)*)? ")" -> call
     | name "[" sum "]" "." segment -> entry | name | "(" disjunction ")"
?item: sum
name: segment ("." segment)*
segment: WORD | QUOTED | IT | OUTER

DATE.9: /[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?!\w)|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日(?!\w)/
MEASURE.8: /[0-9]+(\.[0-9]+)?(?:UNITS)(?!\w)/
NUMBER.7: /[0-9]+(\.[0-9]+)?(?!\w)/
TEXT.7: /"(?:[^"\\\n]|\\.)*"|“(?:[^”\\\n]|\\.)*”|'(?:[^'\\\n]|\\.)*'/
QUOTED.7: /「[^」\n]+」/
FULL_YEARS.7: /满\s*[0-9]{1,3}\s*年(?!\w)/
OR.6: /(?:或|or)(?!\w)|\|\|/
AND.6: /(?:且|and)(?!\w)|&&/
NOT.6: /(?:非|not)(?!\w)|!(?!=)/
ALL.6: /(?:所有|all)(?!\w)/
SOME.6: /(?:存在|any)(?!\w)/
SATISFY.6: /(?:满足|satisfy)(?!\w)/
IT.6: /它(?!\w)/
OUTER.6: /外(?!\w)/
ALWAYS.6: /(?:总是|always)(?!\w)/
NEVER.6: /(?:从不|never)(?!\w)/
YES.6: /(?:是|true)(?!\w)/
NO.6: /(?:否|false)(?!\w)/
POSTFIX.8: /(?:POSTFIX_WORDS)(?!\w)/
INFIX.8: /(?:INFIX_WORDS)(?!\w)/
COMPARE.6: /==|!=|<>|>=|<=|[=≠≥≤<>]/
PLUS.5: "+"
MINUS.5: "-"
TIMES.5: /[*×]/
DIVIDE.5: /[\/÷]/
WORD.4: /\w+/
%ignore /\s+/
"""
_WIDE = dict(zip(map(ord, "（），；：＜＞＝！＋－＊／．［］【】、≦≧−\u3000"), "(),;:<>=!+-*/.[][],≤≥- ", strict=True))
_WIDE |= {0xFF10 + digit: str(digit) for digit in range(10)}


def narrow(text: str) -> str:
    """The text with full-width punctuation and digits outside quotes made narrow, character for character."""
    out: list[str] = []
    closing = ""
    skip = False
    for sign in text:
        if skip:
            skip = False
        elif closing:
            skip = sign == "\\" and closing != "」"
            closing = "" if sign == closing else closing
        elif sign in CLOSING:
            closing = CLOSING[sign]
        else:
            sign = sign.translate(_WIDE)
        out.append(sign)
    return "".join(out)


@cache
def _parser() -> Lark:
    from engine.rules.units import SCALE

    def alternatives(form: str) -> str:
        spellings = [s for word in WORDS if word.form == form for s in (word.chinese, word.english)]
        return "|".join(s.replace(" ", r"\s+") for s in sorted(spellings, key=len, reverse=True))

    units = "|".join(sorted(SCALE, key=len, reverse=True))
    grammar = _GRAMMAR.replace("POSTFIX_WORDS", alternatives("postfix")).replace("UNITS", units)
    return Lark(grammar.replace("INFIX_WORDS", alternatives("infix")), parser="lalr", lexer="basic")


def tokens(text: str) -> list[Token]:
    """The words and signs of a narrowed text; lark's UnexpectedInput at what is none."""
    return list(_parser().lex(text))


def read(source: str, notes: Notebook) -> Node | None:
    """The tree of a rule text; None after noting what is wrong. Raises TooLarge on a bound of the language.

    With faults noted there may still be a tree, of what the author surely meant: it is for finding further faults only.
    """
    if len(source) > MAX_TEXT:
        notes.add("R110", f"规则文字有 {len(source)} 个字符，上限为 {MAX_TEXT}。", "请拆成几条规则。")
        raise TooLarge
    text = narrow(source)
    try:
        tree = _parsed(text)
    except UnexpectedInput:
        mended = Recovery(_parser(), text, notes).tree()
        if mended is None:
            return None
        tree = mended
    return _Builder(notes).build(tree, 0)


@lru_cache(maxsize=8192)
def _parsed(text: str) -> Tree[Token]:
    """The syntax tree of a text; fragments give the same rules to many matters. Nothing changes a tree."""
    return _parser().parse(text)


class _Builder:
    def __init__(self, notes: Notebook) -> None:
        self.notes = notes

    def build(self, tree: Tree[Token] | Token, depth: int) -> Node:
        if depth > MAX_DEPTH:
            self.notes.add("R110", f"规则嵌套超过 {MAX_DEPTH} 层。", "请拆成几条规则。")
            raise TooLarge
        assert isinstance(tree, Tree)
        made: Node = getattr(self, f"_{tree.data}")(tree.children, depth + 1)
        return made

    def _chain(self, children: list[Tree[Token] | Token], depth: int, names: dict[str, str]) -> Node:
        node = self.build(children[0], depth)
        for sign, operand in zip(children[1::2], children[2::2], strict=True):
            name = names[str(sign)]
            right = self.build(operand, depth)
            if node.what == "operator" and node.value == name and name in ("and", "or", "+", "*") and node.spelled:
                node = Node("operator", name, (*node.parts, right), node.at, spelled=str(sign))
            else:
                node = Node("operator", name, (node, right), _place(sign), spelled=str(sign))
        return Node(node.what, node.value, node.parts, node.at)

    def _disjunction(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return self._chain(children, depth, {str(sign): "or" for sign in children[1::2]})

    def _conjunction(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return self._chain(children, depth, {str(sign): "and" for sign in children[1::2]})

    def _sum(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return self._chain(children, depth, {"+": "+", "-": "-"})

    def _term(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return self._chain(children, depth, {"*": "*", "×": "*", "/": "/", "÷": "/"})

    def _negated(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return Node("operator", "!", (self.build(children[1], depth),), _place(children[0]))

    def _opposite(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return Node("operator", "-", (self.build(children[1], depth),), _place(children[0]))

    def _quantified(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        name = "all" if children[0].type == "ALL" else "some"  # type: ignore[union-attr]
        sides = (self.build(children[1], depth), self.build(children[3], depth))
        return Node("operator", name, sides, _place(children[0]))

    def _compared(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        left, right, sign = self.build(children[0], depth), self.build(children[2], depth), str(children[1])
        at = _place(children[1])
        if sign in COMPARISONS:
            return Node("operator", COMPARISONS[sign], (left, right), at, spelled=sign)
        word = BY_SPELLING[" ".join(sign.split())]
        sides = (right, left) if word.swapped else (left, right)
        node = Node("operator", word.operator, sides, at, spelled=word.chinese)
        return Node("operator", "!", (node,), at) if word.negated else node

    def _tested(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        word = BY_SPELLING[" ".join(str(children[1]).split())]
        at = _place(children[1])
        node = Node("operator", word.operator, (self.build(children[0], depth),), at, spelled=word.chinese)
        return Node("operator", "!", (node,), at) if word.negated else node

    def _anniversary(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        years = int(re.sub("[^0-9]", "", str(children[1])))
        operands = (self.build(children[0], depth), Node("literal", years, at=_place(children[1])))
        return Node("call", "满年", operands, _place(children[1]))

    def _number(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return self._measured(str(children[0]), str(children[1]) if len(children) > 1 else "", _place(children[0]))

    def _measure(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        match = re.match("[0-9.]+", str(children[0]))
        digits = match.group() if match else ""
        return self._measured(digits, str(children[0])[len(digits) :], _place(children[0]))

    def _measured(self, digits: str, unit: str, at: Place) -> Node:
        if len(digits.replace(".", "")) > MAX_DIGITS:
            self.notes.add("R109", f"数字 {digits[:24]} 超过 {MAX_DIGITS} 位。", "请核对位数。", at)
        return Node("literal", Decimal(digits) if "." in digits else int(digits[:40]), at=at, unit=unit)

    def _date(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        at = _place(children[0])
        year, month, day = (int(part) for part in re.findall("[0-9]+", str(children[0])))
        try:
            return Node("literal", date(year, month, day), at=at)
        except ValueError:
            self.notes.add("R112", f"没有 {children[0]} 这一天。", "日期写作 2025-01-20。", at)
            return Node("literal", date(2000, 1, 1), at=at)

    def _text(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        text = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], str(children[0])[1:-1])
        return Node("literal", text, at=_place(children[0]), quoted=True)

    def _list(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return Node("list", None, tuple(self.build(child, depth) for child in children))

    def _always(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return Node("literal", True, at=_place(children[0]), spelled="总是")

    def _never(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return Node("literal", False, at=_place(children[0]), spelled="从不")

    def _yes(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return Node("literal", True, at=_place(children[0]), spelled="是")

    def _no(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return Node("literal", False, at=_place(children[0]), spelled="否")

    def _call(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        return Node("call", str(children[0]), tuple(self.build(c, depth) for c in children[1:]), _place(children[0]))

    def _entry(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        name, key = self.build(children[0], depth), self.build(children[1], depth)
        return Node("entry", self._segment(children[2]), (name, key), name.at)

    def _name(self, children: list[Tree[Token] | Token], depth: int) -> Node:
        first = children[0].children[0]  # type: ignore[union-attr]
        quoted = isinstance(first, Token) and first.type == "QUOTED"
        return Node("name", tuple(self._segment(child) for child in children), at=_place(first), quoted=quoted)

    def _segment(self, tree: Tree[Token] | Token) -> str:
        token = tree.children[0] if isinstance(tree, Tree) else tree
        assert isinstance(token, Token)
        return Quoted(token[1:-1]) if token.type == "QUOTED" else str(token)


def _place(token: Tree[Token] | Token) -> Place:
    if isinstance(token, Token):
        return (token.line or 0, token.column or 0)
    return (0, 0)


assert all(word.operator in OPERATORS for word in WORDS)
