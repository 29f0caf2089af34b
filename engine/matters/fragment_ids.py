"""The ids inside an opened fragment: listing, choosing and prefixing them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from engine.matters.yaml_reader import Map, Seq


def ids(items: Seq) -> tuple[str, ...]:
    """The ids of the items, and of the fields inside groups; a group also goes by its title."""
    found: list[str] = []
    for item in items:
        if isinstance(item, Map):
            found += [str(item[key]) for key in ("id", "step", "group") if key in item]
            found += ids(item["fields"]) if isinstance(item.get("fields"), Seq) else ()
    return tuple(found)


def kept(items: Seq, wanted: Collection[str]) -> Seq:
    """The items whose id is wanted; a group keeps the wanted ones of its fields."""
    left = Seq(items.mark)
    for item, mark in zip(items, items.item_at, strict=True):
        if not isinstance(item, Map):
            continue
        if any(item.get(key) in wanted for key in ("id", "step", "group")):
            left.add(item, mark)
        elif isinstance(item.get("fields"), Seq):
            fields = kept(item["fields"], wanted)
            if fields:
                left.add(_replaced(item, "fields", fields), mark)
    return left


def _replaced(node: Map, key: str, value: Any) -> Map:
    made = Map(node.mark, node.flow)
    for name, old in node.items():
        made.put(name, value if name == key else old, node.key_at[name], node.value_at[name])
    return made


def prefixed(items: Seq, prefix: str, own: tuple[str, ...]) -> Seq:
    """The items with the prefix before their ids, and before references among them (`not_same_as`, `results`)."""
    made = Seq(items.mark)
    for item, mark in zip(items, items.item_at, strict=True):
        made.add(_prefixed_item(item, prefix, own) if isinstance(item, Map) else item, mark)
    return made


def _prefixed_item(item: Map, prefix: str, own: tuple[str, ...]) -> Map:
    made = item
    for key in ("id", "step"):
        if key in item:
            made = _replaced(made, key, f"{prefix}{item[key]}")
    if "table" in item:  # the ids stand inside the table's text
        made = _replaced(made, "as", "")
        made.put("as", f"{prefix}{item.get('as', '')}", item.mark, item.mark)
    if isinstance(item.get("fields"), Seq):
        fields: Seq = item["fields"]
        if "group" in item:
            made = _replaced(made, "fields", prefixed(fields, prefix, own))
        else:
            made = _replaced(made, "fields", _renamed(fields, prefix, own))
    if isinstance(item.get("not_same_as"), Seq):
        made = _replaced(made, "not_same_as", _renamed(item["not_same_as"], prefix, own))
    if isinstance(item.get("results"), Map):
        results = Map(item["results"].mark)
        for key, value in item["results"].items():
            kept = item["results"]
            results.put(key, f"{prefix}{value}" if value in own else value, kept.key_at[key], kept.value_at[key])
        made = _replaced(made, "results", results)
    return made


def _renamed(names: Seq, prefix: str, own: tuple[str, ...]) -> Seq:
    made = Seq(names.mark)
    for name, mark in zip(names, names.item_at, strict=True):
        made.add(f"{prefix}{name}" if name in own else name, mark)
    return made
