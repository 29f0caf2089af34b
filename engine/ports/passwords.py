"""How passwords are kept."""

from __future__ import annotations

from typing import Protocol


class Passwords(Protocol):
    """Slow, salted hashes of passwords."""

    def hash(self, password: str) -> str:
        """A hash that names its own algorithm and parameters."""
        ...

    def verify(self, hashed: str, password: str) -> bool:
        """Whether the password fits; takes as long for a wrong one."""
        ...

    def outdated(self, hashed: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        ...
