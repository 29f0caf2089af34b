"""What a half-filled form need not ask yet: fields and materials that hang on an answer still to come.

The rules show and demand what they cannot decide. That is right at submission; while the answer that decides is
simply not given yet, asking for everything it may entail would bury the applicant.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.model.form import MaterialNeed
from engine.model.matter import Matter
from engine.model.rule import Rule
from engine.model.values import Missing, Value, value_at
from engine.rules.evaluator import test


def undecided(rule: Rule, names: Mapping[str, Value]) -> bool:
    """Whether a rule is unknown because something it reads has not been answered yet."""
    if test(rule, names) in (True, False):
        return False
    return any(value_at(path, names) is Missing.PENDING for path in rule.reads)


def waiting_fields(matter: Matter, names: Mapping[str, Value]) -> frozenset[str]:
    """The fields whose condition hangs on an answer still to come."""
    found = set()
    for group in matter.groups:
        group_waits = group.when is not None and undecided(group.when, names)
        for field in group.fields:
            if group_waits or (field.when is not None and undecided(field.when, names)):
                found.add(field.id)
    return frozenset(found)


def waiting_materials(matter: Matter, names: Mapping[str, Value]) -> frozenset[str]:
    """The materials of which it is not decided yet whether they are needed or waived."""
    return frozenset(need.id for need in matter.materials if _waits(need, names))


def _waits(need: MaterialNeed, names: Mapping[str, Value]) -> bool:
    return undecided(need.when, names) or any(undecided(waiver.when, names) for waiver in need.waive)
