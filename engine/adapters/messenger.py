"""The gateway that carries messages outward: signed HTTP as for pushes, one path for each channel."""

from __future__ import annotations

from collections.abc import Mapping

from engine.adapters.peer import HttpPeer
from engine.model.messages import MAIL, OFFICE, SMS
from engine.model.values import Json
from engine.ports.world import Clock
from engine.trust.keys import KeyRing
from engine.trust.provider import Crypto

PATHS = {SMS: "sms", OFFICE: "office", MAIL: "mail"}


class HttpMessenger:
    """POSTs to `base`/messages/sms|office|mail; fulfils `Messenger`."""

    def __init__(self, base: str, ring: KeyRing | Crypto, clock: Clock) -> None:
        self._peer = HttpPeer(base, ring, clock, folder="messages")

    def send(self, channel: str, body: Mapping[str, Json], key: str) -> str:
        """As `HttpPeer.deliver`."""
        return self._peer.deliver(PATHS[channel], body, key)
