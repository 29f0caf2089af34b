"""Wiring of messages and ratings."""

from __future__ import annotations

from engine.adapters.messenger import HttpMessenger
from engine.bootstrap.adapters import Adapters
from engine.services.cases import Cases
from engine.services.expiring import Expiring
from engine.services.inbox import Inbox
from engine.services.message_sending import Sending
from engine.services.ratings import Ratings
from engine.services.shelf import Shelf
from engine.services.standing import Standings


def sending_of(on: Adapters, standings: Standings) -> Sending:
    """What carries messages outward."""
    messenger = HttpMessenger(on.settings.message_url, on.crypto, on.clock)
    return Sending(store=on.store, clock=on.clock, ids=on.ids, messenger=messenger, standings=standings)


def messages_of(on: Adapters, shelf: Shelf, cases: Cases) -> tuple[Inbox, Expiring, Ratings]:
    """The inbox, the daily round, and the ratings."""
    return (
        Inbox(store=on.store, clock=on.clock),
        Expiring(store=on.store, clock=on.clock, ids=on.ids, shelf=shelf),
        Ratings(store=on.store, clock=on.clock, ids=on.ids, shelf=shelf, cases=cases, waker=on.waker),
    )
