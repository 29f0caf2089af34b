"""What a template needs to draw a form: groups, fields with value, messages and state, and the error summary."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from engine.model.form import Field, Group
from engine.model.matter import Matter
from engine.model.rule import Rule
from engine.model.values import Json
from engine.web.forms.build import MatterForm

MOST_RADIOS = 6
PERSON_PARTS = {"name": "姓名", "id_no": "证件号码", "phone": "联系电话"}
REGION_PARTS = {"district": "区", "street": "街道（镇）"}


class FieldView(msgspec.Struct, frozen=True):
    """One field as drawn. `messages` by path below the field ("" for the field itself).

    `origin` names the source a value was taken from; `open` is False for a field that may not be edited;
    `extra_rows` are blank rows asked for beyond those filled in.
    """

    field: Field
    value: Json
    messages: dict[str, str]
    visible: bool = True
    open: bool = True
    origin: str = ""
    extra_rows: int = 0

    @property
    def parts(self) -> dict[str, str]:
        """Ids and titles of the parts of a 人员 or 区街道 field."""
        known = PERSON_PARTS if self.field.kind == "人员" else REGION_PARTS
        asked = self.field.type.parts
        return {part: asked[part].title if part in asked else title for part, title in known.items()
                if not asked or part in asked}  # fmt: skip

    @property
    def rows(self) -> list[Mapping[str, Json]]:
        """The rows to draw: those filled in, at least the declared minimum (or one), and the extra ones."""
        filled = [row for row in self.value if isinstance(row, Mapping)] if isinstance(self.value, list) else []
        least = max(int(self.field.min or 0), 1)
        blank: list[Mapping[str, Json]] = [{} for _ in range(max(least - len(filled), 0) + self.extra_rows)]
        return [*filled, *blank]

    @property
    def known(self) -> bool:
        """Whether the answer is only shown: it comes from a source and nothing is wrong with it."""
        return not self.open and self.field.kind != "表格" and not self.messages

    @property
    def as_radios(self) -> bool:
        """Whether a choice is drawn as radio buttons."""
        return len(self.field.options) <= MOST_RADIOS

    def part_required(self, part: str) -> bool:
        """Whether a part must be filled in when the field must."""
        asked = self.field.type.parts
        return self.field.required and not (part in asked and asked[part].type.optional)


class GroupView(msgspec.Struct, frozen=True):
    """One section as drawn; a section without a visible field is hidden."""

    group: Group
    visible: bool
    fields: tuple[FieldView, ...]


class SummaryLine(msgspec.Struct, frozen=True):
    """One line of the error summary: the id of the control it leads to, and the message."""

    target: str
    message: str


def draw(
    matter: Matter,
    form: MatterForm,
    visible: Mapping[str, bool],
    *,
    locked: Mapping[str, str] | None = None,
    only: Collection[str] | None = None,
    extra_rows: Mapping[str, int] | None = None,
) -> tuple[GroupView, ...]:
    """The sections of a form.

    `locked` maps fields that may not be edited to the title of their source; `only` keeps these fields alone.
    """
    groups = []
    for group in matter.groups:
        views = tuple(
            _view(field, form, visible.get(field.id, True), locked or {}, extra_rows or {})
            for field in group.fields
            if only is None or field.id in only
        )
        if views:
            groups.append(GroupView(group, any(view.visible for view in views), views))
    return tuple(groups)


def _view(
    field: Field, form: MatterForm, visible: bool, locked: Mapping[str, str], extra: Mapping[str, int]
) -> FieldView:
    bound: Any = form[field.id]
    prefix = len(field.id) + 1
    messages = {path[prefix:]: message for path, message in bound.messages.items()}
    return FieldView(
        field, bound.data, messages, visible, field.id not in locked, locked.get(field.id, ""), extra.get(field.id, 0)
    )


def element_id(path: str) -> str:
    """The HTML id of the control at an answer path."""
    return "f-" + path.replace(".", "-")


def summary(matter: Matter, messages: Mapping[str, str]) -> tuple[SummaryLine, ...]:
    """The error summary in the order of the form, each line leading to its control."""
    titles = {field.id: field.title for field in matter.fields()}
    order = {field_id: place for place, field_id in enumerate(titles)}
    paths = sorted(messages, key=lambda path: order.get(path.partition(".")[0], len(order)))
    return tuple(
        SummaryLine(element_id(_focusable(matter, path)), _with_title(titles, path, messages[path])) for path in paths
    )


def _with_title(titles: Mapping[str, str], path: str, message: str) -> str:
    title = titles.get(path.partition(".")[0], "")
    parts = path.split(".")
    row = f"第 {int(parts[1]) + 1} 行" if len(parts) > 2 and parts[1].isdigit() else ""
    place = f"{title}{row}"
    return message if not place or place in message else f"{place}：{message}"


def _focusable(matter: Matter, path: str) -> str:
    """A message on a compound field leads to its first control."""
    if "." in path:
        return path
    field = next((field for field in matter.fields() if field.id == path), None)
    if field is None:
        return path
    match field.kind:
        case "人员":
            return f"{path}.name"
        case "区街道":
            return f"{path}.district"
        case "表格" if field.columns:
            return f"{path}.0.{field.columns[0].id}"
        case _:
            return path


def browser_rules(matter: Matter, known: Mapping[str, Json]) -> dict[str, Json]:
    """What the browser needs to show and hide fields by itself: conditions that read form fields only.

    `known` are JSON values by name beside the form the conditions may read (the certificate acted on, code lists).
    A condition on anything else is left to the server. `kinds` tell the browser how to type what it reads.
    """
    ids = {field.id for field in matter.fields()}
    fields: dict[str, Json] = {}
    for group in matter.groups:
        for field in group.fields:
            conditions = [rule for rule in (group.when, field.when) if rule is not None]
            if conditions and all(_readable(rule, ids | set(known)) for rule in conditions):
                fields[field.id] = [rule.logic for rule in conditions]
    kinds = {field.id: {"kind": field.kind, "places": field.places} for field in matter.fields()}
    return {"when": fields, "kinds": kinds, "known": dict(known)}


def _readable(rule: Rule, names: Collection[str]) -> bool:
    return all(path.partition(".")[0] in names for path in rule.reads)
