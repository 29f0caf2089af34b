"""Linking the form: fields with their types, and the conditions under which they are seen."""

from __future__ import annotations

from typing import Any

from engine.matters import kinds, link_facts, tree
from engine.matters.linking import Linking
from engine.matters.names import CONTEXTS, fields
from engine.matters.yaml_reader import Map
from engine.model.form import Field, Group, Option
from engine.model.papers import SERVES, WAYS
from engine.model.rule import ALWAYS, Rule
from engine.model.types import Type
from engine.rules.kinds import comparable, element, of, words


def groups(linking: Linking) -> tuple[Group, ...]:
    """The groups of the form; afterwards the bench knows every field with its visibility condition."""
    _unique(linking)
    whens, own = _conditions(linking)
    for key, node in (linking.node.get("facts") or {}).items():
        condition = link_facts.when(linking, key, node)
        if condition is not None:
            linking.conditions[key] = whens[key] = condition
    linking.guard(whens)
    made = []
    for number, group in enumerate(linking.node["form"], start=1):
        made.append(
            Group(
                id=tree.text(group, "id", f"g{number}"),
                title=tree.text(group, "group"),
                fields=tuple(field(linking, one, own.get(tree.text(one, "id"))) for one in group["fields"]),
                when=own.get(f"group {number}"),
                help=tree.text(group, "help"),
            )
        )
    return tuple(made)


def _unique(linking: Linking) -> None:
    facts: Map = linking.node.get("facts") or Map(linking.node.mark)
    ids: dict[str, int] = {}
    titles: set[tuple[str, str]] = set()
    served: set[str] = set()
    for _, group, one in fields(linking.node):
        linking.problems += kinds.check(one, linking.reference.codes)
        id, title, mark = tree.text(one, "id"), tree.text(one, "title"), tree.place(one, "id")
        if id in ids:
            linking.add("M130", mark, f"字段 id {id} 重复，第 {ids[id]} 行已经用过。", "请改一个。")
        elif id in facts or id in CONTEXTS:
            linking.add("M130", mark, f"字段 id {id} 与事实或系统名称相同。", "请改一个。")
        if (group, title) in titles:
            linking.add("M131", tree.place(one, "title"), f"“{group}”里有两个“{title}”。", "请改一个标题。")
        ids.setdefault(id, mark.line)
        titles.add((group, title))
        _serves(linking, one, served)
    for key in facts:
        if key in CONTEXTS:
            linking.add("M130", tree.key_place(facts, key), f"事实 {key} 与系统名称相同。", "请改一个。")


def _serves(linking: Linking, node: Map, served: set[str]) -> None:
    """What serves the delivery is of a kind that can, and there once."""
    use = tree.text(node, "serves")
    if not use:
        return
    mark, title = tree.place(node, "serves"), tree.text(node, "title")
    if tree.text(node, "kind") not in SERVES[use]:
        linking.add("M115", mark, f"“{title}”不能用作{use}。", f"{use}的种类是{'或'.join(SERVES[use])}。")
    elif use == "领取方式":
        other = [one for one in kinds.type_of(node, linking.reference.codes).values if one not in WAYS]
        if other:
            linking.add("M115", mark, f"领取方式不能是“{other[0]}”。", f"可以用：{'、'.join(WAYS)}。")
    if use in served:
        linking.add("M115", mark, f"有两个字段用作{use}。", "请只留一个。")
    served.add(use)


def _conditions(linking: Linking) -> tuple[dict[str, Rule], dict[str, Rule]]:
    """The whole visibility condition of every conditional field, and each group's and field's own `when`."""
    whole: dict[str, Rule] = {}
    own: dict[str, Rule] = {}
    for number, group in enumerate(linking.node["form"], start=1):
        outer = _when(linking, group)
        if outer is not None:
            own[f"group {number}"] = outer
        for one in group["fields"]:
            inner = _when(linking, one)
            id = tree.text(one, "id")
            if inner is not None:
                own[id] = inner
            both = [rule for rule in (outer, inner) if rule is not None]
            if both:
                whole[id] = both[0] if len(both) == 1 else together(*both)
    return whole, own


def _when(linking: Linking, node: Map) -> Rule | None:
    rule = linking.rule(node, "when")
    return None if rule == ALWAYS else rule


def together(one: Rule, other: Rule) -> Rule:
    """Both conditions at once."""
    reads = tuple(sorted({*one.reads, *other.reads}))
    return Rule(f"({one.text}) 且 ({other.text})", {"and": [one.logic, other.logic]}, reads)


def field(linking: Linking, node: Map, when: Rule | None) -> Field:
    """One field of the form, or of a record, with its condition."""
    kind = tree.text(node, "kind")
    type = kinds.type_of(node, linking.reference.codes)
    return Field(
        id=tree.text(node, "id"),
        title=tree.text(node, "title"),
        kind=kind,
        type=type,
        required=tree.truth(node, "required", True),
        when=when,
        unit=type.unit,
        places=type.places,
        **{key: tree.text(node, key) for key in ("min", "max", "above", "below", "pattern", "pattern_hint")},
        options=_options(node, type.parts["district"].type.values if kind == "区街道" else type.values),
        columns=tuple(field(linking, one, None) for one in node.get("columns") or ()),
        help=tree.text(node, "help"),
        placeholder=tree.text(node, "placeholder"),
        prefill=_prefill(linking, node, type),
        locked=tree.truth(node, "locked"),
        sensitive=tree.truth(node, "sensitive", kinds.KINDS[kind].sensitive),
        text=tree.text(node, "text").strip(),
        default=tree.bare(node.get("default")),
        serves=tree.text(node, "serves"),
    )


def _prefill(linking: Linking, node: Map, type: Type) -> str:
    """The path an answer is taken from; its values must be such as the field takes."""
    if "prefill" not in node:
        return ""
    mark = tree.place(node, "prefill")
    found = linking.path(tree.text(node, "prefill"), mark)
    if found is None:
        return ""
    own = of(type)
    if found.kind.many != own.many or not comparable(element(found.kind), element(own)):
        what = f"预填来源是{words(found.kind)}，{node['title']}却是{words(own)}。"
        linking.add("M116", mark, what, "请改字段种类，或换一个来源。")
    return found.path


def _options(node: Map, values: tuple[str, ...]) -> tuple[Option, ...]:
    of: Any = node.get("of")
    notes = {}
    if isinstance(of, list):
        notes = {str(one["value"]): tree.text(one, "note") for one in of if isinstance(one, Map)}
    return tuple(Option(value, notes.get(value, "")) for value in values)
