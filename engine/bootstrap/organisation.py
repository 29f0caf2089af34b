"""Wiring of who may do what: standings, passing tasks on, delegations, the organisation."""

from __future__ import annotations

from engine.bootstrap.adapters import Adapters
from engine.services.accounts import Accounts
from engine.services.committing import Committing
from engine.services.delegating import Delegating
from engine.services.organising import Organising
from engine.services.passing import Passing
from engine.services.shelf import Shelf
from engine.services.staffing import Staffing
from engine.services.standing import Standings


def standings_of(shelf: Shelf) -> Standings:
    """What people may do; the matters of a line are those on the shelf."""

    def lines() -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for card in shelf.cards():
            found[card.line] = (*found.get(card.line, ()), card.id)
        return found

    return Standings(lines)


def staffing_of(on: Adapters, accounts: Accounts, committing: Committing, standings: Standings) -> Staffing:
    """The services over the adapters."""
    store, clock, ids = on.store, on.clock, on.ids
    passing = Passing(store=store, clock=clock, committing=committing, standings=standings)
    return Staffing(
        standings, passing,
        Delegating(store=store, clock=clock, ids=ids, standings=standings, passing=passing),
        Organising(store=store, clock=clock, ids=ids, accounts=accounts, standings=standings, passing=passing),
    )  # fmt: skip
