"""Data keys: one for each case and draft, one for each table that keeps other sealed fields."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import msgspec

from engine.ports.cases import Sealer

LIVE, DESTROYED = "live", "destroyed"


class DataKey(msgspec.Struct, frozen=True):
    """A data key as it is kept: `token` is the key wrapped under root version `root` of `provider` ("software/1").

    `state` is live, or destroyed: then `token` is "", and `destroyed_at` and `reason` say when and why.
    """

    owner: str
    token: str
    root: int
    provider: str
    state: str = LIVE
    destroyed_at: str = ""
    reason: str = ""


class KeyStore(Protocol):
    """Where data keys are kept."""

    def get(self, owner: str) -> DataKey | None:
        """The key of an owner; None when nothing was ever sealed for it."""
        ...

    def add(self, key: DataKey) -> bool:
        """Keep a new key; False when another transaction was first."""
        ...

    def rewrap(self, before: str, key: DataKey) -> bool:
        """Replace the wrapping `before` by that of `key`; False when it is not what is kept any more."""
        ...

    def destroy(self, owner: str, at: str, reason: str) -> None:
        """Overwrite the wrapped key for good; the row stays and says so, also where there was no key yet."""
        ...

    def behind(self, root: int, limit: int) -> tuple[DataKey, ...]:
        """Live keys wrapped under root versions before `root`."""
        ...

    def by_root(self) -> dict[int, int]:
        """How many live keys there are under each root version."""
        ...

    def destroyed(self) -> int:
        """How many keys have been destroyed."""
        ...

    def drafts_of(self, case: str) -> tuple[str, ...]:
        """The drafts that became a case."""
        ...

    def pending(self, case: str) -> int:
        """How many effects of a case are still to be carried out, and would need its key."""
        ...

    def earlier(self, place: str, after: str, limit: int) -> tuple[tuple[str, str], ...]:
        """Rows of a place whose token is sealed directly under a root key: (cursor, row), in the order of cursors."""
        ...

    def reseal(self, place: str, cursor: str) -> bool:
        """Seal a row's token under its owner's data key; False when it changed meanwhile and needs no more."""
        ...


class StoreSealer(Protocol):
    """The keys of the store, from which those of each transaction are made."""

    def within(self, keys: KeyStore) -> Sealer:
        """The sealer of one transaction."""
        ...


class KeyLine(msgspec.Struct, frozen=True):
    """A signing key: `state` is 签名 (the one in use), 仅验签, or 已吊销 since `revoked_at`."""

    key_id: str
    purpose: str
    state: str
    revoked_at: str = ""


class RootAdmin(Protocol):
    """What may be done to the root and signing keys."""

    def provider(self) -> str:
        """Who holds them ("software/1")."""
        ...

    def roots(self) -> tuple[int, ...]:
        """The root versions there are, the last one wraps."""
        ...

    def lines(self) -> tuple[KeyLine, ...]:
        """The signing keys."""
        ...

    def public_files(self) -> dict[str, str]:
        """The text of each file of public keys, and of the list of those revoked."""
        ...

    def rotate(self) -> int:
        """Add a root version, which wraps from now on."""
        ...

    def retire(self, used: Collection[int]) -> tuple[int, ...]:
        """Remove root versions that are not used, nor the current one; those removed."""
        ...

    def rotate_signing(self, purpose: str) -> str:
        """A new signing key for a purpose; its id."""
        ...

    def revoke(self, key_id: str, at: str) -> None:
        """Believe signatures of a key made since `at` no more."""
        ...
