"""Finds every syntax fault of one rule text: each is told, mended in thought, and reading goes on behind it.

What is mended is never used as a rule. It only lets the faults behind the first one be found, and, where the mend is
certain (大于 is >), the names and types too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput

from engine.rules.nodes import Place
from engine.rules.problems import Notebook
from engine.rules.profile import BY_SPELLING

MAX_FAULTS = 8
CLOSING = {'"': '"', "“": "”", "'": "'", "「": "」"}
WORDS_FOR = {"大于": ">", "小于": "<", "等于": "=", "不等于": "≠", "大于等于": "≥", "小于等于": "≤"}
WORDS_FOR |= {"不小于": "≥", "不大于": "≤", "不低于": "≥", "不超过": "≤", "不是": "≠"}
WORDS_FOR |= {"超过": ">", "高于": ">", "低于": "<", "早于": "<", "晚于": ">"}
WORDS_FOR |= {"并且": "且", "而且": "且", "同时": "且", "和": "且", "或者": "或", "AND": "且", "OR": "或", "NOT": "非"}
WORDS_FOR |= {"在": "属于", "含有": "包含", "包括": "包含", "空": "为空", "未填": "为空"}
_SIGNS_FOR = {"=>": "≥", "=<": "≤", "===": "=", "!==": "≠", "><": "≠", ">==": "≥", "<==": "≤"}
_TYPES = {"且": "AND", "或": "OR", "非": "NOT", "为空": "POSTFIX", "属于": "INFIX", "包含": "INFIX"}
_LETTERS = {"&": "且", "|": "或", "＆": "且", "｜": "或"}
_SETS = "全部属于|不?属于|不?包含|有交集|匹配"
_GLUED = re.compile(rf"(?<!\w)(?!{_SETS})\w{{1,40}}?({_SETS})\s*[\[\"“]")
_MENDS: tuple[tuple[str, ...], ...] = (
    ("RPAR",), ("RSQB",), ("AND",), ("INFIX",), ("AND", "WORD"), ("COMPARE", "WORD"), ("WORD",),
    ("COMPARE", "WORD", "RPAR"), ("SATISFY",), ("SATISFY", "LPAR"),
    ("LPAR",), ("RSQB", "DOT", "WORD"), ("WORD", "RPAR"), ("RPAR", "RPAR"),
    ("RPAR", "RPAR", "RPAR"), ("INFIX", "WORD"),
)  # fmt: skip
_VALUES = {"AND": "且", "INFIX": "属于", "COMPARE": "=", "WORD": "某值", "SATISFY": "满足", "DOT": ".",
           "RPAR": ")", "LPAR": "(", "RSQB": "]"}  # fmt: skip
_NAMES = {"RPAR": "右括号", "RSQB": "右方括号", "LPAR": "左括号", "SATISFY": "满足"}


class Recovery:
    """One reading of a text with faults; `sure` says that every mend so far leaves the author's meaning."""

    def __init__(self, parser: Lark, text: str, notes: Notebook) -> None:
        self.parser, self.notes, self.sure, self.count = parser, notes, True, 0
        self.text = text
        self.holes: set[int] = set()

    def tree(self) -> Tree[Token] | None:
        """The tree of the mended text where that is certain; the faults are noted."""
        tokens = self._joined(self._lexed())
        last = self._end(tokens)
        cursor: Any = self.parser.parse_interactive("")
        result: Any = None
        for index, token in enumerate([*tokens, last]):
            if self.count >= MAX_FAULTS:
                return None
            before = tokens[index - 1] if index else None
            fed = token if _accepts(cursor, (token,)) else self._mend(cursor, token, before)
            if fed is not None:
                result = cursor.feed_token(fed)
        return result if self.sure else None

    def _note(self, what: str, next: str, at: Place, code: str = "R101", sure: bool = False) -> None:
        self.count += 1
        self.sure = self.sure and sure
        self.notes.add(code, what, next, at)

    def _lexed(self) -> list[Token]:
        """The tokens; what is none is told and left out."""
        while True:
            try:
                return list(self.parser.lex(self.text))
            except UnexpectedCharacters as fault:
                self._hole(fault)

    def _hole(self, fault: UnexpectedCharacters) -> None:
        start, at = fault.pos_in_stream or 0, (fault.line, fault.column)
        sign = self.text[start]
        end = start + 1
        if sign in CLOSING:
            end = self.text.find("\n", start)
            end = len(self.text) if end < 0 else end
            self._note(f"{sign} 没有配对的结束引号。", f"请补上 {CLOSING[sign]}。", at)
        elif sign in _LETTERS:
            self._note(f"“{sign}”不是运算符。", f"请写 {_LETTERS[sign]}。", at, sure=True)
            self.text = self.text[:start] + _LETTERS[sign] + self.text[end:]
            return
        elif sign in "‘’”’":
            self._note(f"引号“{sign}”不成对或不是文本的引号。", "文本请写在一对双引号里。", at)
        elif sign == "」":
            self._note("」前面没有「。", "带标点的名称写作 「名称」。", at)
        elif self.count < MAX_FAULTS:
            self._note(f"不认识的符号“{sign}”。", "请改用规则语言的运算符，见手册“规则”。", at)
        else:
            end = len(self.text)
        self.holes.add(start)
        self.text = self.text[:start] + " " * (end - start) + self.text[end:]

    def _joined(self, tokens: list[Token]) -> list[Token]:
        """Signs written without a space between them are one sign; => is told and meant as ≥."""
        made: list[Token] = []
        for token in tokens:
            last = made[-1] if made else None
            if last is not None and token.type == last.type == "COMPARE" and last.end_pos == token.start_pos:
                made[-1] = Token("COMPARE", str(last) + str(token), last.start_pos, last.line, last.column,
                                 end_pos=token.end_pos)  # fmt: skip
            elif last is not None and token.type == "WORD" and str(token) == "等于" and str(last) in ("大于", "小于"):
                made[-1] = Token("WORD", f"{last}等于", last.start_pos, last.line, last.column, end_pos=token.end_pos)
            elif last is not None and last.type == "NUMBER" and token.type == "WORD" and _meant(token):
                self._note(f"“{token}”不是运算符。", f"请写 {_meant(token)}。", _at(token), sure=True)
                made.append(_operator(token))  # or it would be taken for a unit
            else:
                made.append(token)
        return [self._one_sign(token) for token in made]

    def _one_sign(self, token: Token) -> Token:
        written = str(token)
        if token.type != "COMPARE" or written in ("=", "==", "≠", "!=", "<>", ">", "<", "≥", ">=", "≤", "<="):
            return token
        meant = _SIGNS_FOR.get(written, "")
        advice = f"请写 {meant}。" if meant else "比较写作 = ≠ > < ≥ ≤。"
        self._note(f"“{written}”不是运算符。", advice, _at(token), sure=bool(meant))
        return Token.new_borrow_pos("COMPARE", meant or "=", token)

    def _end(self, tokens: Sequence[Token]) -> Token:
        last = self.text.rstrip()
        line, column = last.count("\n") + 1, len(last) - last.rfind("\n")
        return Token("$END", "", len(last), line, column)

    def _mend(self, cursor: Any, token: Token, before: Token | None) -> Token | None:
        """Tell the fault at a token and bring the cursor behind it; what is to be fed still, or None."""
        meant = _meant(token)
        if meant and _accepts(cursor, (_operator(token),)):
            self._note(f"“{token}”不是运算符。", f"请写 {meant}。", _at(token), sure=True)
            return _operator(token)
        found = next((types for types in _MENDS if _accepts(cursor, (*_made(types, token), token))), None)
        self._tell(token, before, found)
        if found is None:
            self.holes.add(token.start_pos or 0)
            return None
        for made in _made(found, token):
            cursor.feed_token(made)
        return token

    def _tell(self, token: Token, before: Token | None, found: tuple[str, ...] | None) -> None:
        start = (before.start_pos or 0) if before is not None else 0
        if any(start <= hole and (token.type == "$END" or hole <= (token.start_pos or 0)) for hole in self.holes):
            self.sure = False  # the fault of the sign left out, told already
            return
        at, word = _at(token), str(token)
        glued = _GLUED.search(self.text)
        if glued and glued.start() <= (token.start_pos or 0):
            above = self.text.rfind("\n", 0, glued.start())
            place = (self.text.count("\n", 0, glued.start()) + 1, glued.start() - above)
            self._note(f"运算词“{glued.group(1)}”与名称连写。", "运算词前后请留空格。", place, "R116")
        elif token.type == "$END":
            self._tell_end(at, found)
        elif found == ("AND", "WORD"):
            self._note(f"比较不能连写，多出“{word}”。", "请分成两个比较，中间写 且。", at)
        elif token.type == "WORD" and any(word.startswith(known) for known in (*BY_SPELLING, "且", "或")):
            self._note(f"运算词与名称连写：“{word}”。", "运算词前后请留空格。", at, "R116")
        elif token.type in ("RPAR", "RSQB") and found is None:
            self._note(f"多出“{word}”。", "请删去，或在前面补上左括号。", at)
        elif found and found[0] in _NAMES:
            self._note(f"“{word}”前面缺少{_NAMES[found[0]]}。", f"请补上 {_VALUES[found[0]]}。", at)
        elif found in (("AND",), ("INFIX",)):
            self._note(f"“{word}”前面缺少运算词。", "请写上 且、或、= 等运算词。", at)
        elif found and found[-1] == "WORD" and before is not None:
            self._note(f"“{before}”后面没有写完。", "请补上要比较的名称或值。", at)
        elif before is None:
            self._note(f"“{word}”前面没有内容。", "请补上前半句，或删去它。", at)
        else:
            advice = "列表请写成 [甲, 乙]。" if word == "," else "请检查前面是否少了运算词、逗号或括号。"
            self._note(f"此处不应出现“{word}”。", advice, at)

    def _tell_end(self, at: Place, found: tuple[str, ...] | None) -> None:
        if not self.text.strip():
            self._note("规则是空的。", "请写成比较；总成立的写 总是。", at)
        elif found and found[0] in ("RPAR", "RSQB"):
            self._note("规则没有写完。", f"请补上{_NAMES[found[0]]}。", at)
        else:
            self._note("规则没有写完。", "请把后半句写完。", at)


def _at(token: Token) -> Place:
    return (token.line or 0, token.column or 0)


def _meant(token: Token) -> str:
    """The operator that a word stands for in the author's mind; "" for other words."""
    word = str(token)
    return WORDS_FOR.get(word) or WORDS_FOR.get(word.upper(), "") if token.type == "WORD" else ""


def _operator(token: Token) -> Token:
    return Token.new_borrow_pos(_TYPES.get(_meant(token), "COMPARE"), _meant(token), token)


def _made(types: tuple[str, ...], token: Token) -> list[Token]:
    return [Token.new_borrow_pos(type, _VALUES[type], token) for type in types]


def _accepts(cursor: Any, tokens: Sequence[Token]) -> bool:
    trial = cursor.copy(deepcopy_values=False)
    try:
        for token in tokens:
            trial.feed_token(token)
    except UnexpectedInput:
        return False
    return True
