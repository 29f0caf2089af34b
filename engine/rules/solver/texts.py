"""Texts as interned integers, and what is said of texts as uninterpreted predicates that constants decide.

Two texts are equal or not; whether one contains another, matches a pattern or is a valid number is left open, but
always the same for the same texts. So a proof holds for all texts; an example is made to fit afterwards.
"""

from __future__ import annotations

from datetime import date

import z3

from engine.model.checkdigits import id_birth_date, id_valid, uscc_valid
from engine.rules.patterns import compiled
from engine.rules.solver.bits import Bit, Term

MADE_UP = 1_000_000  # integers from here on stand for no known text
_INT, _BOOL = z3.IntSort(), z3.BoolSort()


class Texts:
    """The texts that are known, and every predicate that was asked of a text."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._ids: dict[str, int] = {}
        self._words: list[str] = []
        self.asked: dict[tuple[str, tuple[str, ...]], tuple[str, tuple[Term, ...], z3.ExprRef]] = {}

    def id(self, text: str) -> int:
        """The integer that stands for a text."""
        if text not in self._ids:
            self._ids[text] = len(self._words)
            self._words.append(text)
        return self._ids[text]

    def word(self, id: int) -> str | None:
        """The text of an integer; None for one that stands for no known text."""
        return self._words[id] if 0 <= id < len(self._words) else None

    def says(self, name: str, *terms: Term) -> Bit:
        """A predicate (`包含` needle hay, `信用代码有效`, `身份证有效`, `有出生日期`, or `匹配` and a pattern)."""
        if all(isinstance(term, int) for term in terms):
            return bool(self.real(name, tuple(self._words[term] for term in terms)))
        made = z3.Function(name, *[_INT for _ in terms], _BOOL)(*terms)
        self._note(name, terms, made)
        return made

    def birth(self, term: Term) -> Term:
        """The ordinal day of birth in an identity number."""
        if isinstance(term, int):
            return self.real("出生日期", (self._words[term],))
        made = z3.Function("出生日期", _INT, _INT)(term)
        self._note("出生日期", (term,), made)
        return made

    def _note(self, name: str, terms: tuple[Term, ...], made: z3.ExprRef) -> None:
        self.asked.setdefault((name, tuple(map(str, terms))), (name, terms, made))

    def real(self, name: str, words: tuple[str, ...]) -> int:
        """What is so of known texts."""
        if name == "包含":
            return words[0] in words[1]
        if name == "信用代码有效":
            return uscc_valid(words[0])
        if name == "身份证有效":
            return id_valid(words[0], self._day)
        born = id_birth_date(words[0])
        if name == "有出生日期":
            return born is not None
        if name == "出生日期":
            return born.toordinal() if born is not None else 0
        return compiled(name.removeprefix("匹配 ")).fullmatch(words[0]) is not None
