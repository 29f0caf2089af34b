"""Linking what a batch is made of."""

from __future__ import annotations

from engine.matters import tree
from engine.matters.link_certificate import kind_of
from engine.matters.linking import Linking
from engine.matters.yaml_reader import Map
from engine.model.batch import OF_CERTIFICATES, Batch

_FOR = {OF_CERTIFICATES: ("type", "where"), "行": ("table", "as")}
_ALSO = {OF_CERTIFICATES: (), "行": ("verify",)}


def batch(linking: Linking) -> Batch | None:
    """The certificates a batch is made of and what they are found by, or the list and the matter of its rows."""
    node: Map | None = linking.node.get("batch")
    if node is None:
        return None
    of = tree.text(node, "of")
    if not _fits(linking, node, of):
        return None
    return _certificates(linking, node) if of == OF_CERTIFICATES else _rows(linking, node)


def _fits(linking: Linking, node: Map, of: str) -> bool:
    """Whether what it is made of is said with the keys for that."""
    code = "M206" if of == OF_CERTIFICATES else "M216"
    lacking = [key for key in _FOR[of] if key not in node]
    for key in lacking:
        linking.add(code, node.mark, f"of: {of} 的批量没有写 {key}。", "请补上。")
    for key in node:
        if key not in ("of", *_FOR[of], *_ALSO[of]):
            linking.add(code, tree.key_place(node, key), f"of: {of} 的批量不写 {key}。", "请删去。")
    return not lacking


def _certificates(linking: Linking, node: Map) -> Batch:
    kind = kind_of(linking, node)
    items = kind.item if kind is not None else {}
    known = {"区": "district", "状态": "status", "有效期止": "valid_to"} | {
        part.title: id for id, part in items.items() if part.type.kind in ("enum", "multi", "text")
    }
    for title, mark in zip(node["where"], node["where"].item_at, strict=True):
        if str(title) not in known:
            advice = tree.near(str(title), known)
            linking.add("M206", mark, f"不能按“{title}”筛选证照。", advice)
    where = tuple(known[title] for title in tree.texts(node, "where") if title in known)
    return Batch(OF_CERTIFICATES, type=tree.text(node, "type"), where=where)


def _rows(linking: Linking, node: Map) -> Batch:
    child = tree.text(node, "as")
    if child not in linking.matters or child == tree.text(linking.node, "matter"):
        advice = tree.near(child, linking.matters) or "请检查 matters/ 里的文件名。"
        linking.add("M216", tree.place(node, "as"), f"没有可以逐行办理的事项 {child}。", advice)
    return Batch("行", table=tree.text(node, "table"), child=child, verify=int(node.get("verify") or 20))
