"""How alike two cases of one matter are, explained: what decides a case is compared, weighed by how many rules ask for
it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from engine.model.case import Case, Finding
from engine.model.matter import Matter
from engine.model.types import Type
from engine.model.values import Json

SAME, NEAR, DIFFERENT = "相同", "相近", "不同"
_TEXT, _LEFT_OUT = Type("text"), frozenset({"text", "record", "missing"})
_FINDINGS = "findings"
_YEAR = 365
_NEAR = 0.9
_HIDDEN = "（已保护）"


class Likeness(msgspec.Struct, frozen=True):
    """One thing that was compared: `weight` is the number of rules that ask for it, `degree` 0–1 how alike it is.

    `state`: 相同 | 相近 | 不同; `here` and `there` are both values in words.
    """

    path: str
    title: str
    weight: int
    degree: float
    state: str
    here: str
    there: str


class Compared(msgspec.Struct, frozen=True):
    """Two cases compared: `percent` 0–100 and what it is made of, the weightiest first."""

    percent: int
    parts: tuple[Likeness, ...]

    @property
    def differing(self) -> tuple[Likeness, ...]:
        """What is not the same."""
        return tuple(one for one in self.parts if one.state != SAME)


def weights(matter: Matter) -> dict[str, int]:
    """How many checks and decide rows read each path that tells cases apart.

    Free text is left out: names and addresses differ between any two applicants, and what the rules make of them is in
    the findings.
    """
    counted: Counter[str] = Counter()
    for check in matter.precheck:
        counted.update({*check.require.reads, *check.when.reads})
    for row in matter.decide:
        counted.update(set(row.when.reads))
    types = _types(matter)
    return {path: times for path, times in counted.items() if types.get(path, _TEXT).kind not in _LEFT_OUT}


def _types(matter: Matter) -> dict[str, Type]:
    """The types of the paths of answers, facts and the certificate acted on, two levels deep."""
    roots = {field.id: field.type for field in matter.fields()} | {need.key: need.type for need in matter.facts}
    known = dict(roots)
    for root, type in roots.items():
        known |= {f"{root}.{name}": part.type for name, part in type.parts.items()}
    items = matter.acts_on.items if matter.acts_on is not None else {}
    return known | {f"original.{name}": type for name, type in items.items()}


def compare_cases(matter: Matter, weighed: Mapping[str, int], here: Case, there: Case) -> Compared:
    """How alike two cases are, over `weighed` (see `weights`); what neither of them has is left out."""
    parts = [*_parts(matter, weighed, here, there), _findings(here, there)]
    total = sum(one.weight for one in parts)
    reached = sum(one.weight * one.degree for one in parts)
    parts.sort(key=lambda one: (-one.weight, one.path))
    return Compared(round(100 * reached / total) if total else 0, tuple(parts))


def _parts(matter: Matter, weighed: Mapping[str, int], here: Case, there: Case) -> Iterator[Likeness]:
    hidden = {field.id for field in matter.fields() if field.sensitive or field.kind in ("身份证号", "电话", "人员")}
    hidden |= {path.partition(".")[0] for path in matter.sensitive}
    titles = {field.id: field.title for field in matter.fields()} | {need.key: need.title for need in matter.facts}
    for path, weight in weighed.items():
        ours, theirs = _at(here, path), _at(there, path)
        if ours is None and theirs is None:
            continue
        degree = _degree(ours, theirs)
        state = SAME if degree == 1 else NEAR if degree >= _NEAR else DIFFERENT
        root, _, part = path.partition(".")
        title = matter.titles.get(path) or "".join((titles.get(root, root), f".{part}" if part else ""))
        words = (_HIDDEN, _HIDDEN) if root in hidden else (_words(ours), _words(theirs))
        yield Likeness(path, title, weight, degree, state, *words)


def _findings(here: Case, there: Case) -> Likeness:
    """What the pre-check found, which counts as much as three rules."""
    ours, theirs = ({one.title or one.check for one in _open(case)} for case in (here, there))
    degree = _overlap(ours, theirs)
    state = SAME if degree == 1 else NEAR if degree >= _NEAR else DIFFERENT
    texts = ("、".join(sorted(found)) or "全部通过" for found in (ours, theirs))
    return Likeness(_FINDINGS, "没有通过或未能核验的核对", 3, degree, state, *texts)


def _open(case: Case) -> Iterator[Finding]:
    findings = case.assessment.findings if case.assessment is not None else ()
    return (one for one in findings if one.result in ("failed", "unknown"))


def _at(case: Case, path: str) -> Json:
    root, *rest = path.split(".")
    value: Json = case.answers.get(root)
    if root in case.facts:
        value = case.facts[root].value if case.facts[root].state == "value" else None
    for part in rest:
        value = value.get(part) if isinstance(value, Mapping) else None
    return None if value in ("", [], {}) else value


def _degree(ours: Json, theirs: Json) -> float:
    if ours is None or theirs is None:
        return 0.0
    if ours == theirs:
        return 1.0
    if isinstance(ours, list | tuple) and isinstance(theirs, list | tuple):
        if any(isinstance(one, Mapping) for one in (*ours, *theirs)):
            return _close(Decimal(len(ours)), Decimal(len(theirs)))
        return _overlap({str(one) for one in ours}, {str(one) for one in theirs})
    numbers = _number(ours), _number(theirs)
    if numbers[0] is not None and numbers[1] is not None:
        return _close(numbers[0], numbers[1])
    days = _day(ours), _day(theirs)
    if days[0] is not None and days[1] is not None:
        return max(0.0, 1 - abs((days[0] - days[1]).days) / _YEAR)
    return 0.0


def _close(one: Decimal, other: Decimal) -> float:
    """1 for equal numbers, 0 for those of opposite sign or with nothing in common."""
    most = max(abs(one), abs(other))
    return max(0.0, float(1 - abs(one - other) / most)) if most else 1.0


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def _number(value: Json) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _day(value: Json) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _words(value: Json) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return f"{len(value)} 行" if any(isinstance(one, Mapping) for one in value) else "、".join(map(str, value))
    if isinstance(value, Mapping):
        return " ".join(str(one) for one in value.values() if one not in (None, "")) or "—"
    return str(value)
