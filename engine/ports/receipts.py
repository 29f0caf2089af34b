"""Port of the decision receipt: who signs it, and the secrets of its commitments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from engine.model.values import Json


class ReceiptKeys(Protocol):
    """The keys behind receipts."""

    def sign(self, content: Mapping[str, Json]) -> bytes:
        """The signed file of a content."""
        ...

    def secret(self, case: str) -> bytes:
        """The secret that the salts of one case's commitments come from; the same for the life of the installation."""
        ...
