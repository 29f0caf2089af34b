"""The names of a matter as symbols: what each path may hold when an application is judged as submitted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from engine.model.form import Field
from engine.model.matter import Matter
from engine.model.rule import Rule
from engine.model.types import Type
from engine.rules.scope import Scope
from engine.rules.solver.bits import Bit, Tri, both, either, opposite
from engine.rules.solver.constants import constant, in_force
from engine.rules.solver.free import Free
from engine.rules.solver.symbols import HAS, NOTHING, Listing, Record, Scalar, State, Symbol, walk

_LEVELS = 3
_CERTAIN = ("number", "status", "face")  # parts of a certificate that are never blank
_DAYS = ("valid_from", "valid_to", "issued_on")  # turned into days wherever a certificate is read
_BOUNDS = (("min", ">="), ("max", "<="), ("above", ">"), ("below", "<"))
_RECORDS = ("人员", "区街道")


class MatterNames:
    """Symbols by path, made when first read. `judge` encodes a visibility condition."""

    def __init__(self, matter: Matter, scope: Scope, day: date, free: Free) -> None:
        self.matter, self.day, self.free = matter, day, free
        self.judge: Callable[[Rule], Tri] = lambda rule: Tri(False, False)
        self.fields = {field.id: field for field in matter.fields()}
        self.facts = {need.key: need for need in matter.facts}
        self.names = {name.path: name for name in scope.names}
        self.heads: dict[str, Symbol] = {}
        self._fixed: dict[tuple[str, ...], Symbol] = {}

    def at(self, path: tuple[str, ...]) -> Symbol:
        """What a path of ids holds."""
        head = path[0]
        if head in ("code", "param"):
            key = path[:2]
            if key not in self._fixed:
                self._fixed[key] = self._constant(head, path[1])
            return walk(self._fixed[key], path[2:])
        if head not in self.heads:
            self.heads[head] = self._made(head)
        return walk(self.heads[head], path[1:])

    def everything(self) -> None:
        """Make every symbol an application consists of."""
        for head in (*self.fields, *self.facts, "applicant", "material", "original", "confirm"):
            if head in self.fields or head in self.names:
                self.at((head,))

    def _constant(self, head: str, key: str) -> Symbol:
        texts = self.free.texts
        if head == "code":
            return constant(self.matter.codes[key], texts) if key in self.matter.codes else NOTHING
        parameter = next((one for one in self.matter.parameters if one.id == key), None)
        return in_force(parameter, self.day, texts) if parameter is not None else NOTHING

    def _made(self, head: str) -> Symbol:
        if head in ("today", "accepted_on"):
            return constant(self.day, self.free.texts)
        if head == "calendar":
            return Record(HAS, {})
        if head in self.fields:
            return self._field(self.fields[head])
        name = self.names.get(head)
        if name is None:
            parts = {path.partition(".")[2]: one for path, one in self.names.items() if path.startswith(f"{head}.")}
            return Record(HAS, {key: self.free.symbol(f"{head}.{key}", one.type) for key, one in parts.items()})
        if head in self.facts:
            states = ("has", "away") if name.type.kind == "rows" else ("has", "blank", "away")
            state = self.free.state(head, states)
            if name.guard is not None:
                unasked = self.judge(name.guard).false
                asked = State(opposite(unasked), hidden=unasked)
                state = asked.then(state)
            return self.free.symbol(head, name.type, state)
        if head == "applicant":
            return self._applicant(name.type)
        if head == "original":
            return self._original(name.type)
        return self.free.symbol(head, name.type, HAS, ("has",) if head == "material" else ("has", "blank"))

    def _field(self, field: Field) -> Symbol:
        shown: Bit = True
        name = self.names.get(field.id)
        if name is not None and name.guard is not None:
            shown = opposite(self.judge(name.guard).false)
        answered = True if field.required else self.free.state(field.id, ("has", "blank")).has
        state = State(both(shown, answered), both(shown, opposite(answered)), opposite(shown))
        parts = ("has",) if field.required and field.kind in _RECORDS else ("has", "blank")
        made = self.free.symbol(field.id, field.type, state, parts)
        self._bounds(field, made)
        return made

    def _bounds(self, field: Field, made: Symbol) -> None:
        if isinstance(made, Scalar):
            self._single(field, made, made.state.has)
        elif isinstance(made, Listing):
            self.free.at_least_one(made)
            if field.kind == "表格" and field.min:
                there = [slot.present for slot in made.slots[: int(field.min)]]
                self.free.assume(either(opposite(made.state.has), both(*there)))
            for slot in made.slots:
                for column in field.columns:
                    if isinstance(slot.item, Record) and column.id in slot.item.parts:
                        self._cell(column, slot.item.parts[column.id], both(made.state.has, slot.present))

    def _cell(self, column: Field, cell: Symbol, there: Bit) -> None:
        if column.required:
            self.free.assume(either(opposite(there), cell.state.has))
        if isinstance(cell, Listing):
            self.free.at_least_one(cell)
        elif isinstance(cell, Scalar):
            self._single(column, cell, both(there, cell.state.has))

    def _single(self, field: Field, made: Scalar, has: Bit) -> None:
        given = opposite(has)
        if field.kind == "承诺":
            self.free.assume(either(given, made.term))
        elif field.kind == "统一社会信用代码":
            self.free.assume(either(given, self.free.texts.says("信用代码有效", made.term)))
        elif field.kind == "身份证号":
            self.free.assume(either(given, self.free.texts.says("身份证有效", made.term)))
        elif made.kind == "date":
            for text, sign in ((field.min, ">="), (field.max, "<=")):
                if text:
                    bound = self.day if text == "今天" else date.fromisoformat(text)
                    self.free.assume(either(given, _ordered(made.term, sign, bound.toordinal())))
        elif made.kind == "number":
            for key, sign in _BOUNDS:
                if getattr(field, key):
                    limit = Decimal(getattr(field, key)).scaleb(made.places)
                    whole, low = int(limit), int(limit // 1)
                    edge = whole if limit == whole else low + (sign in (">=", "<"))
                    self.free.assume(either(given, _ordered(made.term, sign, edge)))

    def _applicant(self, type_: Type) -> Symbol:
        made = self.free.symbol("applicant", type_, HAS, ("has",))
        assert isinstance(made, Record)
        level = made.parts["level"]
        if isinstance(level, Scalar):
            self.free.assume(level.term >= 0, level.term <= _LEVELS)
        return made

    def _original(self, type_: Type) -> Symbol:
        made = self.free.symbol("original", type_, self.free.state("original", ("has", "blank")))
        assert isinstance(made, Record)
        parts = dict(made.parts)
        for key in _CERTAIN:
            parts[key] = self.free.symbol(f"original.{key}", type_.parts[key].type)
        for key, part in type_.parts.items():
            if part.type.kind in ("number", "date") and key not in _DAYS:
                # The register keeps what an answer was: it may not be of the kind that is now declared.
                state = self.free.state(f"original.{key}", ("has", "blank", "gap"))
                parts[key] = self.free.symbol(f"original.{key}", part.type, state)
        return Record(made.state, parts)


def _ordered(term: Bit, sign: str, bound: int) -> Bit:
    if sign in (">=", ">"):
        return term >= bound if sign == ">=" else term > bound
    return term <= bound if sign == "<=" else term < bound
