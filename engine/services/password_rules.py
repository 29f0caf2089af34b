"""What a password must be like (GB/T 22239-2019 第三级 8.1.4.1: 身份鉴别信息具有复杂度要求)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.errors import ZhunyuError

SHORTEST, LONGEST = 10, 128
REMEMBERED = 5  # passwords of an account, the present one among them, that it may not have again
_SEQUENCES = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_COMMON = (
    "password", "admin", "letmein", "welcome", "iloveyou", "zhunyu", "woaini", "qwe123", "abc123", "1qaz2wsx", "zaq1",
    "a1b2c3", "test123", "5201314",
)  # fmt: skip
_ALIKE = str.maketrans("@4031!5$7", "aaoeiisst")  # signs that stand for letters


def check_password(password: str, login: str, name: str) -> None:
    """A004 with everything that is wrong with a new password."""
    wrong = tuple(password_faults(password, login, name))
    if wrong:
        raise ZhunyuError("A004", "口令不符合要求：" + "；".join(wrong) + "。", "请另设口令。", status=422)


def check_unused(password: str, used: Iterable[str], verify: Callable[[str, str], bool]) -> None:
    """A004 when the password is one of those whose hashes are `used`."""
    if any(verify(hashed, password) for hashed in used):
        raise ZhunyuError("A004", f"口令不符合要求：最近 {REMEMBERED} 个口令不能再用。", "请另设口令。", status=422)


def password_faults(password: str, login: str, name: str) -> list[str]:
    """What is wrong, in Chinese."""
    faults = []
    lower = password.lower()
    if not SHORTEST <= len(password) <= LONGEST:
        faults.append(f"应为 {SHORTEST} 至 {LONGEST} 个字符")
    kinds = (str.islower, str.isupper, str.isdigit)
    found = sum(any(kind(sign) for sign in password) for kind in kinds)
    found += any(not sign.isalnum() or not sign.isascii() for sign in password)
    if found < 3:
        faults.append("应含大写字母、小写字母、数字、其他符号中的三类")
    if any(word and word.lower() in lower for word in (login, name)):
        faults.append("不应含登录名或姓名")
    if any(word in form for word in _COMMON for form in (lower, lower.translate(_ALIKE))) and len(password) < 16:
        faults.append("过于常见")
    if len(set(password)) < 6:
        faults.append("重复字符过多")
    if any(run[i : i + 5] in lower for run in _SEQUENCES for i in range(len(run) - 4)):
        faults.append("不应含连续的数字、字母或键盘顺序")
    return faults
