"""Limits, decision, route and certificate of a matter that is put together of several."""

from __future__ import annotations

from typing import Any

from engine.matters import tree
from engine.matters.together_parts import Part, Parts
from engine.matters.yaml_reader import Map, Seq

_UNKNOWN_YET = "待业务确认"


def limit(parts: Parts) -> Map:
    """The longest of all limits; what is not a number of days must be the same."""
    limits: list[Map] = [one.node["limit"] for one in parts.parts]
    made = Map(parts.mark)
    for key in dict.fromkeys(key for one in limits for key in one):
        said = [one[key] for one in limits if key in one]
        if key == "stops":
            value: Any = Seq(parts.mark)
            for ground in dict.fromkeys(ground for one in said for ground in one):
                value.add(ground, parts.mark)
        elif key == "promised":
            value = _promised(parts, said)
        else:
            value = max(said, key=_days)
            if any(_without_days(one) != _without_days(value) for one in said):
                parts.clash("时限", key)
        made.put(key, value, parts.mark, parts.mark)
    return made


def _promised(parts: Parts, said: list[Map]) -> Map:
    made = Map(parts.mark)
    for way in dict.fromkeys(way for one in said for way in one):
        days = [one[way] for one in said if way in one]
        made.put(way, _UNKNOWN_YET if _UNKNOWN_YET in days else max(days), parts.mark, parts.mark)
    return made


def _days(limit: Any) -> int:
    days = limit.get("days") if isinstance(limit, dict) else limit
    return days if isinstance(days, int) else (0 if days == "当场" else 10**6)


def _without_days(limit: Any) -> Any:
    return {key: one for key, one in limit.items() if key != "days"} if isinstance(limit, dict) else None


def never(parts: Parts) -> Seq:
    """What may never happen: said by all as it stands, by some where one of them is chosen."""
    made, held = Seq(parts.mark), dict[str, list[str]]()
    for one in parts.parts:
        for rule in one.node.get("never") or ():
            held.setdefault(parts.text(rule), []).append(one.id)
    for rule, ids in held.items():
        made.add(rule if parts.all(ids) else f"{parts.chosen(ids)} 且 ({rule})", parts.mark)
    return made


def decide(parts: Parts) -> Seq:
    """One instant row that holds where that of every chosen part does; what sends a part to people comes first."""
    made, first, asked = Seq(parts.mark), list[Map](), dict[str, list[list[str]]]()
    commitment, last = False, Map(parts.mark)
    for one in parts.parts:
        rows = [row for row in one.node["decide"] if "table" not in row]
        if len(rows) != len(one.node["decide"]):
            parts.clash("决策表", one.id)
        *before, last = rows
        instant = [row for row in before if row.get("outcome") == "秒批"]
        guard = parts.chosen([one.id])
        for row in before:
            if row not in instant:
                first.append(parts.made({**row, "id": f"{one.id}_{row['id']}",
                                         "when": parts.both(guard, row["when"])}))  # fmt: skip
        asked[guard] = [conjuncts(parts.text(row["when"])) for row in instant]
        commitment = commitment or any(tree.truth(row, "commitment") for row in instant)
    for row in first:
        made.add(row, parts.mark)
    if any(asked.values()):
        content = {"id": "instant", "when": "\n且 ".join(_instant(asked)), "outcome": "秒批",
                   "commitment": commitment, "reason": "所选各项都符合当场办理的条件。"}  # fmt: skip
        made.add(parts.made(content), parts.mark)
    made.add(last, parts.mark)
    return made


def _instant(asked: dict[str, list[list[str]]]) -> list[str]:
    """The conditions of the instant row: what every part asks once, then of each part the rest, where it is chosen."""
    rows = list(asked.values())
    single = all(len(one) == 1 for one in rows)
    common = [text for text in rows[0][0] if all(text in one[0] for one in rows)] if single else []
    found = list(common)
    for guard, ways in asked.items():
        rest = [" 且 ".join(text for text in way if text not in common) or "总是" for way in ways]
        if "总是" not in rest:
            whens = " 或 ".join(f"({text})" for text in rest)
            found.append(f"(非 ({guard}) 或 {whens})" if ways else f"非 ({guard})")
    return found


