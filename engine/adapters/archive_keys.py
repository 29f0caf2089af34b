"""The keys of the archive: packages are signed under the purpose `audit`, as the history whose evidence they hold."""

from __future__ import annotations

from engine.adapters.keys import crypto_of
from engine.stages.archive.checking import Keys
from engine.trust.keys import KeyRing, Signer
from engine.trust.provider import Crypto


class RingArchiveKeys:
    """Fulfils `ArchiveKeys`."""

    def __init__(self, keys: KeyRing | Crypto) -> None:
        self._crypto = crypto_of(keys)

    def signer(self) -> Signer:
        """Who signs packages now."""
        return self._crypto.signer("audit")

    def trusted(self) -> Keys:
        """The public keys that what lies in packages is checked with."""
        trusted = self._crypto.trusted
        return Keys(audit=trusted("audit"), certificate=trusted("certificate"), decision=trusted("decision"))
