"""A rule as an applicant reads it: whole words instead of signs, the choices of a code list, today's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.model.matter import Matter
from engine.model.rule import Rule
from engine.model.values import Json

_ORDERS = {"<": "小于", "<=": "不超过", ">": "大于", ">=": "不少于"}
_SPANS = {"add_years": "年", "add_months": "个月", "add_days": "天"}
_MOST_CHOICES = 16
OTHERWISE = "由填写和核对的内容决定"


class _Unsaid(Exception):
    """There are no plain words for this part."""


def plainly(rule: Rule, matter: Matter, day: str) -> str:
    """The condition in words on an ISO day; `OTHERWISE` where a part has no plain words."""
    try:
        return _Plain(matter, day).condition(rule.logic)
    except _Unsaid:
        return OTHERWISE


class _Plain:
    def __init__(self, matter: Matter, day: str) -> None:
        self._titles, self._codes, self._units = matter.titles, matter.codes, matter.units
        self._parameters = {one.id: one for one in matter.parameters}
        self._day = day
        self._rows = ""

    def condition(self, logic: Json) -> str:
        name, given = _one(logic)
        if name in ("and", "or"):
            parts = [self._inside(part, name) for part in given]
            return ("，并且" if name == "and" else "，或者").join(parts)
        if name == "!":
            return self._negated(given[0])
        if name in ("==", "!="):
            return self._equal(given[0], given[1], name == "==")
        if name in _ORDERS:
            return self._ordered(name, given)
        if name == "in":
            return self._membership(given[0], given[1], "")
        if name == "intersects":
            return f"{self._name(given[0])}含有{self._choices(given[1])}"
        if name == "unavailable":
            return f"查不到{self._name(given[0])}"
        if name == "empty":
            return f"没有填写{self._name(given[0])}"
        if name == "some":
            return self._some(given)
        raise _Unsaid

    def _inside(self, logic: Json, around: str) -> str:
        text = self.condition(logic)
        name, _ = _one(logic)
        return f"（{text}）" if name in ("and", "or") and name != around else text

    def _negated(self, inner: Json) -> str:
        name, given = _one(inner)
        if name == "in":
            return self._membership(given[0], given[1], "不")
        if name == "empty":
            return f"填写了{self._name(given[0])}"
        if name == "subset" and "var" in given[1] and not self._values(given[1]):
            return f"{self._name(given[0])}比{self._name(given[1])}多"
        if name == "subset":
            return f"{self._name(given[0])}有{self._listed(given[1])}以外的"
        raise _Unsaid

    def _equal(self, left: Json, right: Json, same: bool) -> str:
        if isinstance(right, dict) and "var" in right:
            return f"{self._name(left)}与{self._name(right)}{'相同' if same else '不同'}"
        return f"{self._name(left)}{'为' if same else '不为'}{self._literal(right)}"

    def _ordered(self, name: str, given: Any) -> str:
        left, right = given
        span = next((key for key in _SPANS if isinstance(left, dict) and key in left), "")
        if span and name in ("<", "<=") and right == {"var": "today"}:
            start, length = left[span]
            count = self._amount(length, "").partition(" ")[0]
            return f"自{self._name(start)}起已满 {count} {_SPANS[span]}"
        unit = self._units.get(left.get("var", ""), "") if isinstance(left, dict) else ""
        value = self._name(right) if self._is_name(right) else self._amount(right, unit)
        return f"{self._name(left)}{_ORDERS[name]}{value if self._is_name(right) else f' {value}'}"

    def _membership(self, needle: Json, hay: Json, negation: str) -> str:
        if isinstance(hay, list) or self._values(hay):
            return f"{self._name(needle)}{negation}是{self._choices(hay)}"
        what = self._literal(needle) if isinstance(needle, str) else self._name(needle)
        return f"{self._name(hay)}{negation}包含{what}"

    def _some(self, given: Any) -> str:
        rows, body = given
        text = self._name(rows)
        self._rows = str(rows["var"])
        found = self.condition(body)
        self._rows = ""
        return f"{text}里有{found}的"

    def _name(self, logic: Json) -> str:
        if not isinstance(logic, dict) or "var" not in logic:
            raise _Unsaid
        path = str(logic["var"])
        whole = f"{self._rows}.{path}" if self._rows else path
        title = self._titles.get(whole)
        if title is None:
            raise _Unsaid
        if self._rows:
            title = title.removeprefix(self._titles.get(self._rows, "")).strip(".")
        return title.replace("原证.", "原证照.", 1).replace(".", "的")

    def _is_name(self, logic: Json) -> bool:
        return isinstance(logic, dict) and "var" in logic and not str(logic["var"]).startswith("param.")

    def _values(self, logic: Json) -> tuple[str, ...]:
        path = str(logic.get("var", "")) if isinstance(logic, dict) else ""
        return self._codes.get(path.removeprefix("code."), ()) if path.startswith("code.") else ()

    def _choices(self, logic: Json) -> str:
        listed = self._listed(logic)
        return f"{listed}中的任何一项" if "”“" in listed else listed

    def _listed(self, logic: Json) -> str:
        values = tuple(map(str, logic)) if isinstance(logic, list) else self._values(logic)
        if not values or len(values) > _MOST_CHOICES:
            raise _Unsaid
        return "".join(f"“{one}”" for one in values)

    def _literal(self, value: Json) -> str:
        if isinstance(value, bool):
            return "“是”" if value else "“否”"
        return f"“{value}”" if isinstance(value, str) else f" {self._amount(value, '')}"

    def _amount(self, value: Json, unit: str) -> str:
        if isinstance(value, dict) and "dec" in value:
            value = value["dec"]
        if isinstance(value, dict) and str(value.get("var", "")).startswith("param."):
            parameter = self._parameters.get(str(value["var"]).removeprefix("param."))
            entries = [one for one in parameter.entries if one.since <= self._day] if parameter else []
            if not entries or parameter is None:
                raise _Unsaid
            value, unit = entries[-1].value, parameter.type.unit or unit
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise _Unsaid
        return f"{value} {unit}".strip()


def _one(logic: Json) -> tuple[str, Any]:
    if not isinstance(logic, Mapping) or len(logic) != 1:
        raise _Unsaid
    name, given = next(iter(logic.items()))
    return str(name), given
