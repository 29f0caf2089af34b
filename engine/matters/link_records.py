"""Linking the records that staff fill in at a step, and who may read them: only what comes later."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.matters import kinds, link_form, tree
from engine.matters.linking import Linking
from engine.matters.reading import reads
from engine.matters.yaml_reader import Map, Mark
from engine.model.form import Field, RecordForm
from engine.model.matter import Matter
from engine.model.route import Step
from engine.model.rule import ALWAYS, Rule

STEP = "step"
_NO_RECORD = ("窗口", "审批")  # acceptance and decision are acts of their own, with documents of their own
_EARLY = (
    "groups", "facts", "materials", "precheck", "decide", "never", "authority_rules", "unique", "archive_by",
    "archive_called", "acts_on",
)  # fmt: skip


def record(linking: Linking, node: Map) -> RecordForm | None:
    """The record of a step; None where it has only a title or none."""
    written = node.get("record")
    if not isinstance(written, Map):
        return None
    if tree.text(node, "role") in _NO_RECORD:
        what = f"“{node['title']}”由{node['role']}办理，受理和决定各有文书，不填记录表。"
        linking.add("M211", tree.place(node, "record"), what, "请把记录表写在核查、审查或评审的环节。")
    seen: dict[str, str] = {}
    for one in written["fields"]:
        linking.problems += kinds.check(one, linking.reference.codes)
        for key, code in (("id", "M130"), ("title", "M131")):
            text = tree.text(one, key)
            if seen.get(f"{key} {text}"):
                linking.add(code, tree.place(one, key), f"记录表里有两个“{text}”。", "请改一个。")
            seen[f"{key} {text}"] = text
    fields = tuple(link_form.field(linking, one, _when(linking, one)) for one in written["fields"])
    return RecordForm(tree.text(written, "title"), fields)


def _when(linking: Linking, node: Map) -> Rule | None:
    rule = linking.rule(node, "when")
    return None if rule == ALWAYS else rule


def sensitive(step: Step) -> Iterator[str]:
    """The paths of what is sensitive in the record of a step."""
    for field in step.form.fields if step.form is not None else ():
        yield from (f"{STEP}.{step.id}.{path}" for path in _sensitive(field))


def _sensitive(field: Field) -> Iterator[str]:
    if field.sensitive:
        yield field.id
    if field.kind == "人员":
        yield from (f"{field.id}.id_no", f"{field.id}.phone")
    for column in field.columns:
        if column.sensitive or column.kind == "人员":
            yield f"{field.id}.{column.id}"


def check(linking: Linking, matter: Matter) -> Iterator[Problem]:
    """M210 for everything that reads a record before it is filled in."""
    if linking.scope.at("step") is None:  # no step has a record
        return
    for section in _EARLY:
        for path, mark in _reads_of(linking, getattr(matter, section), _section(linking, section)):
            yield _early(linking, path, mark, "表单、材料、预审、裁决在办理环节之前")
    known: set[str] = set()
    for step, written in zip(matter.route, linking.node.get("route") or (), strict=True):
        own = {step.id} if step.form is not None else set[str]()
        inside = step.form.fields if step.form is not None else ()
        for rules, allowed in (((step.when, step.auto), known), (inside, known | own)):
            for path, mark in _reads_of(linking, rules, written.mark):
                if path.split(".")[1:2] and path.split(".")[1] not in allowed:
                    yield _early(linking, path, mark, f"“{step.title}”在它之前")
        known |= own if step.experts is None else set()  # every expert has one of their own


def _early(linking: Linking, path: str, mark: Mark, why: str) -> Problem:
    title = linking.scope.title_of(path)
    advice = "记录表只有后面的环节、照面、有效期和后续核查可以用。"
    return tree.at("M210", mark, f"{title}这时还没有填写：{why}。", advice)


def _reads_of(linking: Linking, value: object, otherwise: Mark) -> Iterator[tuple[str, Mark]]:
    """The paths of records that a frozen value reads, each with the place of the rule that reads it."""
    if isinstance(value, Rule):
        mark = linking.place_of(value)
        yield from ((path, mark if mark.line else otherwise) for path in value.reads if _of_step(path))
        return
    inside = list(_rules(value))
    told: set[str] = set()
    for rule in inside:
        for path, mark in _reads_of(linking, rule, otherwise):
            told.add(path)
            yield path, mark
    rest = dict.fromkeys(path for path in reads(value) if _of_step(path) and path not in told)
    yield from ((path, otherwise) for path in rest)


def _rules(value: object) -> Iterator[Rule]:
    if isinstance(value, Rule):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _rules(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _rules(one)
    elif hasattr(value, "__struct_fields__"):
        for name in value.__struct_fields__:
            yield from _rules(getattr(value, name))


def _of_step(path: str) -> bool:
    return path.partition(".")[0] == STEP


def _section(linking: Linking, section: str) -> Mark:
    key = {"groups": "form", "authority_rules": "authority", "archive_by": "archive", "archive_called": "archive"}
    return tree.place(linking.node, key.get(section, section))
