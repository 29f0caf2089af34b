"""Someone who signs: a certificate with its path, and the use of its key."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.trust import sm2
from engine.trust.pki.certificate import Certificate


class Identity(Protocol):
    """Who signs: `certificate` and `chain` in DER (its own first, then its issuers), and the use of its key.

    Agency seals and makers of seals of an OFD are of this shape.
    """

    @property
    def certificate(self) -> bytes: ...
    @property
    def chain(self) -> tuple[bytes, ...]: ...

    def sign(self, message: bytes) -> bytes:
        """The SM2 signature (DER) over a message, whose first bytes name what it is."""
        ...


class KeyIdentity(msgspec.Struct, frozen=True):
    """An identity whose key is at hand."""

    own: Certificate
    private: sm2.PrivateKey
    issuers: tuple[Certificate, ...] = ()

    def __repr__(self) -> str:
        return f"KeyIdentity({self.own.name!r}, {self.own.serial_text})"

    @property
    def certificate(self) -> bytes:
        """The certificate in DER."""
        return self.own.der

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificate and its issuers in DER."""
        return (self.own.der, *(one.der for one in self.issuers))

    def sign(self, message: bytes) -> bytes:
        """The SM2 signature (DER) over a message."""
        return sm2.sign(self.private, message)
