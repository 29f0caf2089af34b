"""What the stages make of the rules, as formulas: results of checks, the decide table, the outcome of the whole.

Where a formula is not exact it permits more than the engine does (the authority to act is taken as given), so a proof
holds; an example is judged again.
"""

from __future__ import annotations

from itertools import groupby

from engine.model.matter import Check, Row
from engine.rules.solver.bits import Bit, Tri, both, either, opposite
from engine.rules.solver.model import Model
from engine.rules.solver.symbols import HAS, Record, Scalar

STOPPING = ("当场更正", "改办", "建议不予受理")
_HINT = "提示"
_REAL_NAME = 2


class Outcomes:
    """The verdict on an application of the model's matter."""

    def __init__(self, model: Model) -> None:
        self.model, matter = model, model.matter
        self.rows = {row.id: model.tri(row.when) for row in matter.decide}
        self.guards = {check.id: model.tri(check.when) for check in matter.precheck}
        self.requires = {check.id: model.tri(check.require) for check in matter.precheck}
        self.reached: dict[str, Bit] = {}
        self.chosen: dict[str, Bit] = {}
        self._table(matter.decide)
        self.undecided = opposite(either(*self.chosen.values()))
        barring = [check for check in matter.precheck if check.on_fail != _HINT]
        self.barred = either(*(either(self.failed(check), self.unknown(check)) for check in barring))
        self.stopped = either(*(self.failed(check) for check in matter.precheck if check.on_fail in STOPPING))
        self.filed = both(opposite(self.stopped), self._handed_in())
        instant = [self.chosen[row.id] for row in matter.decide if row.outcome == "秒批"]
        self.instant = both(either(*instant), opposite(self.barred), self.filed, self._verified())
        self.manual = both(opposite(self.stopped), opposite(self.instant))
        parts = {"instant": Scalar("bool", HAS, self.instant), "manual": Scalar("bool", HAS, self.manual)}
        model.names.heads["outcome"] = Record(HAS, dict(parts))

    def failed(self, check: Check) -> Bit:
        """When a check applies and is not met."""
        return both(self.guards[check.id].true, self.requires[check.id].false)

    def unknown(self, check: Check) -> Bit:
        """When a check could not be verified."""
        return either(self.guards[check.id].unknown, both(self.guards[check.id].true, self.requires[check.id].unknown))

    def passed(self, check: Check) -> Bit:
        """When a check applies and is met."""
        return both(self.guards[check.id].true, self.requires[check.id].true)

    def clear(self, check: Check) -> Bit:
        """When a check does not stand in the way: it is met, or does not apply."""
        return opposite(either(self.failed(check), self.unknown(check)))

    def _table(self, rows: tuple[Row, ...]) -> None:
        open_: Bit = True
        for unique, group in groupby(rows, key=lambda row: row.unique):
            for together in [tuple(group)] if unique else [(row,) for row in group]:
                judged: list[Tri] = [self.rows[row.id] for row in together]
                for row, own in zip(together, judged, strict=True):
                    rivals = [one.false for one in judged if one is not own]
                    self.reached[row.id] = open_
                    self.chosen[row.id] = both(open_, own.true, *rivals)
                open_ = both(open_, *(one.false for one in judged))

    def _handed_in(self) -> Bit:
        """Every demanded material that is not waived is handed in, as far as a rule asks for it."""
        material = self.model.names.heads.get("material")
        parts = material.parts if isinstance(material, Record) else {}
        needs = []
        for need in self.model.matter.materials:
            part = parts.get(need.id)
            if need.need != "非必要" and isinstance(part, Scalar):
                waived = [self.model.tri(waiver.when).true for waiver in need.waive]
                needs.append(either(part.term, self.model.tri(need.when).false, *waived))
        return both(*needs)

    def _verified(self) -> Bit:
        level = self.model.encoder.value({"var": "applicant.level"})
        return level.term >= _REAL_NAME if isinstance(level, Scalar) and level.kind == "number" else True
