"""One WTForms field class per field kind: it turns what a browser sends into a JSON answer, and back.

Conversion never fails: what cannot be read stays as typed, and `engine.pipeline.assess.check_form` says what is
wrong with it. `data` is the answer as in `engine.model.values`, None when the field was left blank.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from wtforms import Field as WtField
from wtforms.utils import unset_value

from engine.model.form import Field
from engine.model.values import Json

LONGEST_TEXT = 20_000
MOST_ROWS = 500
_PLAIN_NUMBER = re.compile(r"[+-]?\d+")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")

Sent = Mapping[str, list[str]]
Read = Callable[[Field, str, Sent], Json]
_READERS: dict[str, Read] = {}


def reads(*kinds: str) -> Callable[[Read], Read]:
    """Register how the answer of field kinds is read; a kind registered twice raises ValueError."""

    def register(read: Read) -> Read:
        for kind in kinds:
            if kind in _READERS:
                raise ValueError(f"field kind {kind} is registered twice")
            _READERS[kind] = read
        return read

    return register


def known_kinds() -> tuple[str, ...]:
    """The field kinds a form can hold."""
    return tuple(_READERS)


def read_answer(field: Field, name: str, sent: Sent) -> Json:
    """The JSON answer to `field` from the form values under the HTML name `name`; None when blank."""
    return _READERS[field.kind](field, name, sent)


class AnswerField(WtField):  # type: ignore[misc]  # WTForms has no types
    """A field of a generated form: `declared` is its declaration, `data` its JSON answer or None."""

    def __init__(self, declared: Field, **kwargs: Any) -> None:
        super().__init__(label=declared.title, description=declared.help, **kwargs)
        self.declared = declared
        self.messages: dict[str, str] = {}

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take the answer from the sent form when there is one, else from `data` (a JSON answer)."""
        self.process_errors: list[str] = []
        self.errors = ()
        self.messages = {}
        if formdata is not None:
            self.data = read_answer(self.declared, self.name, sent_values(formdata))
        else:
            self.data = None if data is unset_value else data
        self.object_data = self.data


class SentValues(dict[str, list[str]]):
    """Form values as lists by name, taken out of a multi-dict once for all fields."""

    def getlist(self, name: str) -> list[str]:
        """The values under a name, as WTForms asks for them."""
        return self.get(name, [])


def sent_values(formdata: Any) -> Sent:
    """Form values as lists by name, from werkzeug's or any multi-dict with `getlist`."""
    if isinstance(formdata, SentValues):
        return formdata
    return SentValues((name, formdata.getlist(name)) for name in formdata)


def clean(text: str) -> str:
    """Text without control characters and surrounding blanks; line ends become \\n."""
    text = text[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"}).strip()


def code_text(text: str) -> str:
    """A code or number as meant: full-width signs made plain, blanks dropped."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", clean(text)))


def _one(name: str, sent: Sent) -> str:
    values = sent.get(name) or [""]
    return values[-1]


@reads("文本", "长文本", "地址", "单选")
def _text(_field: Field, name: str, sent: Sent) -> Json:
    return clean(_one(name, sent)) or None


@reads("统一社会信用代码", "身份证号", "电话")
def _code(_field: Field, name: str, sent: Sent) -> Json:
    return code_text(_one(name, sent)).upper() or None


@reads("数", "金额")
def _number(_field: Field, name: str, sent: Sent) -> Json:
    return code_text(_one(name, sent)).replace(",", "") or None


@reads("整数")
def _integer(_field: Field, name: str, sent: Sent) -> Json:
    text = code_text(_one(name, sent)).replace(",", "")
    return int(text) if _PLAIN_NUMBER.fullmatch(text) and len(text) <= 15 else text or None


@reads("日期")
def _date(_field: Field, name: str, sent: Sent) -> Json:
    text = code_text(_one(name, sent))
    match = _DATE.fullmatch(text)
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}" if match else text or None


@reads("多选")
def _several(field: Field, name: str, sent: Sent) -> Json:
    order = {option.value: place for place, option in enumerate(field.options)}
    chosen = list(dict.fromkeys(clean(value) for value in sent.get(name, ()) if value.strip()))
    return sorted(chosen, key=lambda value: order.get(value, len(order)))[:MOST_ROWS] or None


@reads("是否")
def _yes_no(_field: Field, name: str, sent: Sent) -> Json:
    return {"是": True, "否": False}.get(_one(name, sent))


@reads("承诺")
def _commitment(_field: Field, name: str, sent: Sent) -> Json:
    return True if _one(name, sent) == "是" else None


@reads("人员")
def _person(_field: Field, name: str, sent: Sent) -> Json:
    person = {
        "name": clean(_one(f"{name}.name", sent)),
        "id_no": code_text(_one(f"{name}.id_no", sent)).upper(),
        "phone": code_text(_one(f"{name}.phone", sent)),
    }
    return {part: text for part, text in person.items() if text} or None


@reads("区街道")
def _region(_field: Field, name: str, sent: Sent) -> Json:
    region = {part: clean(_one(f"{name}.{part}", sent)) for part in ("district", "street")}
    return {part: text for part, text in region.items() if text} or None


@reads("表格")
def _rows(field: Field, name: str, sent: Sent) -> Json:
    """Rows in the order of their numbers; a row in which nothing was filled in is left out."""
    prefix = f"{name}."
    numbers = set()
    for key in sent:
        number = key[len(prefix) :].split(".", 1)[0] if key.startswith(prefix) else ""
        if number.isascii() and number.isdigit() and len(number) <= 6:
            numbers.add(int(number))
    rows = []
    for place in sorted(numbers)[:MOST_ROWS]:
        cells = {column.id: read_answer(column, f"{prefix}{place}.{column.id}", sent) for column in field.columns}
        row = {column: cell for column, cell in cells.items() if cell is not None}
        if row:
            rows.append(row)
    return rows or None
