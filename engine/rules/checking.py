"""What the checks of single operators need of the checker that runs them."""

from __future__ import annotations

from typing import Protocol

from engine.model.values import Json
from engine.rules.kinds import ANY, Kind
from engine.rules.naming import Naming
from engine.rules.nodes import Node
from engine.rules.problems import Notebook

Typed = tuple[Json, Kind]


class Checking(Protocol):
    """A compilation under way: its notes, its names, and a way to check a part."""

    notes: Notebook
    naming: Naming
    beside: str

    def pair(self, left: Node, right: Node, depth: int) -> tuple[Typed, Typed]:
        """Two sides of a comparison, each read by the other's kind where it is a literal or a bare word."""
        ...

    def condition(self, node: Node, depth: int = 0) -> Json:
        """The stored form of a part that must be a judgement."""
        ...

    def check(self, node: Node, wanted: Kind = ANY, depth: int = 0) -> Typed:
        """The stored form and kind of a part."""
        ...
