"""Hash chain and Merkle proofs over audit entries, in SM3 (the shape of RFC 6962, with a third domain for links).

leaf = SM3(00 ‖ entry)   node = SM3(01 ‖ left ‖ right)   link = SM3(02 ‖ previous link ‖ entry)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.trust.sm3 import begun, sm3

GENESIS = bytes(32)  # the link before the first entry
_LEAF, _NODE, _LINK = begun(b"\x00"), begun(b"\x01"), begun(b"\x02")


def leaf(entry: bytes) -> bytes:
    """The leaf hash of an entry."""
    return _LEAF(entry)


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return _NODE(left + right)


def link(previous: bytes, entry: bytes) -> bytes:
    """The chain value after `entry`; `previous` is the 32-byte value before it, GENESIS for the first."""
    if len(previous) != 32:
        raise ValueError("a chain value has 32 bytes")
    return _LINK(previous + entry)


def first_break(previous: bytes, entries: Iterable[tuple[bytes, bytes]]) -> int | None:
    """The place (from 0) of the first (entry, link) that does not follow from the one before; None when all do."""
    for place, (entry, value) in enumerate(entries):
        if link(previous, entry) != value:
            return place
        previous = value
    return None


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; of none it is SM3 of nothing (RFC 6962 2.1)."""
    if not leaves:
        return sm3(b"")
    return _levels(leaves)[-1][0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes that lead from leaf `index` (from 0) to the root, nearest first (RFC 6962 2.1.1)."""
    if not 0 <= index < len(leaves):
        raise IndexError("no such leaf")
    proof = []
    for level in _levels(leaves)[:-1]:
        beside = index ^ 1
        if beside < len(level):
            proof.append(level[beside])
        index //= 2
    return tuple(proof)


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `leaf_hash` is leaf `index` of the tree of `size` leaves with this root (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    value, place, last = leaf_hash, index, size - 1
    for beside in proof:
        if last == 0:
            return False
        if place % 2 or place == last:
            value = node(beside, value)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            value = node(value, beside)
        place, last = place // 2, last // 2
    return last == 0 and value == root


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    # A lone last node rises unchanged: the same tree as RFC 6962's split at the largest power of two.
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        level = [node(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
        levels.append(level + below[-1:] if len(below) % 2 else level)
    return levels
