"""Replacing personal data by made-up data: the same everywhere for the same value, and of the same make.

What is equal stays equal, what contains another value still contains it. Words of the matter itself (choices, code
lists, literals of rules, offices, districts and streets) are nobody's and stay. Codes stay valid: identity numbers
and credit codes get new digits and a fitting check character (GB 11643-1999, GB 32100-2015).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.model.checkdigits import id_birth_date, id_check_character, uscc_check_character, uscc_valid

_HAN = "示例样张甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_LATIN = "ABCDEFGHJKLMNPQRTUWXY"
_ID = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9X](?![0-9A-Za-z])")
_USCC = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NP-RT-UW-Y]{18}(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9])(?:010|02[0-9]|0[3-9][0-9]{2})-?[0-9]{7,8}(?![0-9])")
_CODES = re.compile("|".join(f"(?:{one.pattern})" for one in (_ID, _USCC, _MOBILE, _LANDLINE)))
_BORN = "19900101"


class Anonymous:
    """The replacements of one application, made as its values are asked for.

    `words` are kept wherever they stand; `values` are all its free texts, so that a shorter one inside a longer one
    is replaced alike. With `births` the dates of birth in identity numbers stay. `kept` are values left as they are.
    """

    def __init__(
        self, values: Iterable[str], words: Iterable[str], births: bool = False, kept: frozenset[str] = frozenset()
    ) -> None:
        self._births, self._kept = births, kept
        self._made: dict[str, str] = {}
        self._codes = 0
        self._used = 0
        self._words = sorted({one for one in words if len(one) > 1}, key=len, reverse=True)
        self._inner: list[str] = []
        self._taken = set(values)
        for value in sorted(self._taken, key=lambda one: (len(one), one)):
            self.of(value)
            if len(value) > 1:
                self._inner.insert(0, value)

    def of(self, value: str) -> str:
        """The made-up value that stands for a value."""
        if value in self._kept or not value:
            return value
        if value not in self._made:
            self._made[value] = self._put_together(value)
        return self._made[value]

    def _put_together(self, value: str) -> str:
        """Known parts replaced as they are elsewhere, words kept, and the rest made up sign by sign."""
        if self._code(value):
            return self._made_code(value)
        parts = [(one, self._made.get(one, one)) for one in self._inner if one != value and one in value]
        parts += [(one, one) for one in self._words if one in value and one != value]
        if parts:
            known = dict(reversed(parts))
            pattern = "|".join(re.escape(one) for one in sorted(known, key=len, reverse=True))
            pieces = re.split(f"({pattern})", value)
            return "".join(known[one] if one in known else self._piece(one) for one in pieces)
        return self._piece(value)

    def _piece(self, text: str) -> str:
        """A text without known parts; codes inside it are replaced as codes."""
        pieces = re.split(f"({_CODES.pattern})", text)
        return "".join(self.of(one) if self._code(one) and one != text else self._signs(one) for one in pieces)

    def _signs(self, text: str) -> str:
        """Sign for sign: a numeral for a numeral, a letter for a letter, a character for a character."""
        if not text:
            return text
        for _ in range(50):
            self._used += 1
            made = "".join(_other(sign, place + self._used * 7) for place, sign in enumerate(text))
            if made != text and made not in self._taken and made not in self._made.values():
                return made
        return made

    def _code(self, value: str) -> bool:
        return uscc_valid(value) or any(one.fullmatch(value) for one in (_ID, _MOBILE, _LANDLINE))

    def _made_code(self, value: str) -> str:
        while True:
            self._codes += 1
            made = self._numbered(value, self._codes)
            if made not in self._taken:
                return made

    def _numbered(self, value: str, number: int) -> str:
        if _MOBILE.fullmatch(value):
            return f"1380000{number:04d}"
        if _LANDLINE.fullmatch(value):
            area = value[: 3 if value[1] in "12" else 4]
            rest = value[len(area) :]
            return f"{area}{rest[: rest.startswith('-')]}6{number:0{len(rest.lstrip('-')) - 1}d}"
        if _USCC.fullmatch(value) and uscc_valid(value) and id_birth_date(value) is None:
            first = f"{value[:2]}310101MADEM{number:04d}"
            return first + uscc_check_character(first)
        born = value[6:14] if self._births else _BORN
        order = number * 2 % 1000 + (int(value[16]) % 2)  # odd for men, even for women: the parity stays
        first = f"310101{born}{order:03d}"
        return first + id_check_character(first)


def _other(sign: str, turn: int) -> str:
    if sign.isdigit() and sign.isascii():
        return str((int(sign) + 1 + turn % 8) % 10)
    if sign.isalpha() and sign.isascii():
        made = _LATIN[turn % len(_LATIN)]
        made = made if made != sign.upper() else _LATIN[(turn + 1) % len(_LATIN)]
        return made if sign.isupper() else made.lower()
    return _HAN[turn % len(_HAN)] if sign.isalnum() else sign
