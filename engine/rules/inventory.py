"""Every judgement of a matter in one list: what it is for, its rule, and how to put another rule in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from engine.model.matter import Matter
from engine.model.rule import Rule

ROW, CHECK, GUARD, MATERIAL, WAIVER = "裁决", "核对", "核对前提", "材料条件", "免交"
STEP, DUTY, FIELD, GROUP = "环节条件", "后续条件", "字段可见", "分组可见"
Path = tuple[str | int, ...]


class Entry(msgspec.Struct, frozen=True):
    """One judgement: its kind, whose it is, its rule.

    `kind`: 裁决 核对 核对前提 材料条件 免交 环节条件 后续条件 字段可见 分组可见.
    `path` leads from the matter to the rule by attribute names and positions.
    """

    kind: str
    id: str
    title: str
    rule: Rule
    path: Path


def entries(matter: Matter) -> Iterator[Entry]:
    """The judgements of a matter that are not constant, in its order.

    Left out: `never` (never evaluated in a case), `auto` of a step (judged while a person works on the case), and the
    rules that fill a certificate, which give values.
    """
    for one in _all(matter):
        if not isinstance(one.rule.logic, bool):
            yield one


def _all(matter: Matter) -> Iterator[Entry]:
    for place, row in enumerate(matter.decide):
        yield Entry(ROW, row.id, row.reason, row.when, ("decide", place, "when"))
    for place, check in enumerate(matter.precheck):
        yield Entry(GUARD, check.id, check.title, check.when, ("precheck", place, "when"))
        yield Entry(CHECK, check.id, check.title, check.require, ("precheck", place, "require"))
    for place, need in enumerate(matter.materials):
        if need.need != "非必要":
            yield Entry(MATERIAL, need.id, need.title, need.when, ("materials", place, "when"))
            for number, waiver in enumerate(need.waive):
                yield Entry(WAIVER, need.id, need.title, waiver.when, ("materials", place, "waive", number, "when"))
    for place, step in enumerate(matter.route):
        yield Entry(STEP, step.id, step.title, step.when, ("route", place, "when"))
    for place, duty in enumerate(matter.after):
        yield Entry(DUTY, duty.title, duty.title, duty.when, ("after", place, "when"))
    for place, report in enumerate(matter.reports):
        yield Entry(DUTY, report.title, report.title, report.when, ("reports", place, "when"))
    yield from _form(matter)


def _form(matter: Matter) -> Iterator[Entry]:
    for place, group in enumerate(matter.groups):
        if group.when is not None:
            yield Entry(GROUP, group.id, group.title, group.when, ("groups", place, "when"))
        for number, field in enumerate(group.fields):
            if field.when is not None:
                path: Path = ("groups", place, "fields", number, "when")
                yield Entry(FIELD, field.id, field.title, field.when, path)


def replaced(matter: Matter, path: Path, value: Any) -> Matter:
    """The matter with another value at the path."""
    made: Matter = _put(matter, path, value)
    return made


def _put(node: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    head, *rest = path
    if isinstance(head, int):
        return (*node[:head], _put(node[head], tuple(rest), value), *node[head + 1 :])
    return msgspec.structs.replace(node, **{head: _put(getattr(node, head), tuple(rest), value)})
