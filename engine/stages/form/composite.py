"""Converters of fields that hold several values: persons, regions, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import msgspec

from engine.model.form import Field
from engine.model.values import Json, Value
from engine.stages.form.registry import BLANK, Converted, convert, converter, wrong
from engine.stages.form.single import choice, id_number, phone, text


def _parts(field: Field, raw: Json, readers: dict[str, Callable[[Json], Converted]]) -> Converted:
    if raw in (None, "", {}):
        return BLANK
    if not isinstance(raw, dict):
        return wrong(None, "内容的结构不对，请重新填写。")
    values: dict[str, Value] = {}
    kept: dict[str, Json] = {}
    errors: dict[str, str] = {}
    for part, read in readers.items():
        result = read(raw.get(part))
        values[part] = result.value
        if result.kept is not None:
            kept[part] = result.kept
        errors.update({f"{part}.{path}" if path else part: message for path, message in result.errors.items()})
    if not kept and not errors:
        return BLANK
    return Converted(values, kept, errors)


@converter("人员")
def person(field: Field, raw: Json, today: date) -> Converted:
    """A person: name, identity number and phone, as far as the declaration asks for each."""
    plain = msgspec.structs.replace(field, min="", max="50", pattern="")
    readers = {
        "name": lambda item: text(plain, item, today),
        "id_no": lambda item: id_number(plain, item, today),
        "phone": lambda item: phone(plain, item, today),
    }
    asked = field.type.parts or readers
    return _parts(field, raw, {part: read for part, read in readers.items() if part in asked})


@converter("区街道")
def region(field: Field, raw: Json, today: date) -> Converted:
    """District (one of the offered) and street."""
    plain = msgspec.structs.replace(field, min="", max="50", pattern="")
    return _parts(
        field, raw,
        {"district": lambda item: choice(plain, item, today), "street": lambda item: text(plain, item, today)},
    )  # fmt: skip


@converter("表格")
def rows(field: Field, raw: Json, today: date) -> Converted:
    """A table: rows of columns; wholly blank rows are dropped."""
    if raw in (None, "", []):
        return BLANK
    if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
        return wrong(None, "表格的结构不对，请重新填写。")
    filled = [row for row in raw if any(cell not in (None, "", [], {}) for cell in row.values())]
    if len(filled) > (limit := int(field.max or 100)):
        return wrong(raw, f"最多 {limit} 行，现有 {len(filled)} 行。")
    if not filled:
        return BLANK
    values: list[Value] = []
    kept: list[Json] = []
    errors: dict[str, str] = {}
    for index, row in enumerate(filled):
        readers = {column.id: _cell(column, today) for column in field.columns}
        result = _parts(field, row, readers)
        values.append(result.value if isinstance(result.value, dict) else {})
        kept.append(result.kept or {})
        errors.update({f"{index}.{path}": message for path, message in result.errors.items()})
        errors.update(dict(_blank_cells(field, kept[-1], index, errors)))
    if field.min and len(filled) < int(field.min):
        errors.setdefault("", f"至少填写 {field.min} 行。")
    return Converted(tuple(values), kept, errors)


def _cell(column: Field, today: date) -> Callable[[Json], Converted]:
    return lambda item: convert(column, item, today)


def _blank_cells(field: Field, row: Json, index: int, errors: dict[str, str]) -> Iterator[tuple[str, str]]:
    for column in field.columns:
        path = f"{index}.{column.id}"
        if column.required and column.id not in row and path not in errors:
            yield path, f"请填写{column.title}。"
