"""Wiring of what comes after a decision: paper certificates, disputes."""

from __future__ import annotations

from typing import TypedDict

from engine.bootstrap.adapters import Adapters
from engine.services.certificates import Certificates
from engine.services.committing import Committing
from engine.services.disputes import Disputes
from engine.services.papers import Papers
from engine.services.shelf import Shelf
from engine.services.signing_review import Signatures


class After(TypedDict):
    """The services by their names in the product."""

    disputes: Disputes
    papers: Papers


def after_of(
    on: Adapters, shelf: Shelf, committing: Committing, certificates: Certificates, signed: Signatures
) -> After:
    """The issuing desk, and disputes about decisions."""
    store, clock = on.store, on.clock
    return After(
        disputes=Disputes(store=store, clock=clock, committing=committing, signing=signed.officers),
        papers=Papers(
            store=store, clock=clock, ids=on.ids, shelf=shelf, committing=committing, renderer=on.renderer,
            certificates=certificates,
        ),
    )  # fmt: skip
