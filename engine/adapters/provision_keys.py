"""The keys that sign for other departments: answers with the key for messages, lists with that for certificates."""

from __future__ import annotations

from collections.abc import Mapping

from engine.adapters.keys import crypto_of
from engine.model.values import Json
from engine.trust.keys import KeyRing
from engine.trust.listing import sign_list
from engine.trust.message import sign_message
from engine.trust.provider import Crypto

_ANSWERS, _LISTS = "push", "certificate"


class RingProvisionKeys:
    """Fulfils `ProvidingKeys`."""

    def __init__(self, keys: KeyRing | Crypto) -> None:
        self._crypto = crypto_of(keys)

    def answer(self, method: str, path: str, body: bytes, at: str, nonce: str) -> dict[str, str]:
        """The headers that sign an answer."""
        return sign_message(self._crypto.signer(_ANSWERS), method, path, body, at, nonce)

    def list(self, content: Mapping[str, Json]) -> bytes:
        """A signed list."""
        return sign_list(content, self._crypto.signer(_LISTS))

    def public(self) -> dict[str, dict[str, str]]:
        """Public keys by key id, those that are revoked left out."""
        gone = self._crypto.revoked()
        return {
            name: {key: public.hex() for key, public in self._crypto.trusted(purpose).items() if key not in gone}
            for name, purpose in (("answers", _ANSWERS), ("lists", _LISTS))
        }
