"""Where published matters are kept: immutable versions, which one is current, and shared reference data."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.matter import Matter


class Current(msgspec.Struct, frozen=True):
    """Which version of a matter is current. `state`: published | withdrawn."""

    matter: str
    hash: str
    state: str
    since: str
    by: str


class HistoryLine(msgspec.Struct, frozen=True):
    """One publication or withdrawal. `action`: published | withdrawn; `id` is also that of its `Publication`."""

    matter: str
    hash: str
    action: str
    at: str
    by: str
    id: str = ""


class VersionStore(Protocol):
    """Versions of matters by their hash."""

    def revision(self) -> int:
        """A number that grows with every publication, withdrawal and change of reference data; cheap to read."""
        ...

    def current(self) -> tuple[Current, ...]:
        """The current version of every matter ever published, by matter id."""
        ...

    def pointer(self, matter: str) -> Current | None:
        """The current version of one matter; in a writing transaction nobody moves it until the end."""
        ...

    def load(self, hash: str) -> Matter | None:
        """The version with this hash."""
        ...

    def keep(self, matter: Matter, *, at: str, by: str) -> None:
        """Keep a version without putting it on the shelf: a draft."""
        ...

    def publish(self, matter: Matter, *, id: str, at: str, by: str, after: str | None = None) -> bool:
        """Make the version current; False when it already was. `id` names the line of the history.

        With `after` False as well when the current version is not the one with this hash ("" for none).
        """
        ...

    def withdraw(self, matter: str, *, id: str, at: str, by: str) -> bool:
        """Take the matter off the shelf; False when it was not on it. Versions stay."""
        ...

    def history(self, matter: str) -> tuple[HistoryLine, ...]:
        """All publications and withdrawals, newest first."""
        ...

    def touch(self) -> None:
        """Let the revision grow: something that goes with the shelf has changed."""
        ...

    def reference(self, name: str) -> bytes | None:
        """Reference data (calendar, sources …) as JSON."""
        ...

    def keep_reference(self, name: str, document: bytes, at: str) -> bool:
        """Store reference data; False when it is unchanged."""
        ...
