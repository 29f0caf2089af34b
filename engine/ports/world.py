"""Ports: what the services need of the world. Adapters fulfil them; `engine.bootstrap` wires them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from engine.model.certificate import Certificate
from engine.model.values import Json


class Clock(Protocol):
    """The only source of the present time."""

    def now(self) -> datetime:
        """The present instant, aware, in Asia/Shanghai."""
        ...


class Ids(Protocol):
    """Identifiers and randomness."""

    def new(self) -> str:
        """A new unguessable identifier, sortable by time: 26 characters of base 32."""
        ...

    def random(self, size: int) -> bytes:
        """`size` random bytes fit for keys and nonces."""
        ...

    def digits(self, size: int) -> str:
        """`size` random decimal digits."""
        ...


class Answer(msgspec.Struct, frozen=True):
    """What a source said. `state`: value | empty | unavailable; `reason` in Chinese when unavailable."""

    state: str
    value: Json = None
    reason: str = ""


class FactSource(Protocol):
    """One source of facts outside our own database. Never raises: an outage is an `unavailable` answer."""

    def ask(self, path: str, arguments: Mapping[str, str], timeout: float) -> Answer:
        """Ask with a timeout in seconds."""
        ...


class FileStore(Protocol):
    """Files by key. Keys are slash-separated lower-case names made by us, never a user's file name."""

    def put(self, key: str, data: bytes, owner: str = "") -> None:
        """Store whole or not at all; the same key again replaces. `owner` is the case or draft it belongs to: what is
        destroyed with it."""
        ...

    def get(self, key: str) -> bytes:
        """The content; KeyError when there is none, ZhunyuError K006 when it was destroyed with its owner."""
        ...

    def delete(self, key: str) -> None:
        """Remove; absent is fine."""
        ...

    def under(self, folder: str) -> tuple[str, ...]:
        """The keys that lie directly in a folder; () when there is none."""
        ...


class Renderer(Protocol):
    """Makes PDF/A from a layout and data."""

    def render(self, layout: str, data: Mapping[str, Json]) -> bytes:
        """The PDF. Raises ZhunyuError S001 for an unknown layout."""
        ...

    def picture(self, layout: str, data: Mapping[str, Json], dots: int) -> bytes:
        """The PNG of a layout of one page, at `dots` to the inch."""
        ...


class Peer(Protocol):
    """A system we push to."""

    def deliver(self, to: str, message: Mapping[str, Json], key: str) -> str:
        """Send once with idempotency key `key`; "" when accepted, else the reason to try again later.

        Raises ZhunyuError S006 when the peer refused for good (dead letter).
        """
        ...


class Waker(Protocol):
    """Tells the effects process that there is work. Losing a call is harmless."""

    def wake(self) -> None:
        """Return at once."""
        ...


class Seals(Protocol):
    """The certificate seal: signs with the key in the key store and checks."""

    def seal(self, pdf: bytes, certificate: Certificate, sealed_at: str) -> tuple[bytes, str]:
        """The sealed file and its SM3 digest (hex)."""
        ...

    def check(self, file: bytes, *, second: bool = False) -> SealCheck:
        """Check a file offline; `second` asks the independent verifier as well."""
        ...


class SealCheck(msgspec.Struct, frozen=True):
    """The result of a check. `state`: valid | altered | unknown; `reason` in Chinese; `facts` what the seal says."""

    state: str
    reason: str
    number: str = ""
    facts: dict[str, Json] = {}


class LegalForm(Protocol):
    """The legal form of certificates: an OFD under the electronic seal of the authority."""

    def identifier(self, certificate: Certificate, version: int) -> str:
        """The 电子证照标识 of a version; "" where none can be given."""
        ...

    def make(self, certificate: Certificate, version: int, page: Mapping[str, Json]) -> tuple[bytes, str]:
        """The sealed OFD and its SM3 (hex)."""
        ...

    def check(self, file: bytes, *, second: bool = False) -> SealCheck:
        """Check a file; `second` asks the independent verifier as well."""
        ...
