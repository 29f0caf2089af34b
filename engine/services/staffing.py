"""Organisation, posts and delegations, by the names of their services."""

from __future__ import annotations

import msgspec

from engine.services.delegating import Delegating
from engine.services.organising import Organising
from engine.services.passing import Passing
from engine.services.standing import Standings


class Staffing(msgspec.Struct, frozen=True):
    """The services of organisation, posts and delegations."""

    standings: Standings
    passing: Passing
    delegating: Delegating
    organising: Organising
