"""Follows an evaluation node by node and words what each atom saw, needed and lacked."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine.model.trace import Trace
from engine.model.values import Json, Missing, Unavailable
from engine.rules import arithmetic
from engine.rules.atoms import Run
from engine.rules.closures import build
from engine.rules.gaps import NOTHING, Gap
from engine.rules.printer import by_titles
from engine.rules.reading import rows_of

PROTECTED = "（已保护）"
_STATES = {Missing.EMPTY: "未填写或来源答复为无", Missing.NOT_APPLICABLE: "不适用", Missing.PENDING: "待填"}
_SIGNS = {"==": "=", "!=": "≠", ">": ">", "<": "<", ">=": "≥", "<=": "≤"}
_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
_COMPARED = {**_SIGNS, "in": "属于", "intersects": "有交集", "subset": "全部属于", "matches": "匹配"}
_SHOWN_ROWS = 5


@dataclass(frozen=True, slots=True)
class Leaf:
    """One name an atom reads: absolute path, title and closure."""

    path: str
    title: str
    run: Run


@dataclass(frozen=True, slots=True)
class Plan:
    """What is needed to trace a node again and again: its text, closure, operands and parts."""

    name: str
    text: str
    run: Run
    operands: tuple[Plan, ...] = ()
    parts: tuple[Plan, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    negated: bool = False
    paths: tuple[str, ...] = ()
    words: str = ""  # of a literal
    sides: tuple[Plan, Plan, str] | None = None  # what is told as found, what as required, and the sign between


@functools.lru_cache(maxsize=4096)
def _touches(paths: tuple[str, ...], sensitive: frozenset[str]) -> bool:
    return any(
        path == kept or path.startswith(kept + ".") or kept.startswith(path + ".")
        for path in paths
        for kept in sensitive
    )


@dataclass(frozen=True, slots=True)
class Watch:
    """What a trace may show: sensitive paths, and units by path; a `brief` one only what made the result."""

    sensitive: frozenset[str]
    units: Mapping[str, str] = field(default_factory=dict)
    brief: bool = False

    def hides(self, plan: Plan) -> bool:
        """Whether any name of the node is sensitive or lies below a sensitive one."""
        return bool(self.sensitive) and bool(plan.paths) and _touches(plan.paths, self.sensitive)

    def unit(self, *plans: Plan) -> str:
        """The unit of the first name that has one."""
        if not self.units:
            return ""
        for plan in plans:
            for path in plan.paths:
                unit = self.units.get(path)
                if unit:
                    return unit
        return ""


def plan(logic: Json, titles: Mapping[str, str], frames: tuple[str, ...] = ()) -> Plan:
    """The plan of a stored rule with the titles its trace will use."""
    run = build(logic, len(frames))
    text = by_titles(titles).within(frames, logic)
    if not isinstance(logic, dict):
        return Plan("", text, run, words=in_words(run(None)))
    name, given = next(iter(logic.items()))
    if name == "!" and isinstance(given[0], dict) and next(iter(given[0])) in ("in", "empty", "unavailable"):
        inner = plan(given[0], titles, frames)
        return Plan(inner.name, text, run, inner.operands, (), inner.leaves, True, inner.paths, "", inner.sides)
    if name in ("and", "or", "!"):
        return Plan(name, text, run, parts=tuple(plan(part, titles, frames) for part in given))
    leaves = tuple(_leaves(logic, titles, frames))
    paths = tuple(leaf.path for leaf in leaves)
    if name in ("all", "some"):
        path = _absolute(given[0]["var"], frames)[0]
        rows, body = plan(given[0], titles, frames), plan(given[1], titles, (*frames, path))
        return Plan(name, text, run, (rows,), (body,), leaves, paths=paths)
    if name in ("var", "dec", "date"):
        return Plan(name, text, run, leaves=leaves, paths=paths)
    operands = tuple(plan(part, titles, frames) for part in given)
    return Plan(name, text, run, operands, (), leaves, paths=paths, sides=_sides(name, operands))


def _sides(name: str, operands: tuple[Plan, ...]) -> tuple[Plan, Plan, str] | None:
    """A literal is what is required, whichever side it stands on; None where there are no two sides to tell."""
    if not operands or name not in _COMPARED:
        return None
    first, second = operands[0], operands[-1]
    if name == "in" and second.name and not second.text.startswith("代码."):
        return second, first, "包含"
    if name in _SIGNS and not first.leaves and second.leaves:
        return second, first, _SIGNS[_TURNED.get(name, name)]
    return first, second, _COMPARED[name]


def _absolute(path: str, frames: tuple[str, ...]) -> tuple[str, int]:
    ups = 0
    while path.startswith("^."):
        path, ups = path[2:], ups + 1
    if ups < len(frames):
        base = frames[-1 - ups]
        return (f"{base}.{path}" if path else base), ups
    return path, ups


def _leaves(logic: Json, titles: Mapping[str, str], frames: tuple[str, ...]) -> list[Leaf]:
    if isinstance(logic, dict):
        name, given = next(iter(logic.items()))
        if name == "var":
            path, _ = _absolute(given, frames)
            return [Leaf(path, titles.get(path, path), build(logic, len(frames)))]
        if name in ("dec", "date"):
            return []
        if name in ("all", "some"):
            return _leaves(given[0], titles, frames)
        return [leaf for part in given for leaf in _leaves(part, titles, frames)]
    return []


def follow(plan: Plan, frame: Any, watch: Watch) -> Trace:
    """The trace of one evaluation of the plan."""
    return told(plan, frame, watch, plan.run(frame))


def told(plan: Plan, frame: Any, watch: Watch, result: Any) -> Trace:
    """The trace of the plan whose result in the frame is known already."""
    said = _said(result)
    if plan.parts:
        if plan.name in ("all", "some"):
            return _rows(plan, frame, watch, said)
        return Trace(plan.text, said, parts=tuple([_part(plan, part, frame, watch, said) for part in plan.parts]))
    if result is True or result is False:
        if not plan.name:
            return _always(plan.text, said)
        actual, required, gap = _seen(plan, frame, watch)
        path = plan.paths[0] if plan.paths else ""
        return Trace(plan.text, said, actual, required, gap, path=path)
    if result.__class__ in NOTHING:
        path, why = _why(plan, frame, result)
        actual, required, _ = ("", "", "") if watch.brief else _seen(plan, frame, watch)
        return Trace(plan.text, "unknown", actual, required, why=why, path=path)
    shown = PROTECTED if watch.hides(plan) else in_words(result, watch.unit(plan))
    return Trace(plan.text, shown, actual=shown, path=plan.leaves[0].path if plan.leaves else "")


def _part(plan: Plan, part: Plan, frame: Any, watch: Watch, said: str) -> Trace:
    result = part.run(frame)
    if watch.brief and plan.name != "!" and _said(result) != said:
        return Trace(part.text, _said(result))
    return told(part, frame, watch, result)


@functools.lru_cache(maxsize=64)
def _always(text: str, said: str) -> Trace:
    """The trace of a rule that is a truth itself."""
    return Trace(text, said)


def _said(result: Any) -> str:
    return "true" if result is True else "false" if result is False else "unknown"


def _rows(plan: Plan, frame: Any, watch: Watch, said: str) -> Trace:
    rows = rows_of(plan.operands[0].run(frame))
    if rows.__class__ is not tuple:
        path, why = _why(plan, frame, rows)
        return Trace(plan.text, said, why=why, path=path)
    wanted = "true" if plan.name == "some" and said == "true" else said
    parts: list[Trace] = []
    for number, row in enumerate(rows, 1):
        result = _said(plan.parts[0].run((row, frame, [10**6])))
        if result == wanted and (said != "true" or plan.name == "some"):
            trace = follow(plan.parts[0], (row, frame, [10**6]), watch)
            parts.append(_numbered(trace, number))
        if len(parts) >= _SHOWN_ROWS:
            break
    return Trace(plan.text, said, actual=f"{len(rows)} 行", path=plan.leaves[0].path, parts=tuple(parts))


def _numbered(trace: Trace, number: int) -> Trace:
    return Trace(
        f"第 {number} 行：{trace.text}", trace.result, trace.actual, trace.required, trace.gap, trace.why, trace.path,
        tuple(_numbered(part, number) for part in trace.parts),
    )  # fmt: skip


def in_words(value: Any, unit: str = "") -> str:
    """A value as a reader sees it."""
    if value.__class__ is str:
        return str(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, Decimal)):
        return arithmetic.plain(value) + (f" {unit}" if unit else "")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Missing):
        return _STATES[value]
    if isinstance(value, Unavailable):
        return "未取到"
    if isinstance(value, Gap):
        return "无法计算"
    if isinstance(value, tuple):
        if any(isinstance(item, Mapping) for item in value):
            return f"{len(value)} 行"
        return "、".join(in_words(item, unit) for item in value[:20]) + ("…" if len(value) > 20 else "") or "无"
    return "有内容" if isinstance(value, Mapping) else str(value)


def _seen(plan: Plan, frame: Any, watch: Watch) -> tuple[str, str, str]:
    if not plan.operands:
        return "", "", ""
    name = plan.name
    if name in ("empty", "unavailable"):
        first, required = plan.operands[0], "为空" if name == "empty" else "未取到"
        value = first.run(frame)
        actual = PROTECTED if watch.hides(first) and value.__class__ not in NOTHING else in_words(value)
        return actual, ("不为空" if name == "empty" else "已取到") if plan.negated else required, ""
    if plan.sides is None:
        shown = "、".join(in_words(one.run(frame)) for one in plan.operands)
        return PROTECTED if watch.hides(plan) else shown, "", ""
    first, second, sign = plan.sides
    left, right = first.run(frame), second.run(frame)
    unit = watch.unit(first, second) if name in _SIGNS else ""
    actual = PROTECTED if watch.hides(first) else in_words(left, unit)
    literal = second.words if not unit else ""
    required = literal or (PROTECTED if watch.hides(second) else in_words(right, unit))
    hidden = watch.hides(plan)
    return actual, f"{'不' if plan.negated else ''}{sign} {required}", "" if hidden else _gap(left, right, unit)


def _gap(left: Any, right: Any, unit: str) -> str:
    if left.__class__ is str:
        return ""
    if left.__class__ is right.__class__ is date and left != right:
        return f"{'晚' if left > right else '早'} {abs((left - right).days)} 天"
    numbers = (int, Decimal)
    if left.__class__ not in numbers or right.__class__ not in numbers or left == right:
        return ""
    distance = arithmetic.difference([left, right])
    if distance.__class__ in NOTHING:
        return ""
    return f"{'多' if distance > 0 else '少'} {in_words(abs(distance), unit)}"


def _why(plan: Plan, frame: Any, result: Any) -> tuple[str, str]:
    for leaf in plan.leaves:
        value = leaf.run(frame)
        if isinstance(value, tuple):
            value = next((item for item in value if item.__class__ in NOTHING), value)
        if value.__class__ in NOTHING:
            return leaf.path, reason(leaf.title, value)
    path = plan.leaves[0].path if plan.leaves else ""
    return path, result.reason if isinstance(result, Gap) else reason(plan.text, result)


def reason(title: str, value: Any) -> str:
    """Why a name has no value, in words: its state, or which source, since when and why not."""
    if isinstance(value, Unavailable):
        since = f"自 {value.since} 起" if value.since else ""
        detail = f"：{value.reason}" if value.reason else ""
        return f"{title}（来源 {value.source}）{since}未取到{detail}"
    return f"{title}：{value.reason}" if isinstance(value, Gap) else f"{title}{_STATES.get(value, '没有值')}"
