"""A judgement taken apart: its atomic conditions, how 且, 或 and 非 join them, and what each gave in an evaluation.

Modified condition/decision coverage after Chilenski, DOT/FAA/AR-01/18: an atom has shown its independent effect when
two evaluations differ in it, the judgement differs, and in each of them it alone decides (what else differs is
masked).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.model.values import Json
from engine.rules.atoms import Run
from engine.rules.closures import BUDGET, build
from engine.rules.printer import by_titles
from engine.rules.reading import rows_of

Truth = bool | None
Vector = tuple[Truth, ...]
_JOINS = ("and", "or", "!")


@dataclass(frozen=True, slots=True)
class Join:
    """且, 或 or 非 over joins and positions of atoms."""

    name: str
    parts: tuple[Join | int, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """One atomic condition; for a quantifier, its rows and the judgement made of each."""

    text: str
    logic: Json
    run: Run
    rows: Run | None = None
    body: Judgement | None = None


@dataclass(slots=True)
class Judgement:
    """A rule's atoms, their join, and for each distinct vector of their values the first scene that gave it."""

    text: str
    atoms: tuple[Atom, ...]
    shape: Join | int
    seen: dict[Vector, str] = field(default_factory=dict)

    def record(self, frame: Any, scene: str) -> Truth:
        """Evaluate all atoms, none skipped, and keep what they gave; the judgement's own value."""
        vector = tuple(_truth(atom.run(frame)) for atom in self.atoms)
        self.seen.setdefault(vector, scene)
        for atom in self.atoms:
            if atom.body is not None and atom.rows is not None:
                rows = rows_of(atom.rows(frame))
                for row in rows if isinstance(rows, tuple) else ():
                    atom.body.record((row, frame, [BUDGET]), scene)
        return joined(self.shape, vector)

    def within(self) -> Iterator[Judgement]:
        """This judgement and those it makes of rows."""
        yield self
        for atom in self.atoms:
            if atom.body is not None:
                yield from atom.body.within()

    def fork(self) -> Judgement:
        """A copy that records on its own."""
        atoms = tuple(one if one.body is None else replace(one, body=one.body.fork()) for one in self.atoms)
        return Judgement(self.text, atoms, self.shape, dict(self.seen))

    def decided(self, place: int) -> frozenset[Truth]:
        """The values with which the atom at a place alone decided the judgement."""
        return frozenset(vector[place] for vector in self.seen if self._decides(vector, place)) - {None}

    def first(self, place: int, value: Truth) -> str:
        """The first scene in which the atom at a place had this value; "" for none."""
        return next((scene for vector, scene in self.seen.items() if vector[place] is value), "")

    def pair(self, place: int) -> tuple[str, str, bool] | None:
        """The scenes that show the atom's independent effect, true side first, and whether nothing else differed."""
        sides: dict[Truth, list[Vector]] = {True: [], False: []}
        for vector in self.seen:
            side = vector[place]
            if side is not None and self._decides(vector, place):
                sides[side].append(vector)
        masked: tuple[str, str, bool] | None = None
        for high in sides[True]:
            for low in sides[False]:
                if all(one is other or at == place for at, (one, other) in enumerate(zip(high, low, strict=True))):
                    return self.seen[high], self.seen[low], True
                masked = masked or (self.seen[high], self.seen[low], False)
        return masked

    def _decides(self, vector: Vector, place: int) -> bool:
        turned = tuple(not value if at == place else value for at, value in enumerate(vector))
        one, other = joined(self.shape, vector), joined(self.shape, turned)
        return one is not None and other is not None and one is not other


def take_apart(logic: Json, titles: Mapping[str, str], frames: tuple[str, ...] = ()) -> Judgement:
    """The judgement of a stored rule with the titles its atoms are told by."""
    atoms: list[Atom] = []
    shape = _shape(logic, titles, frames, atoms)
    return Judgement(by_titles(titles).within(frames, logic), tuple(atoms), shape)


def _shape(logic: Json, titles: Mapping[str, str], frames: tuple[str, ...], atoms: list[Atom]) -> Join | int:
    name, given = _node(logic)
    if name in _JOINS and not (name == "!" and _node(given[0])[0] not in (*_JOINS, "all", "some")):
        return Join(name, tuple(_shape(part, titles, frames, atoms) for part in given))
    text, run = by_titles(titles).within(frames, logic), build(logic, len(frames))
    if name in ("all", "some"):
        path = _absolute(given[0]["var"], frames)
        body = take_apart(given[1], titles, (*frames, path))
        atoms.append(Atom(text, logic, run, build(given[0], len(frames)), body))
    else:
        atoms.append(Atom(text, logic, run))
    return len(atoms) - 1


def _node(logic: Json) -> tuple[str, Any]:
    return next(iter(logic.items())) if isinstance(logic, dict) else ("", None)


def _absolute(path: str, frames: tuple[str, ...]) -> str:
    ups = 0
    while path.startswith("^."):
        path, ups = path[2:], ups + 1
    if ups >= len(frames):
        return path
    base = frames[-1 - ups]
    return f"{base}.{path}" if path else base


def _truth(value: Any) -> Truth:
    return value if value is True or value is False else None


def joined(shape: Join | int, vector: Vector) -> Truth:
    """The value of a join in three values; None is unknown."""
    if isinstance(shape, int):
        return vector[shape]
    values = [joined(part, vector) for part in shape.parts]
    if shape.name == "!":
        return None if values[0] is None else not values[0]
    stop = shape.name == "or"
    if stop in values:
        return stop
    return None if None in values else not stop
