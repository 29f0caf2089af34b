"""The hash chain and Merkle proofs, against a recursive reading of RFC 6962."""

from __future__ import annotations

import pytest

from engine.trust import chain
from engine.trust.sm3 import sm3

LEAVES = [chain.leaf(b"%d" % number) for number in range(33)]
SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 33]


def rfc_root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sm3(b"\x01" + rfc_root(leaves[:half]) + rfc_root(leaves[half:]))


@pytest.mark.parametrize("size", SIZES)
def test_the_root_is_that_of_rfc_6962(size: int) -> None:
    assert chain.merkle_root(LEAVES[:size]) == rfc_root(LEAVES[:size])


def test_the_root_of_nothing_is_the_digest_of_nothing() -> None:
    assert chain.merkle_root([]) == sm3(b"")


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_has_a_proof_that_verifies(size: int) -> None:
    leaves = LEAVES[:size]
    root = chain.merkle_root(leaves)
    proofs = [chain.inclusion_proof(leaves, place) for place in range(size)]
    assert all(chain.verify_inclusion(leaves[n], n, size, proof, root) for n, proof in enumerate(proofs))


@pytest.mark.parametrize("size", SIZES[1:])
def test_a_proof_holds_only_for_its_own_leaf_place_and_length(size: int) -> None:
    leaves, place = LEAVES[:size], size // 2
    root, proof = chain.merkle_root(leaves), chain.inclusion_proof(leaves, place)
    wrong = [
        chain.verify_inclusion(leaves[place - 1], place, size, proof, root),
        chain.verify_inclusion(leaves[place], place - 1, size, proof, root),
        chain.verify_inclusion(leaves[place], size, size, proof, root),
        chain.verify_inclusion(leaves[place], place, size, proof[:-1], root),
        chain.verify_inclusion(leaves[place], place, size, (*proof, root), root),
        chain.verify_inclusion(leaves[place], place, size, proof, sm3(root)),
    ]
    assert wrong == [False] * 6


def test_a_leaf_a_node_and_a_link_over_the_same_bytes_differ() -> None:
    left, right = LEAVES[0], LEAVES[1]
    assert len({chain.leaf(left + right), chain.node(left, right), chain.link(left, right)}) == 3


def test_asking_a_proof_for_a_leaf_that_is_not_there_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        chain.inclusion_proof(LEAVES[:3], 3)


def linked(entries: list[bytes]) -> list[tuple[bytes, bytes]]:
    value, out = chain.GENESIS, []
    for entry in entries:
        value = chain.link(value, entry)
        out.append((entry, value))
    return out


def test_an_untouched_chain_has_no_break() -> None:
    assert chain.first_break(chain.GENESIS, linked([b"a", b"b", b"c"])) is None


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_altered_entry_breaks_the_chain_at_its_place(place: int) -> None:
    entries = linked([b"a", b"b", b"c"])
    entries[place] = (b"x", entries[place][1])
    assert chain.first_break(chain.GENESIS, entries) == place


def test_a_removed_entry_breaks_the_chain_where_it_stood() -> None:
    entries = linked([b"a", b"b", b"c"])
    assert chain.first_break(chain.GENESIS, [entries[0], entries[2]]) == 1


def test_swapped_entries_break_the_chain() -> None:
    entries = linked([b"a", b"b", b"c"])
    assert chain.first_break(chain.GENESIS, [entries[0], entries[2], entries[1]]) == 1


def test_a_chain_value_of_another_length_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        chain.link(b"short", b"entry")
