"""Reading what a document reader typed: name, number, birth and address out of one line. Pure."""

from __future__ import annotations

import re
from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.model.checkdigits import id_birth_date, id_reason, uscc_reason
from engine.model.id_formats import BORN, CODE, LABELS, NAME, SEPARATED, Separated

LONGEST = 500
_KINDS = {True: "自然人", False: "法人"}
_LABEL = re.compile("(" + "|".join(sorted(LABELS, key=len, reverse=True)) + r")\s*[:：]\s*")
_DATE = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})\D{0,2}$")
_CODE = re.compile(r"[0-9A-Z]{17}[0-9A-Z]", re.ASCII)


class Read(msgspec.Struct, frozen=True):
    """What was read. `kind`: 自然人 | 法人; `born` an ISO day, "" where it was not sent; `format` that fitted."""

    kind: str
    name: str
    code: str
    born: str = ""
    address: str = ""
    sex: str = ""
    legal: str = ""
    format: str = ""


def read_line(line: str, today: date) -> Read:
    """The line as what it says; A004 (without the number) when no format fits, or number and birth are not right."""
    text = line.strip("\r\n ").replace("\u3000", " ")
    if not text:
        raise _refused("没有读到内容。", "请把证件放到读卡器上再读一次，或者直接填写。")
    if len(text) > LONGEST:
        raise _refused("读到的内容过长。", "请清空后再读一次。")
    found = _labelled(text) or _separated(text)
    if found is None:
        raise _refused(
            "没有识别出读卡器发来的格式。", "请核对读卡器的输出设置（姓名、号码、出生、住址），或者直接填写。"
        )
    return _checked(found, today)


def _labelled(text: str) -> dict[str, str] | None:
    pieces = _LABEL.split(text)
    if len(pieces) < 5:
        return None
    found = {"format": "带标题的文字"}
    for label, value in zip(pieces[1::2], pieces[2::2], strict=True):
        if LABELS[label]:
            found.setdefault(LABELS[label], value.strip(" ,，;；|\t"))
    return found if _is_code(found.get(CODE, "")) else None


def _separated(text: str) -> dict[str, str] | None:
    for format in SEPARATED:
        values = [one.strip() for one in text.replace("，", ",").split(format.separator)]
        while values and not values[-1]:
            values.pop()
        if _fits(format, values):
            pairs = {part: value for part, value in zip(format.parts, values, strict=False) if part}
            return {**pairs, "format": format.name}
    return None


def _fits(format: Separated, values: list[str]) -> bool:
    place = format.parts.index(CODE)
    if not place < len(values) <= len(format.parts) or not _is_code(values[place]):
        return False
    born = format.parts.index(BORN) if BORN in format.parts else len(values)
    return born >= len(values) or not values[born] or _day(values[born]) != ""


def _is_code(text: str) -> bool:
    return bool(_CODE.fullmatch(text.upper()))


def _checked(found: dict[str, str], today: date) -> Read:
    code, name, born = found[CODE].upper(), found.get(NAME, ""), _day(found.get(BORN, ""))
    not_person, not_firm = id_reason(code, today), uscc_reason(code)
    person = not not_person
    if not_person and not_firm:
        wrong = not_person if code[:17].isdigit() else not_firm
        raise _refused(f"{wrong}。", "请再读一次；仍不对的，请核对证件后手工填写。")
    if not name:
        raise _refused("读到的内容里没有姓名或名称。", "请再读一次，或者补填姓名。")
    written = id_birth_date(code)
    if person and born and written is not None and born != written.isoformat():
        raise _refused("读到的出生日期与号码不一致。", "请再读一次，并核对证件。")
    return Read(
        kind=_KINDS[person], name=name, code=code, born=born, address=found.get("address", ""),
        sex=found.get("sex", ""), legal=found.get("legal", ""), format=found["format"],
    )  # fmt: skip


def _day(text: str) -> str:
    """An ISO day out of 19900101, 1990-01-01 or 1990年1月1日; "" of anything else."""
    parts = _DATE.fullmatch(text.strip())
    if parts is None:
        return ""
    try:
        return date(*(int(one) for one in parts.groups())).isoformat()
    except ValueError:
        return ""


def _refused(what: str, next_step: str) -> ZhunyuError:
    return ZhunyuError("A004", what, next_step, status=422)
