"""Read a whole form: which fields are visible, their typed values, what is wrong and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from engine.model.form import Field, Group
from engine.model.matter import Matter
from engine.model.rule import Rule
from engine.model.values import Answers, Missing, Value
from engine.rules.evaluator import test
from engine.stages.form.convert import convert

UNKNOWN_FIELD = "表单没有这一项。"
HIDDEN_FIELD = "按已填内容，这一项不用填写。"


class FormReading(msgspec.Struct, frozen=True):
    """A form as read.

    `values` are typed, one per field id (NOT_APPLICABLE for a hidden field, PENDING or EMPTY for a blank one), and
    NOT_APPLICABLE for each fact that need not be asked for;
    `answers` the JSON as kept, without hidden fields; `visible` per field id; `errors` by path (`id`, `id.part`,
    `id.0.col`); `missing` the visible required fields without an answer.
    """

    values: dict[str, Value]
    answers: Answers
    visible: dict[str, bool]
    errors: dict[str, str]
    missing: tuple[str, ...]


def read_form(
    matter: Matter, answers: Answers, names: Mapping[str, Value], today: date, *, complete: bool
) -> FormReading:
    """Read the answers of a matter's form.

    `names` are what conditions may read beside the fields (facts, contexts, parameters). With `complete` a blank
    answer is EMPTY, as at submission; without, it is PENDING. Answers to hidden fields are dropped; answers to
    fields that do not exist are errors.
    """
    reader = _Reader(matter, answers, names, today, complete)
    for group in matter.groups:
        for field in group.fields:
            reader.visit(field.id)
    unasked = reader.unasked()
    known = {field.id for field in matter.fields()}
    errors = {key: UNKNOWN_FIELD for key in answers if key not in known}
    errors.update(reader.errors)
    return FormReading(
        values={**{key: reader.env[key] for key in reader.visible}, **dict.fromkeys(unasked, Missing.NOT_APPLICABLE)},
        answers=reader.kept,
        visible=reader.visible,
        errors=errors,
        missing=tuple(reader.missing),
    )


class _Reader:
    """Visits each field after the fields its condition reads; conditions have no cycles (lint)."""

    def __init__(
        self, matter: Matter, answers: Answers, names: Mapping[str, Value], today: date, complete: bool
    ) -> None:
        self.places: dict[str, tuple[Group, Field]] = {
            field.id: (group, field) for group in matter.groups for field in group.fields
        }
        self.facts = {need.key: need.when for need in matter.facts if need.when is not None}
        self.settled: set[str] = set()
        self.answers, self.today, self.complete = answers, today, complete
        self.env: dict[str, Value] = dict(names)
        self.visible: dict[str, bool] = {}
        self.kept: Answers = {}
        self.errors: dict[str, str] = {}
        self.missing: list[str] = []

    def visit(self, field_id: str) -> None:
        if field_id in self.visible:
            return
        group, field = self.places[field_id]
        self.visible[field_id] = True
        if not (self._shown(group.when) and self._shown(field.when)):
            self.visible[field_id] = False
            self.env[field_id] = Missing.NOT_APPLICABLE
            return
        self._read(field)

    def _shown(self, condition: Rule | None) -> bool:
        """An unknown condition shows the field: unknown never spares a question."""
        if condition is None:
            return True
        for path in condition.reads:
            head = path.partition(".")[0]
            if head in self.places:
                self.visit(head)
            elif head in self.facts:
                self._settle(head)
        return test(condition, self.env) is not False

    def _settle(self, key: str) -> None:
        """A fact that is certainly not needed is not applicable, whatever was once said of it."""
        if key not in self.settled:
            self.settled.add(key)
            if not self._shown(self.facts[key]):
                self.env[key] = Missing.NOT_APPLICABLE

    def unasked(self) -> tuple[str, ...]:
        """The keys of the facts that need not be asked for."""
        for key in self.facts:
            self._settle(key)
        return tuple(key for key in self.facts if self.env.get(key) is Missing.NOT_APPLICABLE)

    def _read(self, field: Field) -> None:
        result = convert(field, self.answers.get(field.id), self.today)
        value = result.value
        if value is Missing.EMPTY:
            if field.required and not result.errors:
                self.missing.append(field.id)
            if not self.complete:
                value = Missing.PENDING
        elif field.required:
            self.missing.extend(_blank_parts(field, value))
        if result.kept is not None:
            self.kept[field.id] = result.kept
        self.env[field.id] = value
        for path, message in result.errors.items():
            self.errors[f"{field.id}.{path}" if path else field.id] = message


def _blank_parts(field: Field, value: Value) -> list[str]:
    if field.kind not in ("人员", "区街道") or not isinstance(value, Mapping):
        return []
    parts = field.type.parts
    return [
        f"{field.id}.{part}"
        for part, content in value.items()
        if content is Missing.EMPTY and not (part in parts and parts[part].type.optional)
    ]