def conjuncts(text: str) -> list[str]:
    """The conditions of a rule text that all have to hold, each as it is written."""
    pieces, depth, start, quoted = list[str](), 0, 0, False
    for place, sign in enumerate(text):
        if sign == '"' and (place == 0 or text[place - 1] != "\\"):
            quoted = not quoted
        if quoted:
            continue
        depth += (sign in "([「") - (sign in ")]」")
        if depth == 0 and sign in "且或" and _alone(text, place):
            if sign == "或":
                return [f"({text.strip()})"]
            pieces.append(text[start:place])
            start = place + 1
    pieces = [one.strip() for one in (*pieces, text[start:])]
    return [inner for one in pieces for inner in (conjuncts(one[1:-1]) if _wrapped(one) else [one])]


def _alone(text: str, place: int) -> bool:
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return not before.strip(" \n)」]\"") and not after.strip(" \n(「\"")


def _wrapped(text: str) -> bool:
    """Whether one pair of brackets encloses the whole text, and nothing in it is joined by 或."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and place < len(text) - 1:
            return False
    return True


def route(parts: Parts) -> Seq:
    """The steps of all parts in order: one that only some have, where one of them is chosen."""
    made = Seq(parts.mark)
    for one in parts.parts:
        place = 0
        for step in one.node.get("route") or ():
            known = next((n for n, other in enumerate(made) if other["step"] == step["step"]), None)
            if known is None:
                made.insert(place, step)
                made.item_at.insert(place, step.mark)
            else:
                made[known] = _step(parts, made[known], step)
            place = next(n for n, other in enumerate(made) if other["step"] == step["step"]) + 1
    for n, step in enumerate(made):
        made[n] = _when_of(parts, step)
    return made


def _step(parts: Parts, one: Map, other: Map) -> Map:
    """One step of two parts: the longer limit, the more people, all who are barred; the rest must be the same."""
    content: dict[str, Any] = {**one}
    for key, value in other.items():
        if key in ("within", "staff"):
            content[key] = max(content.get(key, value), value)
        elif key == "not_same_as":
            content[key] = list(dict.fromkeys((*content.get(key, ()), *value)))
        elif key not in ("when", "step") and content.setdefault(key, value) != value:
            parts.clash("环节", str(one["step"]))
    return parts.made(content)


def _when_of(parts: Parts, step: Map) -> Map:
    """The step under the parts that have it, each with its own condition."""
    ways, plain = [], list[Part]()
    for one in parts.parts:
        own = next((other for other in one.node.get("route") or () if other["step"] == step["step"]), None)
        if own is None:
            continue
        if "when" in own:
            ways.append(f"({parts.both(parts.chosen([one.id]), own['when'])})")
        else:
            plain.append(one)
    if len(plain) == len(parts.parts):
        return step
    if plain:
        ways.insert(0, parts.chosen([one.id for one in plain]))
    return parts.made({**step, "when": " 或 ".join(ways)})


def certificate(parts: Parts) -> Map | None:
    """One new version: what the parts say alike, and the lines and items of those that are chosen."""
    said = [one.node["certificate"] for one in parts.parts if isinstance(one.node.get("certificate"), Map)]
    if len(said) < len(parts.parts) or any("certificates" in one.node for one in parts.parts):
        parts.clash("证照", "certificate")
        return None
    lines = ("lines", "item")
    rest = [{key: value for key, value in one.items() if key not in lines} for one in said]
    if any(one != rest[0] for one in rest[1:]):
        parts.clash("证照", "certificate")
    also = Seq(parts.mark)
    for part, one in zip(parts.parts, said, strict=True):
        own = {key: one[key] for key in lines if key in one}
        if own:
            also.add(parts.made({"when": parts.chosen([part.id]), **own}), parts.mark)
    return parts.made({**rest[0], "also": also})
