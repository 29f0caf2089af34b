"""Check characters of the codes people type: credit codes, identity numbers and e-licence identifiers.

Sources: GB 32100-2015 (统一社会信用代码), GB 11643-1999 (公民身份号码), ISO/IEC 7064 MOD 37,36 as used by
GB/T 36904-2018 (电子证照标识). Codes are taken exactly as given: callers strip blanks and upper-case first.
"""

from __future__ import annotations

from datetime import date

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_DIGITS = frozenset("0123456789")
_ALPHABET_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OLDEST_AGE = 120
_PROVINCES = frozenset(
    str(number)
    for number in (
        *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66),
        71, 81, 82, 83,  # Taiwan; residence permits of Hong Kong, Macao and Taiwan residents
    )
)  # fmt: skip


def uscc_check_character(first17: str) -> str:
    """The 18th character of a credit code; ValueError on a character outside the alphabet of GB 32100-2015."""
    total = sum(USCC_ALPHABET.index(sign) * weight for sign, weight in zip(first17, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def uscc_reason(code: str) -> str:
    """What is wrong with a 统一社会信用代码, in Chinese; "" when nothing is (GB 32100-2015)."""
    if len(code) != 18:
        return f"统一社会信用代码应为 18 位，现为 {len(code)} 位"
    for place, sign in enumerate(code, start=1):
        if sign not in USCC_ALPHABET:
            return f"统一社会信用代码第 {place} 位“{sign}”不是允许的字符（数字和除 I、O、S、V、Z 以外的大写字母）"
    if not _DIGITS.issuperset(code[2:8]):
        return "统一社会信用代码第 3 至 8 位（登记机关行政区划）应为数字"
    if uscc_check_character(code[:17]) != code[17]:
        return "统一社会信用代码校验位不符，请核对是否输错"
    return ""


def uscc_valid(code: str) -> bool:
    """Whether a 统一社会信用代码 is well formed and its check character fits (GB 32100-2015)."""
    return not uscc_reason(code)


def id_check_character(first17: str) -> str:
    """The 18th character of an identity number from its 17 digits (GB 11643-1999)."""
    return _ID_CHECK[sum(int(sign) * weight for sign, weight in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def id_reason(code: str, today: date) -> str:
    """What is wrong with an 18-character identity number, in Chinese; "" when nothing is (GB 11643-1999).

    `today` bounds the date of birth: not later, and not more than 120 years before. Residence permits of
    Hong Kong, Macao and Taiwan residents (81, 82, 83) and the 18-digit permanent residence card (9…) follow the
    same rule. Messages never repeat the number: it is sensitive.
    """
    if len(code) != 18:
        return f"公民身份号码应为 18 位，现为 {len(code)} 位"
    if not _DIGITS.issuperset(code[:17]):
        return "公民身份号码前 17 位应为数字"
    if code[17] not in _ID_CHECK:
        return "公民身份号码末位应为数字或大写字母 X"
    if code[0] != "9" and code[:2] not in _PROVINCES:
        return "公民身份号码前两位不是有效的省级代码"
    born = id_birth_date(code)
    if born is None:
        return "公民身份号码中的出生日期不存在"
    if born > today:
        return "公民身份号码中的出生日期晚于今天"
    if _age(born, today) > _OLDEST_AGE:
        return f"公民身份号码对应的年龄超过 {_OLDEST_AGE} 岁"
    if id_check_character(code[:17]) != code[17]:
        return "公民身份号码校验位不符，请核对是否输错"
    return ""


def id_valid(code: str, today: date) -> bool:
    """Whether an identity number is well formed, its date of birth possible and its check character fits."""
    return not id_reason(code, today)


def id_birth_date(code: str) -> date | None:
    """The date of birth written in characters 7 to 14; None when there is no such day."""
    digits = code[6:14]
    if len(digits) != 8 or not _DIGITS.issuperset(digits):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def iso7064_mod37_36(text: str) -> str:
    """The check character of `text` by ISO/IEC 7064 MOD 37,36; ValueError on a character outside 0-9 A-Z.

    GB/T 36904-2018 computes it over the licence identifier without its separators.
    """
    product = 36
    for sign in text:
        total = (product + _ALPHABET_36.index(sign)) % 36 or 36
        product = total * 2 % 37
    return _ALPHABET_36[(37 - product) % 36]


def licence_id_valid(identifier: str) -> bool:
    """Whether an e-licence identifier (dot-separated, check character last) ends in the right check character."""
    body, dot, check = identifier.rpartition(".")
    plain = body.replace(".", "")
    if not dot or not plain or any(sign not in _ALPHABET_36 for sign in plain):
        return False
    return iso7064_mod37_36(plain) == check


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
