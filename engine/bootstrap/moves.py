"""Wiring of what people do with cases beside their steps."""

from __future__ import annotations

from engine.bootstrap.adapters import Adapters
from engine.services.cases import Cases
from engine.services.committing import Committing
from engine.services.copies import Copies
from engine.services.documents import Documents
from engine.services.move_services import MoveServices
from engine.services.moves import Moves
from engine.services.opinion_templates import OpinionTemplates
from engine.services.reminding import Reminding
from engine.services.shelf import Shelf
from engine.services.signing_review import Signatures


def moves_of(
    on: Adapters, shelf: Shelf, committing: Committing, cases: Cases, documents: Documents, signed: Signatures
) -> MoveServices:
    """All of them over the adapters."""
    store, clock = on.store, on.clock
    return MoveServices(
        desk=Moves(
            store=store, clock=clock, ids=on.ids, shelf=shelf, committing=committing, documents=documents,
            signing=signed.officers,
        ),
        copies=Copies(store=store, clock=clock),
        opinions=OpinionTemplates(store=store, clock=clock, ids=on.ids),
        reminding=Reminding(store=store, clock=clock, cases=cases, committing=committing),
    )  # fmt: skip
