"""Sealed fields, blind indexes and sealed files: what opens, and that nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from engine.errors import ZhunyuError
from engine.trust import envelope, files, keys
from engine.trust.keys import KeyRing

Random = Callable[[int], bytes]
PLACE, ROW, SECRET = "person.id_no", "row-1", b"11010519491231002X"
CONTEXT = "case-1/plan/1"
TAG = 16


def opens(ring: KeyRing, place: str, row: str, token: str) -> bool:
    """False only for a refusal with K004: anything else that happens fails the test."""
    try:
        return envelope.open_field(ring, place, row, token) == SECRET
    except ZhunyuError as error:
        return error.code != "K004"


@pytest.mark.parametrize("plain", [b"", b"x", SECRET, b"z" * 5000])
def test_a_sealed_field_opens_in_its_place(ring: KeyRing, random: Random, plain: bytes) -> None:
    token = envelope.seal_field(ring, PLACE, ROW, plain, random)
    assert envelope.open_field(ring, PLACE, ROW, token) == plain


@pytest.mark.parametrize(
    ("place", "row"), [("person.phone", ROW), ("people.id_no", ROW), (PLACE, "row-2"), (PLACE, "")]
)
def test_a_token_moved_to_another_place_does_not_open(ring: KeyRing, random: Random, place: str, row: str) -> None:
    assert not opens(ring, place, row, envelope.seal_field(ring, PLACE, ROW, SECRET, random))


def test_no_altered_character_of_a_token_opens(ring: KeyRing, random: Random) -> None:
    token = envelope.seal_field(ring, PLACE, ROW, SECRET, random)
    changed = [
        token[:place] + sign + token[place + 1 :]
        for place in range(len(token))
        for sign in "AB01-_.=\n准"
        if token[place] != sign
    ]
    assert [one for one in changed if opens(ring, PLACE, ROW, one)] == []


def test_no_shortened_or_lengthened_token_opens(ring: KeyRing, random: Random) -> None:
    token = envelope.seal_field(ring, PLACE, ROW, SECRET, random)
    changed = [token[:size] for size in range(len(token))] + [token + "A", token + "=", " " + token, token + "\n"]
    assert [one for one in changed if opens(ring, PLACE, ROW, one)] == []


def test_a_token_of_another_installation_does_not_open(ring: KeyRing, other_ring: KeyRing, random: Random) -> None:
    assert not opens(other_ring, PLACE, ROW, envelope.seal_field(ring, PLACE, ROW, SECRET, random))


def test_the_same_value_sealed_twice_gives_two_tokens(ring: KeyRing, random: Random) -> None:
    assert len({envelope.seal_field(ring, PLACE, ROW, SECRET, random) for _ in range(2)}) == 2


def test_a_field_sealed_before_a_rotation_still_opens(ring: KeyRing, random: Random) -> None:
    token = envelope.seal_field(ring, PLACE, ROW, SECRET, random)
    assert opens(keys.rotate_root(ring, random), PLACE, ROW, token)


def test_a_field_sealed_after_a_rotation_names_the_new_version(ring: KeyRing, random: Random) -> None:
    token = envelope.seal_field(keys.rotate_root(ring, random), PLACE, ROW, SECRET, random)
    assert envelope.field_version(token) == 2


def test_a_token_relabelled_to_another_version_does_not_open(ring: KeyRing, random: Random) -> None:
    token = envelope.seal_field(ring, PLACE, ROW, SECRET, random)
    assert not opens(keys.rotate_root(ring, random), PLACE, ROW, "2" + token[1:])


@pytest.mark.parametrize("place", ["person", "person.", "a.b.c", "Person.id", ""])
def test_a_place_that_is_not_table_and_column_is_a_value_error(ring: KeyRing, random: Random, place: str) -> None:
    with pytest.raises(ValueError, match=r"table\.column"):
        envelope.seal_field(ring, place, ROW, SECRET, random)


def test_equal_values_of_a_column_have_equal_blind_indexes(ring: KeyRing) -> None:
    assert envelope.blind_index(ring, PLACE, "甲") == envelope.blind_index(ring, PLACE, "甲")


def test_a_blind_index_differs_by_value_column_and_installation(ring: KeyRing, other_ring: KeyRing) -> None:
    given = [(ring, PLACE, "甲"), (ring, PLACE, "乙"), (ring, "person.phone", "甲"), (other_ring, PLACE, "甲")]
    assert len({envelope.blind_index(*one) for one in given}) == 4


def test_a_search_during_a_rotation_asks_for_old_and_new_indexes(ring: KeyRing, random: Random) -> None:
    turned = keys.rotate_root(ring, random)
    expected = (envelope.blind_index(turned, PLACE, "甲"), envelope.blind_index(ring, PLACE, "甲"))
    assert envelope.blind_indexes(turned, PLACE, "甲") == expected


def test_length_prefixes_keep_neighbouring_parts_apart() -> None:
    assert envelope.associated("ab", "c") != envelope.associated("a", "bc")


def sealed(ring: KeyRing, content: Iterable[bytes], random: Random) -> bytes:
    return b"".join(files.seal_file(ring, CONTEXT, content, random))


def opened(ring: KeyRing, data: bytes, context: str = CONTEXT) -> bytes:
    return b"".join(files.open_file(ring, context, [data]))


SIZES = [0, 1, files.CHUNK - 1, files.CHUNK, files.CHUNK + 1, 2 * files.CHUNK, 2 * files.CHUNK + 3]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_of_any_length_opens(ring: KeyRing, random: Random, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"z" * (size % 256)
    assert opened(ring, sealed(ring, [content], random)) == content


def test_a_file_read_in_odd_pieces_opens(ring: KeyRing, random: Random) -> None:
    data = sealed(ring, [b"ab" * 300_001, b"", b"c" * 700_000], random)
    pieces = (data[at : at + 77_777] for at in range(0, len(data), 77_777))
    assert b"".join(files.open_file(ring, CONTEXT, pieces)) == b"ab" * 300_001 + b"c" * 700_000


def three_chunks(ring: KeyRing, random: Random) -> tuple[bytes, list[bytes]]:
    header, *chunks = files.seal_file(ring, CONTEXT, [b"a" * files.CHUNK + b"b" * files.CHUNK + b"c" * 10], random)
    return header, chunks


TAMPERED: dict[str, Callable[[bytes, list[bytes]], bytes]] = {
    "cut inside a chunk": lambda head, c: head + c[0] + c[1][:-1],
    "cut between chunks": lambda head, c: head + c[0] + c[1],
    "only the header": lambda head, c: head,
    "cut inside the header": lambda head, c: head[:-1],
    "nothing": lambda head, c: b"",
    "chunks swapped": lambda head, c: head + c[1] + c[0] + c[2],
    "chunk repeated": lambda head, c: head + c[0] + c[0] + c[1] + c[2],
    "chunk left out": lambda head, c: head + c[1] + c[2],
    "last chunk twice": lambda head, c: head + c[0] + c[1] + c[2] + c[2],
    "one byte appended": lambda head, c: head + c[0] + c[1] + c[2] + b"\0",
    "first byte flipped": lambda head, c: head + bytes((c[0][0] ^ 1,)) + c[0][1:] + c[1] + c[2],
    "last tag flipped": lambda head, c: head + c[0] + c[1] + c[2][:-1] + bytes((c[2][-1] ^ 1,)),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_tampered_file_does_not_open(ring: KeyRing, random: Random, how: str) -> None:
    header, chunks = three_chunks(ring, random)
    with pytest.raises(ZhunyuError, match="K004"):
        opened(ring, TAMPERED[how](header, chunks))


def test_a_chunk_of_another_file_does_not_fit(ring: KeyRing, random: Random) -> None:
    first, second = three_chunks(ring, random), three_chunks(ring, random)
    with pytest.raises(ZhunyuError, match="K004"):
        opened(ring, first[0] + first[1][0] + second[1][1] + first[1][2])


def test_no_flipped_byte_of_the_header_is_accepted(ring: KeyRing, random: Random) -> None:
    data, verdicts = sealed(ring, [b"content"], random), set()
    for place in range(files.header_size()):
        with pytest.raises(ZhunyuError) as refusal:
            opened(ring, data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :])
        verdicts.add(refusal.value.code)
    assert verdicts == {"K004"}


def test_a_file_does_not_open_in_another_context(ring: KeyRing, random: Random) -> None:
    with pytest.raises(ZhunyuError, match="K004"):
        opened(ring, sealed(ring, [b"content"], random), "case-2/plan/1")


def test_nothing_of_a_chunk_is_released_before_it_verifies(ring: KeyRing, random: Random) -> None:
    header, chunks = three_chunks(ring, random)
    reader = files.open_file(ring, CONTEXT, [header + chunks[0] + bytes(len(chunks[1])) + chunks[2]])
    released = [next(reader)]
    with pytest.raises(ZhunyuError):
        released.extend(reader)
    assert released == [b"a" * files.CHUNK]


def test_after_a_rotation_only_the_header_is_rewrapped(ring: KeyRing, random: Random) -> None:
    turned, data, size = keys.rotate_root(ring, random), sealed(ring, [b"content"], random), files.header_size()
    header = files.rewrap_header(turned, CONTEXT, data[:size], random)
    only_new = KeyRing(roots={2: turned.root(2)}, signing={})
    assert opened(only_new, header + data[size:]) == b"content"
