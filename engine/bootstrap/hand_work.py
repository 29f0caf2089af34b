"""Wiring of what is done to many tasks at once: bulk acts and hand-overs."""

from __future__ import annotations

from typing import TypedDict

from engine.bootstrap.adapters import Adapters
from engine.services.bulk import BulkActs
from engine.services.changeovers import Changeovers
from engine.services.desk_acting import DeskActing
from engine.services.moves import Moves
from engine.services.signing_review import Signatures


class HandWork(TypedDict):
    """The services by their names in the product."""

    bulk: BulkActs
    changeovers: Changeovers


def hand_work_of(on: Adapters, acting: DeskActing, moves: Moves, signed: Signatures) -> HandWork:
    """Bulk acts and hand-overs."""
    return HandWork(
        bulk=BulkActs(store=on.store, clock=on.clock, ids=on.ids, acting=acting, moves=moves),
        changeovers=Changeovers(
            store=on.store, clock=on.clock, ids=on.ids, renderer=on.renderer, signed=signed
        ),
    )
