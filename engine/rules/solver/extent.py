"""How many rows of a list the rules of a matter count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.model.matter import Matter
from engine.rules import inventory

_COMPARED = ("==", "!=", ">", ">=", "<", "<=")


def rows_wanted(matter: Matter) -> int:
    """One row more than the largest number that a count is compared with, at least what the form demands."""
    rules = [*(entry.rule for entry in inventory.entries(matter)), *matter.never]
    counted = [number + 1 for rule in rules for number in _counted(rule.logic)]
    demanded = [int(field.min) for field in matter.fields() if field.kind == "表格" and field.min]
    return max([0, *counted, *demanded])


def _counted(logic: Any) -> Iterator[int]:
    if isinstance(logic, list):
        for part in logic:
            yield from _counted(part)
    elif isinstance(logic, dict):
        name, given = next(iter(logic.items()))
        if name in _COMPARED and any(isinstance(side, dict) and "count" in side for side in given):
            yield from (side for side in given if isinstance(side, int) and not isinstance(side, bool))
        elif name not in ("var", "dec", "date"):
            yield from _counted(given)
