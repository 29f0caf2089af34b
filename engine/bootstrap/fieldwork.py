"""Wiring of site inspections and expert panels."""

from __future__ import annotations

from typing import TypedDict

from engine.bootstrap.adapters import Adapters
from engine.services.committing import Committing
from engine.services.desk import Desk
from engine.services.field_papers import FieldPapers
from engine.services.panels import Panels
from engine.services.shelf import Shelf
from engine.services.signing_review import Signatures
from engine.services.visits import Visits


class Fieldwork(TypedDict):
    """The services by their names in the product."""

    visits: Visits
    experts: Panels
    field_papers: FieldPapers


def field_of(on: Adapters, shelf: Shelf, committing: Committing, signed: Signatures, desk: Desk) -> Fieldwork:
    """What is done in the field and with experts."""
    store, clock = on.store, on.clock
    return {
        "visits": Visits(
            store=store, clock=clock, ids=on.ids, files=on.files, uploads=on.uploads, shelf=shelf,
            committing=committing,
        ),
        "experts": Panels(
            store=store, clock=clock, files=on.files, shelf=shelf, committing=committing, signing=signed.officers
        ),
        "field_papers": FieldPapers(files=on.files, renderer=on.renderer, staff_view=desk.view),
    }  # fmt: skip
