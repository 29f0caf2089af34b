"""An application found by the solver, in ids and stored values; texts the rules leave open are made up to fit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import z3

from engine.model.checkdigits import id_check_character, uscc_check_character
from engine.model.values import Json, Missing
from engine.rules.arithmetic import plain
from engine.rules.solver.bits import Bit, both, either, formula
from engine.rules.solver.constants import declared
from engine.rules.solver.names import MatterNames
from engine.rules.solver.symbols import Listing, Record, Scalar, Symbol, scaled
from engine.rules.solver.texts import MADE_UP

UNAVAILABLE = "unavailable"
_SIGNS = "甲乙丙丁戊己庚辛壬癸"


class Example(msgspec.Struct, frozen=True):
    """An application: stored answers by field id; facts by key (a record, rows, Missing.EMPTY or "unavailable");
    the applicant by code, name, kind, level, authority, agent; the certificate acted on by part id, None when there
    is none; the materials handed in by id; what second parties said by id."""

    answers: dict[str, Json] = {}
    facts: dict[str, Any] = {}
    applicant: dict[str, Json] = {}
    original: dict[str, Json] | None = None
    materials: tuple[str, ...] = ()
    confirmations: dict[str, bool] = {}


class _Open(msgspec.Struct, frozen=True):
    """The place of a text that is not known yet."""

    id: int


class Reading:
    """Reads an example out of a model of the solver."""

    def __init__(self, names: MatterNames, model: z3.ModelRef) -> None:
        self._names, self._model, self._texts = names, model, names.free.texts
        self._kinds: dict[int, str] = {}
        self._hints = _hints(names)

    def example(self) -> Example:
        """The application of the model."""
        names, heads = self._names, self._names.heads
        told = {key: self._value(heads[key], field.kind) for key, field in names.fields.items()}
        answers = {key: value for key, value in told.items() if value is not None}
        facts = {key: self._fact(heads[key]) for key in names.facts}
        applicant = self._value(heads["applicant"], "") if "applicant" in heads else {}
        original = self._value(heads["original"], "") if "original" in heads else None
        material = self._value(heads["material"], "") if "material" in heads else {}
        words = self._words()
        return Example(
            answers=_filled(answers, words),
            facts=_filled(facts, words),
            applicant=_filled(applicant, words),
            original=_filled(original, words),
            materials=tuple(key for key, given in material.items() if given),
            confirmations=self._value(heads["confirm"], "") if "confirm" in heads else {},
        )

    def _fact(self, symbol: Symbol) -> Any:
        if self.holds(symbol.state.away):
            return UNAVAILABLE
        found = self._value(symbol, "")
        return Missing.EMPTY if found is None or found == [] else found

    def holds(self, bit: Bit) -> bool:
        """Whether a bit is true in the model."""
        return bit if isinstance(bit, bool) else z3.is_true(self._model.eval(bit, model_completion=True))

    def number(self, term: Any) -> int:
        """The integer of a term in the model."""
        if isinstance(term, int):
            return term
        return int(self._model.eval(term, model_completion=True).as_long())

    def _value(self, symbol: Symbol, kind: str) -> Any:
        if not self.holds(symbol.state.has):
            return None
        if isinstance(symbol, Record):
            found = {key: self._value(part, self._hints.get(key, "")) for key, part in symbol.parts.items()}
            return {key: value for key, value in found.items() if value is not None}
        if isinstance(symbol, Listing):
            return [self._value(slot.item, "") for slot in symbol.slots if self.holds(slot.present)]
        if symbol.kind == "bool":
            return self.holds(symbol.term)
        number = self.number(symbol.term)
        if symbol.kind == "number":
            return number if symbol.places == 0 else plain(Decimal(number).scaleb(-symbol.places))
        if symbol.kind == "date":
            return date.fromordinal(number).isoformat()
        if (word := self._texts.word(number)) is not None:
            return word
        if _RANK.get(kind, 0) >= _RANK.get(self._kinds.get(number, ""), 0):
            self._kinds[number] = kind
        return _Open(number)

    def _words(self) -> dict[int, str]:
        """A text for every integer that stands for none yet; one that must contain others is put together of them."""
        parts: dict[int, list[int]] = {}
        for name, terms, made in self._texts.asked.values():
            if name == "包含" and self.holds(made):
                needle, hay = (self.number(term) for term in terms)
                parts.setdefault(hay, []).append(needle)
        words: dict[int, str] = {}

        def word(id: int, trail: tuple[int, ...] = ()) -> str:
            known = self._texts.word(id)
            if known is not None:
                return known
            if id not in words:
                base = _made_up(self._kinds.get(id, ""), len(words))
                inner = [word(one, (*trail, id)) for one in parts.get(id, ()) if one not in (id, *trail)]
                words[id] = base + "".join(inner)
            return words[id]

        for id in self._kinds:
            word(id)
        return words


_RANK = {"统一社会信用代码": 4, "身份证号": 3, "电话": 2, "": 0}


def _hints(names: MatterNames) -> dict[str, str]:
    """Which kind of number a part holds, by its id."""
    own = "身份证号" if names.matter.applicant == ("自然人",) else "统一社会信用代码"
    return {"id_no": "身份证号", "phone": "电话", "code": own, "holder_code": own}


def _fresh(symbol: Symbol, names: MatterNames) -> list[Bit]:
    """That an open text is none of the known ones, and of its own kind: texts of two kinds are then not the same."""
    if not isinstance(symbol, Scalar) or not symbol.open:
        return []
    label = str(symbol.term)
    field = names.fields.get(label)
    kind = field.kind if field is not None else _hints(names).get(label.rpartition(".")[2], "")
    start = MADE_UP * (1 + _RANK.get(kind, 0))
    return [both(symbol.term >= start, symbol.term < start + MADE_UP)]


def _made_up(kind: str, number: int) -> str:
    if kind == "统一社会信用代码":
        first = f"91310000{number:09d}"
        return first + uscc_check_character(first)
    if kind == "身份证号":
        first = f"31010119900101{number % 1000:03d}"
        return first + id_check_character(first)
    if kind == "电话":
        return f"1380000{number % 10000:04d}"
    return f"示例{_SIGNS[number // 100 % 10]}{_SIGNS[number // 10 % 10]}{_SIGNS[number % 10]}"


def _filled(value: Any, words: dict[int, str]) -> Any:
    if isinstance(value, _Open):
        return words[value.id]
    if isinstance(value, dict):
        return {key: _filled(one, words) for key, one in value.items()}
    return [_filled(one, words) for one in value] if isinstance(value, list) else value


def likeness(names: MatterNames, near: Example) -> list[z3.BoolRef]:
    """What would make the application like another, one condition per value."""
    bits: list[Bit] = []
    texts = names.free.texts
    for key, field in names.fields.items():
        bits += _same(names.heads[key], declared(field.type, near.answers.get(key), texts), names)
    for key, need in names.facts.items():
        value = near.facts.get(key, UNAVAILABLE)
        if value == UNAVAILABLE:
            bits.append(names.heads[key].state.away)
        elif value is Missing.EMPTY:
            bits.append(either(names.heads[key].state.blank, _none(names.heads[key])))
        else:
            bits += _same(names.heads[key], declared(need.type, value, texts), names)
    for head, given in (("applicant", near.applicant), ("original", near.original)):
        if head in names.heads:
            bits += _same(names.heads[head], declared(names.names[head].type, given, texts), names)
    material = names.heads.get("material")
    if isinstance(material, Record):
        for key, part in material.parts.items():
            if isinstance(part, Scalar):
                bits.append(part.term == (key in near.materials))
    return [formula(bit) for bit in (*bits, *_no_signs(names)) if not isinstance(bit, bool)]


def _no_signs(names: MatterNames) -> list[Bit]:
    risk = names.heads.get("risk")
    return [part.state.blank for part in risk.parts.values()] if isinstance(risk, Record) else []


def plainness(names: MatterNames) -> list[z3.BoolRef]:
    """What makes an application look ordinary where there is none to be like: values there, days today."""
    heads = [names.heads[key] for key in (*names.fields, *names.facts, "applicant", "original") if key in names.heads]
    return [formula(bit) for head in heads for bit in _plain(head, names) if not isinstance(bit, bool)]


def _plain(symbol: Symbol, names: MatterNames) -> list[Bit]:
    if isinstance(symbol, Record):
        return [symbol.state.has, *(bit for part in symbol.parts.values() for bit in _plain(part, names))]
    if isinstance(symbol, Scalar) and symbol.kind == "date":
        return [symbol.state.has, symbol.term == names.day.toordinal()]
    if isinstance(symbol, Listing):
        return [symbol.state.has, *(bit for slot in symbol.slots for bit in _cells(slot.item, names))]
    return [symbol.state.has, *_fresh(symbol, names)]


def _cells(symbol: Symbol, names: MatterNames) -> list[Bit]:
    return _plain(symbol, names) if isinstance(symbol, Record) or (isinstance(symbol, Scalar) and symbol.open) else []


def _none(symbol: Symbol) -> Bit:
    return both(symbol.state.has, symbol.none) if isinstance(symbol, Listing) else False


def _same(symbol: Symbol, value: Symbol, names: MatterNames) -> list[Bit]:
    state = symbol.state
    fresh = _fresh(symbol, names)
    if value.state.has is not True:
        return [either(state.blank, state.hidden), *fresh]
    if isinstance(symbol, Record) and isinstance(value, Record):
        below = [bit for key, part in symbol.parts.items() for bit in _same(part, value.parts[key], names)]
        return [state.has, *below]
    if isinstance(symbol, Listing) and isinstance(value, Listing):
        return [both(state.has, *_items(symbol, value, names))]
    if isinstance(symbol, Scalar) and isinstance(value, Scalar) and symbol.kind == value.kind:
        # Whether there is a value, and which, are two likenesses: one may hold without the other.
        if symbol.kind == "number":
            places = max(symbol.places, value.places)
            return [state.has, scaled(symbol, places) == scaled(value, places)]
        # A text that cannot be the same is rather a new one than some other word of the matter.
        return [state.has, symbol.term == value.term, *(either(symbol.term == value.term, bit) for bit in fresh)]
    return []


def _items(symbol: Listing, value: Listing, names: MatterNames) -> list[Bit]:
    first = symbol.slots[0].item if symbol.slots else None
    if isinstance(first, Scalar) and isinstance(first.term, int):
        wanted = [one.item.term for one in value.slots if isinstance(one.item, Scalar)]
        return [
            slot.present == (slot.item.term in wanted) for slot in symbol.slots if isinstance(slot.item, Scalar)
        ]
    bits: list[Bit] = []
    for place, slot in enumerate(symbol.slots):
        bits.append(slot.present == (place < len(value.slots)))
        if place < len(value.slots):
            bits += _same(slot.item, value.slots[place].item, names)
    return bits
