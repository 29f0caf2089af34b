"""Linking the annexes of a certificate: tables that the register keeps with it and its file prints."""

from __future__ import annotations

from collections.abc import Mapping

from engine.matters import tree
from engine.matters.linking import Linking
from engine.matters.reference import CertificateType
from engine.matters.yaml_reader import Map, Seq
from engine.model.certificate import Annex
from engine.model.rule import Rule
from engine.rules import kinds


def annexes(linking: Linking, node: Map, kind: CertificateType, items: Mapping[str, Rule]) -> tuple[Annex, ...]:
    """The annexes in order; `items` are the rules of what the register keeps of this certificate."""
    kept = {
        str(rule.logic["var"]): id
        for id, rule in items.items()
        if isinstance(rule.logic, dict) and "var" in rule.logic
    }
    made = [_annex(linking, one, kind, kept) for one in node.get("annexes") or ()]
    return tuple(one for one in made if one is not None)


def _annex(linking: Linking, node: Map, kind: CertificateType, kept: Mapping[str, str]) -> Annex | None:
    name, mark = tree.text(node, "of"), tree.place(node, "of")
    found = linking.path(name, mark)
    if found is None:
        return None
    if found.kind.kind != "row":
        linking.add("M195", mark, f"{name}不是表格。", "请写表单里的表格，或者 原证.登记的表格。")
        return None
    item = kept.get(found.path, "")
    if item not in kind.item:
        id = found.path.rpartition(".")[2]
        advice = f"请在 rules/certificates.yaml 的 {kind.id} 里登记 {id}: {{kind: 表格, columns: …}}。"
        linking.add("M195", mark, f"附表取自{name}，{kind.title}却没有登记它。", advice)
        return None
    columns: dict[str, str] = {}
    written: Seq = node["columns"]
    registered = kinds.of(kind.item[item].type)
    for one, place in zip(written, written.item_at, strict=True):
        below = kinds.step(registered, str(one))
        if below is None:
            advice = tree.near(str(one), [*registered.parts, *(part.title for part in registered.parts.values())])
            linking.add("M195", place, f"登记的{kind.item[item].title}没有列 {one}。", advice)
        else:
            columns[below[0]] = registered.parts[below[0]].title
    return Annex(tree.text(node, "title"), item, columns)


def kept_columns(kind: CertificateType) -> dict[str, tuple[str, ...]]:
    """The columns the register keeps of each item that is a table."""
    return {id: tuple(part.type.parts) for id, part in kind.item.items() if part.type.kind == "rows"}
