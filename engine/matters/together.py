"""Several change matters in one (一并办理): the effective tree of a matter that says `together:` is put together here.

The form first asks 办理内容. What all parts say stands as it is; what only some say stands under the condition that
one of them is chosen. What two parts say differently under one id is kept apart where that can be, and told where not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.errors import Problem
from engine.matters import together_decision, tree
from engine.matters.together_parts import Part, Parts
from engine.matters.yaml_reader import Map, Seq

KEY, MADE_OF, FIELD, ASKED = "together", "made_of", "together", "办理内容"
_DERIVED = ("authority", "acts_on", "form", "decide", "route", "certificate")
_AGREED = ("authority", "acts_on", "law_at", "fees", "documents", "publish", "push", "archive", "instant", "sign")
_LISTS = ("basis", "conditions", "questions", "unique", "watch", "confirm")
_GUARDED = {"materials": "id", "precheck": "id", "countersign": "id", "after": "check"}


def composed(node: Map, parts: Mapping[str, Map]) -> tuple[Map, tuple[Problem, ...]]:
    """The tree of a matter with `together:`, made of the opened trees of its parts by id; what is wrong with it."""
    made_of = tuple(Part(id, one, tree.text(one, "title")) for id, one in parts.items())
    found = Parts(node, tree.place(node, KEY), made_of, settled=_settled(node))
    for key in _DERIVED:
        if key in node:
            what = f"一并办理的事项不写 {key}，由所含事项得出。"
            found.problems.append(tree.at("M215", tree.key_place(node, key), what, "请删去。"))
    made = Map(node.mark, node.flow)
    for key, value in node.items():
        if key == KEY:
            key, value = MADE_OF, _texts(found, parts)
        made.put(key, value, node.key_at.get(key, found.mark), node.value_at.get(key, found.mark))
    _check_settled(found)
    _agree(found, made)
    for key in _LISTS:
        _put(found, made, key, _union(found, key))
    _put(found, made, "limit", node.get("limit") or together_decision.limit(found))
    _put(found, made, "facts", _facts(found))
    _put(found, made, "form", _form(found))
    for key, id in _GUARDED.items():
        _put(found, made, key, _guarded(found, key, id))
    _put(found, made, "never", together_decision.never(found))
    _put(found, made, "decide", together_decision.decide(found))
    _put(found, made, "route", together_decision.route(found))
    _put(found, made, "certificate", together_decision.certificate(found))
    return made, tuple(found.problems)


def ids_of(node: Map) -> tuple[str, ...]:
    """The ids of the parts that a matter names, as written."""
    return tuple(str(one["matter"] if isinstance(one, Map) else one) for one in node.get(KEY) or ())


def _settled(node: Map) -> dict[str, tuple[str, ...]]:
    """Which checks of the others a part settles when it is chosen, by part."""
    return {str(one["matter"]): tree.texts(one, "settles") for one in node.get(KEY) or () if isinstance(one, Map)}


def _check_settled(parts: Parts) -> None:
    known = {str(one["id"]) for part in parts.parts for one in part.node.get("precheck") or ()}
    for id, checks in parts.settled.items():
        for check in checks:
            if check not in known:
                what = f"{id} 的 settles 写了不存在的核对 {check}。"
                parts.problems.append(tree.at("M215", parts.mark, what, tree.near(check, known)))


def _put(parts: Parts, made: Map, key: str, value: Any) -> None:
    if value:
        made.put(key, value, made.key_at.get(key, parts.mark), made.value_at.get(key, parts.mark))


def _agree(parts: Parts, made: Map) -> None:
    for key in _AGREED:
        if key in made and key not in _DERIVED:
            continue
        said = [one.node.get(key) for one in parts.parts]
        if any(one != said[0] for one in said[1:]):
            advice = "一并办理的事项须办理同一类证、归同一机关。" if key in _DERIVED else f"请在这里写明 {key}:。"
            parts.problems.append(tree.at("M215", parts.mark, f"所含事项的 {key} 不一致。", advice))
        _put(parts, made, key, said[0])


def _union(parts: Parts, key: str) -> Seq:
    made = Seq(parts.mark)
    own = [parts.node] if key in parts.node else []
    for node in (*own, *(one.node for one in parts.parts)):
        items = node.get(key)
        for place, item in enumerate(items or ()):
            if item not in made:
                made.add(item, items.item_at[place] if isinstance(items, Seq) else parts.mark)
    return made


def _facts(parts: Parts) -> Map:
    made = Map(parts.mark)
    for one in parts.parts:
        facts: Map = one.node.get("facts") or Map(parts.mark)
        for key, fact in facts.items():
            if key in made and made[key] != fact:
                parts.clash("事实", key)
            made.put(key, fact, facts.key_at[key], facts.value_at[key])
    return made


def _form(parts: Parts) -> Seq:
    """The question what is to be done, and the groups of the parts: one of a title, its fields once."""
    made = Seq(parts.mark)
    made.add(_asking(parts), parts.mark)
    groups: dict[str, Map] = {}
    for one in parts.parts:
        place = 1
        for group in one.node["form"]:
            title = tree.text(group, "group")
            if title not in groups:
                groups[title] = _copied(group, {"fields": Seq(parts.mark), "id": f"g{len(groups) + 1}"})
                made.insert(place, groups[title])
                made.item_at.insert(place, group.mark)
            elif any(groups[title].get(key) != group.get(key) for key in ("when", "help")):
                parts.clash("字段组", title)
            place = next(n for n, known in enumerate(made) if known is groups[title]) + 1
            _fields(parts, groups[title]["fields"], group["fields"])
    for group in groups.values():
        fields: Seq = group["fields"]
        for place, field in enumerate(fields):
            fields[place] = parts.under(field, "when", _of_field(tree.text(field, "id"), tree.text(group, "group")))
    return made


def _fields(parts: Parts, made: Seq, fields: Seq) -> None:
    place = 0
    for field in fields:
        known = next((one for one in made if one["id"] == field["id"]), None)
        if known is None:
            made.insert(place, field)
            made.item_at.insert(place, field.mark)
        elif known != field:
            parts.clash("字段", str(field["id"]))
        place = next(n for n, one in enumerate(made) if one["id"] == field["id"]) + 1


def _of_field(id: str, title: str) -> Callable[[Part], bool]:
    def has(part: Part) -> bool:
        return any(
            one["id"] == id for group in part.node["form"] if group["group"] == title for one in group["fields"]
        )

    return has


def _texts(parts: Parts, texts: Iterable[str]) -> Seq:
    made = Seq(parts.mark)
    for one in texts:
        made.add(one, parts.mark)
    return made


def _asking(parts: Parts) -> Map:
    of, fields = _texts(parts, (one.title for one in parts.parts)), Seq(parts.mark)
    field = parts.made({"id": FIELD, "title": ASKED, "kind": "多选", "of": of, "min": 1,
                        "help": "可以选几项，一次提交、一并决定，换发一张证照。"})  # fmt: skip
    fields.add(field, parts.mark)
    return parts.made({"group": ASKED, "id": "chosen", "fields": fields})


def _guarded(parts: Parts, section: str, key: str) -> Seq:
    """The items of all parts: equal ones once, under the parts that have them; another of the same id under its own."""
    made, held = Seq(parts.mark), list[tuple[Any, list[str]]]()
    for one in parts.parts:
        for item in one.node.get(section) or ():
            same = next((ids for known, ids in held if known == item), None)
            if same is None:
                held.append((item, [one.id]))
            else:
                same.append(one.id)
    taken: dict[str, int] = {}
    for item, ids in held:
        name = tree.text(item, key)
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > 1:
            item = _copied(item, {key: f"{name}_{taken[name]}" if key == "id" else f"{name}（{taken[name]}）"})
            if section in ("materials", "countersign"):
                item = _copied(item, {"title": f"{item['title']}（{parts.title_of(ids[0])}）"})
        guard = "required" if section == "countersign" else "when"
        if section == "materials" and tree.text(item, "need") == "必要" and not parts.all(ids):
            item = _copied(item, {"need": "情形必要"})
        kept = parts.under(item, guard, _among(ids))
        settling = parts.settling(name, ids) if section == "precheck" else ""
        made.add(_copied(kept, {"when": parts.both(settling, kept.get("when"))}) if settling else kept, item.mark)
    return made


def _among(ids: list[str]) -> Callable[[Part], bool]:
    return lambda part: part.id in ids


def _copied(node: Map, changes: Mapping[str, Any]) -> Map:
    made = Map(node.mark, node.flow)
    for key, value in (*node.items(), *((key, one) for key, one in changes.items() if key not in node)):
        mark = node.value_at.get(key, node.mark)
        made.put(key, changes.get(key, value), node.key_at.get(key, node.mark), mark)
    return made
