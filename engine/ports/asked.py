"""Port: who is asked by name for something in a case: inspectors sent to a visit, experts invited to a panel."""

from __future__ import annotations

from typing import Protocol

import msgspec

VISIT, REVIEW = "现场核查", "专家评审"


class Asked(msgspec.Struct, frozen=True):
    """Somebody asked: `kind` 现场核查 | 专家评审, `due` the ISO day of the visit or the last one for an opinion.

    `state`: open | done. `title` is what the step is called, "" for a confidential case.
    """

    case: str
    task: str
    person: str
    kind: str
    title: str
    due: str
    state: str


class AskedStore(Protocol):
    """Who is asked, projected from the cases."""

    def put(self, case: str, asked: tuple[Asked, ...]) -> None:
        """These, and nobody else, are asked for something in the case."""
        ...

    def of(self, person: str, kind: str, state: str = "open", limit: int = 100) -> tuple[Asked, ...]:
        """What somebody is asked for, the earliest day first."""
        ...
