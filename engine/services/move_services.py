"""The services of the acts beside the steps, under one name of the product."""

from __future__ import annotations

import msgspec

from engine.services.copies import Copies
from engine.services.moves import Moves
from engine.services.opinion_templates import OpinionTemplates
from engine.services.reminding import Reminding


class MoveServices(msgspec.Struct, frozen=True):
    """The services of the acts beside the steps."""

    desk: Moves
    copies: Copies
    opinions: OpinionTemplates
    reminding: Reminding
