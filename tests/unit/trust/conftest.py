"""Deterministic randomness, one key ring and the published vectors for the trust tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.trust import keys
from engine.trust.sm3 import sm3

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "vectors" / "sm-crypto.json"


def stream(seed: bytes) -> Callable[[int], bytes]:
    """A source of bytes that is the same at every run, for the same seed."""
    counter = 0

    def take(size: int) -> bytes:
        nonlocal counter
        out = b""
        while len(out) < size:
            counter += 1
            out += sm3(seed + counter.to_bytes(8, "big"))
        return out[:size]

    return take


@pytest.fixture
def random() -> Callable[[int], bytes]:
    return stream(b"zhunyu tests")


@pytest.fixture(scope="session")
def ring() -> keys.KeyRing:
    return keys.new_ring(stream(b"ring"))


@pytest.fixture(scope="session")
def other_ring() -> keys.KeyRing:
    return keys.new_ring(stream(b"another ring"))


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], list[dict[str, Any]]]:
    groups = {group["group"]: group["vectors"] for group in json.loads(VECTORS.read_text("utf-8"))["groups"]}

    def of(name: str) -> list[dict[str, Any]]:
        return list(groups[name])

    return of
