"""Linking what a second party has to confirm, and who may read it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.matters import tree
from engine.matters.linking import Linking
from engine.matters.yaml_reader import Map
from engine.model.confirming import Countersign
from engine.model.matter import Matter

CONFIRM = "confirm"


def countersign(linking: Linking) -> tuple[Countersign, ...]:
    """The confirmations in order."""
    seen: set[str] = set()
    return tuple(_one(linking, node, seen) for node in linking.node.get("countersign") or ())


def _one(linking: Linking, node: Map, seen: set[str]) -> Countersign:
    id, title = tree.text(node, "id"), tree.text(node, "title")
    for key, text in (("id", id), ("title", title)):
        if text in seen:
            linking.add("M130", tree.place(node, key), f"对方确认里 {text} 用了两次。", "请改一个。")
    seen |= {id, title}
    fields = {name.path for name in linking.scope.names if name.path not in _beside(linking)}
    of = linking.paths(node, "of")
    for path in of:
        if path not in fields:
            what = f"{linking.scope.title_of(path)}不是表单里的字段，对方看不到。"
            linking.add("M213", tree.place(node, "of"), what, "请只列表单里的字段。")
    return Countersign(id, title, _by(linking, node, fields), of, tree.text(node, "text").strip(),
                       linking.rule(node, "required"))  # fmt: skip


def _by(linking: Linking, node: Map, fields: set[str]) -> str:
    found, mark = linking.path(tree.text(node, "by"), tree.place(node, "by")), tree.place(node, "by")
    if found is None:
        return ""
    head = found.path.partition(".")[0]
    facts = linking.node.get("facts") or {}
    if found.kind.kind != "text" or found.kind.many or (head not in fields and head not in facts):
        what = f"{node['by']}给不出对方的代码。"
        linking.add("M213", mark, what, "请写表单里的统一社会信用代码、身份证号，或事实里的代码。")
    elif head in fields and "." not in found.path and found.path not in linking.paths(node, "of"):
        what = f"对方看不到“{node['by']}”，确认就没有与它绑定。"
        linking.add("M213", mark, what, f"请把 {node['by']} 写进 of。")
    return found.path


def _beside(linking: Linking) -> set[str]:
    """The names that are not fields of the form."""
    own = {tree.text(one, "id") for group in linking.node["form"] for one in group["fields"]}
    return {name.path for name in linking.scope.names} - own


def check(linking: Linking, matter: Matter) -> Iterator[Problem]:
    """A confirmation is given of a form that is filled in: nothing of the form, nor another one, may hang on it."""
    for group, written in zip(matter.groups, linking.node["form"], strict=True):
        for rule, node in ((group.when, written), *zip((f.when for f in group.fields), written["fields"], strict=True)):
            if rule is not None and any(path.split(".")[0] == CONFIRM for path in rule.reads):
                what = "表单的可见条件读了对方的确认。"
                yield tree.at("M213", tree.place(node, "when"), what, "对方确认的是填好的表单：请改用填写的内容。")
    for sign, node in zip(matter.countersign, linking.node.get("countersign") or (), strict=True):
        if any(path.split(".")[0] == CONFIRM for path in sign.required.reads):
            what = f"“{sign.title}”要不要确认，不能由确认决定。"
            yield tree.at("M213", tree.place(node, "required"), what, "请改用填写的内容。")
