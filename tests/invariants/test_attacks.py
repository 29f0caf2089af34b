"""More than ten thousand seeded alterations of what is sealed and signed, each by itself: every one is found."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.trust import envelope, files, package
from engine.trust.bundle import FORMAT, Bundle, faults_of, item, read_bundle, sign_bundle, write_bundle
from engine.trust.history import (
    Checkpoint,
    Entry,
    Linked,
    broken_batch,
    broken_counters,
    broken_links,
    disagreements,
    entry_key,
    entry_tag,
    seal_batch,
    signed,
)
from engine.trust.keys import new_ring
from engine.trust.listing import read_list, sign_list
from engine.trust.message import sign_message, verify_message
from engine.trust.ofd.sealing import sealed_ofd
from engine.trust.receipt import FORMAT as RECEIPT
from engine.trust.receipt import read_receipt, sign_receipt
from engine.trust.seal import SealFacts, check_pdf, seal_pdf
from tests.invariants.attacking import altered_bytes, altered_field, survivors
from tests.unit.trust.ofd import sample

SEED = 20261125
RING, FORGER = new_ring(random.Random(1).randbytes), new_ring(random.Random(2).randbytes)
AUDIT, NOW = RING.trusted("audit"), datetime(2026, 11, 25, 10, tzinfo=timezone(timedelta(hours=8)))
AT, TAG_KEY = NOW.isoformat(), b"tag key of the attacks".ljust(32)
BATCHES, SIZE, CASES, DAY = 4, 12, 6, timedelta(days=1)
COUNTS = {"history": 4000, "bundle": 1200, "pdf": 1500, "receipt": 1200, "message": 1200, "list": 600,
          "field": 1500, "file": 1200, "ofd": 300, "package": 600}  # fmt: skip


def test_these_are_more_than_ten_thousand_attacks() -> None:
    assert sum(COUNTS.values()) >= 10_000


def content(case: int, counter: int) -> bytes:
    return f'{{"case":"{case}","what":"第 {counter} 步","who":"张三"}}'.encode()


def entry(place: int) -> Entry:
    case, counter = place % CASES, place // CASES + 1
    salt = place.to_bytes(16, "big")
    tag = entry_tag(entry_key(TAG_KEY, salt), content(case, counter)).hex()
    return Entry(f"ID{place:04d}", f"case:{case}", counter, AT, f"clerk{place % 3}", "受理", salt.hex(), tag)


History = tuple[list[Linked], list[Checkpoint]]


def history(ring: object = RING, batches: int = BATCHES) -> History:
    linked: list[Linked] = []
    checkpoints: list[Checkpoint] = []
    for batch in range(batches):
        entries = [entry(batch * SIZE + place) for place in range(SIZE)]
        made, sign = seal_batch(checkpoints[-1] if checkpoints else None, entries, AT, ring.signer("audit"))  # type: ignore[attr-defined]
        linked, checkpoints = [*linked, *made], [*checkpoints, sign]
    return linked, checkpoints


GENUINE = history()


def found(linked: list[Linked], checkpoints: list[Checkpoint]) -> bool:
    """Whether a verification tells anything; what costs most comes last."""
    if any(True for _ in broken_links(None, linked)):
        return True
    before = None
    for checkpoint in checkpoints:
        own = [one for one in linked if checkpoint.first <= one.entry.number <= checkpoint.last]
        if any(True for _ in broken_batch(before, checkpoint, own)):
            return True
        before = checkpoint
    beyond = linked and (not checkpoints or linked[-1].entry.number > checkpoints[-1].last)
    counters = broken_counters([(one.entry.trail, one.entry.counter) for one in linked])
    return bool(
        beyond or any(True for _ in counters) or any(not signed(one, AUDIT) for one in checkpoints)
        or any(True for _ in disagreements({one.batch: one for one in checkpoints}, GENUINE[1]))
    )  # fmt: skip


def edit_entry(dice: random.Random, linked: list[Linked], signs: list[Checkpoint]) -> None:
    at = dice.randrange(len(linked))
    if dice.random() < 0.2:
        linked[at] = altered_field(dice, linked[at], ("link",))
        return
    changed = altered_field(dice, linked[at].entry, Entry.__struct_fields__)
    linked[at] = msgspec.structs.replace(linked[at], entry=changed)


def edit_checkpoint(dice: random.Random, linked: list[Linked], signs: list[Checkpoint]) -> None:
    at = dice.randrange(len(signs))
    signs[at] = altered_field(dice, signs[at], Checkpoint.__struct_fields__)


def swap_between_cases(dice: random.Random, linked: list[Linked], signs: list[Checkpoint]) -> None:
    one, other = dice.sample(range(len(linked)), 2)
    names = dice.choice((("trail",), ("tag",), ("salt", "tag"), ("actor",), ("trail", "counter"), ("id",)))
    first, second = linked[one].entry, linked[other].entry
    for at, mine, theirs in ((one, first, second), (other, second, first)):
        changed = msgspec.structs.replace(mine, **{name: getattr(theirs, name) for name in names})
        linked[at] = msgspec.structs.replace(linked[at], entry=changed)


def swap_places(dice: random.Random, linked: list[Linked], signs: list[Checkpoint]) -> None:
    one, other = dice.sample(range(len(linked)), 2)
    linked[one], linked[other] = linked[other], linked[one]
    if dice.random() < 0.5:  # and give them the numbers of their new places
        for at in (one, other):
            linked[at] = msgspec.structs.replace(
                linked[at], entry=msgspec.structs.replace(linked[at].entry, number=at + 1)
            )


def delete(dice: random.Random, linked: list[Linked], signs: list[Checkpoint]) -> None:
    del linked[dice.randrange(len(linked))]
    if dice.random() < 0.3:
        del signs[dice.randrange(len(signs))]


def insert(dice: random.Random, linked: list[Linked], signs: list[Checkpoint]) -> None:
    at = dice.randrange(len(linked) + 1)
    linked.insert(at, Linked(msgspec.structs.replace(entry(dice.randrange(48, 99)), number=at + 1), "0" * 64))


def replay(dice: random.Random, linked: list[Linked], signs: list[Checkpoint]) -> None:
    batch = dice.randrange(BATCHES)
    linked += linked[batch * SIZE : (batch + 1) * SIZE]
    signs.append(signs[batch])


def truncate(dice: random.Random, linked: list[Linked], signs: list[Checkpoint]) -> None:
    batches = dice.randrange(BATCHES)
    del signs[batches:], linked[batches * SIZE :]
    if dice.random() < 0.5 and linked:
        del linked[-dice.randint(1, SIZE) :]


def reseal(dice: random.Random, linked: list[Linked], signs: list[Checkpoint]) -> None:
    """Everything from a batch on is made anew, consistently, after an edit: with a key of the attacker's own."""
    at, forger = dice.randrange(BATCHES), FORGER.signer("audit")
    entries = [msgspec.structs.replace(one.entry, number=0) for one in linked]
    place = dice.randrange(at * SIZE, BATCHES * SIZE)
    entries[place] = altered_field(dice, entries[place], ("actor", "what", "tag", "at"))
    del linked[at * SIZE :], signs[at:]
    claimed = dice.choice((forger.key_id, RING.signer("audit").key_id))
    for batch in range(at, BATCHES):
        own = entries[batch * SIZE : (batch + 1) * SIZE]
        made, sign = seal_batch(signs[-1] if signs else None, own, AT, forger)
        linked += made
        signs.append(msgspec.structs.replace(sign, key=claimed))


ATTACKS = (edit_entry, edit_entry, edit_checkpoint, swap_between_cases, swap_places, delete, insert, replay, truncate)


def test_every_alteration_of_the_history_is_found() -> None:
    def attack(dice: random.Random) -> bool:
        linked, signs = list(GENUINE[0]), list(GENUINE[1])
        chosen = reseal if dice.random() < 0.03 else dice.choice(ATTACKS)
        chosen(dice, linked, signs)
        return (linked, signs) == GENUINE or found(linked, signs)

    assert not found(*GENUINE)
    assert survivors(random.Random(SEED), COUNTS["history"], attack) == []


def bundle(case: int) -> bytes:
    linked, checkpoints = GENUINE
    items = []
    for checkpoint in checkpoints:
        batch = linked[checkpoint.first - 1 : checkpoint.last]
        for one in batch:
            if one.entry.trail == f"case:{case}":
                key = entry_key(TAG_KEY, bytes.fromhex(one.entry.salt))
                items.append(item(one.entry, content(case, one.entry.counter), key, checkpoint, batch))
    signer = RING.signer("audit")
    made = Bundle(FORMAT, AT, f"case:{case}", {"number": f"N{case}"}, tuple(items), tuple(checkpoints), signer.key_id)
    return write_bundle(sign_bundle(made, signer))


def refuses(check: Callable[[bytes], object]) -> Callable[[bytes], bool]:
    """Whether a check refuses some bytes; any error but the product's own is a defect and goes on up."""

    def refused(data: bytes) -> bool:
        try:
            return not check(data)
        except ZhunyuError:
            return True

    return refused


def every_byte_attack_is_found(kind: str, genuine: list[bytes], check: Callable[[bytes], object]) -> None:
    refused = refuses(check)
    assert [refused(one) for one in genuine] == [False] * len(genuine)

    def attack(dice: random.Random) -> bool:
        one, other = dice.sample(genuine, 2)
        made = altered_bytes(dice, one, other)
        return made in genuine or refused(made)

    assert survivors(random.Random(SEED), COUNTS[kind], attack) == []


def test_every_alteration_of_an_evidence_bundle_is_found() -> None:
    every_byte_attack_is_found(
        "bundle", [bundle(0), bundle(1), bundle(2)], lambda data: not list(faults_of(read_bundle(data), AUDIT))
    )


def test_items_exchanged_between_signed_bundles_are_found_even_without_the_outer_signature() -> None:
    one, other = read_bundle(bundle(0)), read_bundle(bundle(1))
    for place in range(len(one.entries)):
        entries = [*one.entries]
        entries[place] = other.entries[place]
        made = msgspec.structs.replace(one, entries=tuple(entries))
        kinds = {fault.kind for fault in faults_of(made, AUDIT)}
        assert {"签名", "次序"} <= kinds


PDF = b"%PDF-1.7\n" + b"1 0 obj <</Type/Catalog>> endobj\n" * 40 + b"xref\n0 1\ntrailer <<>>\nstartxref\n9\n%%EOF\n"


def pdf(number: str) -> bytes:
    holder = "上海示例酒店"
    facts = SealFacts(number, number, holder, {"单位名称": holder}, "有效", "2026-11-25", "", "示例卫健委")
    return seal_pdf(PDF.replace(b"Catalog", f"Catalog{number}".encode()), facts, RING.signer("certificate"), AT)[0]


def test_every_alteration_of_a_sealed_certificate_is_found() -> None:
    trusted = RING.trusted("certificate")
    every_byte_attack_is_found(
        "pdf", [pdf("A001"), pdf("A002"), pdf("B001")], lambda data: check_pdf(data, trusted).state == "valid"
    )


def test_every_alteration_of_a_certificate_in_its_legal_form_is_found() -> None:
    other = sealed_ofd(sample.DRAWING, sample.ABOUT, sample.seal(), sample.AGENCY, sample.NOW + timedelta(seconds=1))
    every_byte_attack_is_found(
        "ofd", [sample.document(), other], lambda data: sample.checked(data, now=sample.NOW + DAY).state == "valid"
    )


def test_every_alteration_of_an_archive_package_is_found() -> None:
    trusted = RING.trusted("audit")
    made = [
        package.seal(f"件{n}", {"说明文件.txt": f"第 {n} 件".encode(), "结果/证照.pdf": PDF}, RING.signer("audit"), AT)
        for n in range(2)
    ]
    every_byte_attack_is_found("package", made, lambda data: not package.faults(data, trusted))


def test_every_alteration_of_a_decision_receipt_is_found() -> None:
    trusted = RING.trusted("decision")
    made = [
        sign_receipt({"format": RECEIPT, "case": f"C{n}", "outcome": "准予", "inputs": {"面积": "120.50"}},
                     RING.signer("decision"))
        for n in range(3)
    ]  # fmt: skip
    every_byte_attack_is_found("receipt", made, lambda data: read_receipt(data, trusted))


def test_every_alteration_of_a_signed_list_is_found() -> None:
    trusted = RING.trusted("certificate")
    made = [
        sign_list({"since": n, "items": [{"number": n + 1, "kind": "撤销"}]}, RING.signer("certificate"))
        for n in range(3)
    ]
    every_byte_attack_is_found("list", made, lambda data: read_list(data, trusted))


def test_every_alteration_of_a_pushed_message_is_found() -> None:
    trusted, key = RING.trusted("push"), RING.signer("push")
    bodies = [f'{{"办件":"{n}","结果":"准予"}}'.encode() for n in range(3)]
    sent = [
        (sign_message(key, "POST", f"/push/ywtb?n={n}", body, AT, f"nonce-{n:016d}"), f"/push/ywtb?n={n}", body)
        for n, body in enumerate(bodies)
    ]

    def attack(dice: random.Random) -> bool:
        headers, path, body = dice.choice(sent)
        headers, method, now = dict(headers), "POST", NOW
        others, other_path, other_body = dice.choice([one for one in sent if one[2] != body])
        way = dice.randrange(7)
        if way == 0:
            body = altered_bytes(dice, body, other_body)
        elif way == 1:
            body = other_body
        elif way == 2:
            path = other_path
        elif way == 3:
            method = dice.choice(("PUT", "GET", "POST 200"))
        elif way == 4:
            now += timedelta(seconds=dice.choice((-61, -9999, 301, 99999)))
        elif way == 5:
            name = dice.choice(list(headers))
            headers[name] = altered_bytes(dice, headers[name].encode(), others[name].encode()).decode("latin-1")
        else:
            name = dice.choice([name for name in headers if headers[name] != others[name]])
            headers[name] = others[name]
        return verify_message(headers, method, path, body, trusted, now, 300) is not None

    assert verify_message(sent[0][0], "POST", sent[0][1], sent[0][2], trusted, NOW, 300) is None
    assert survivors(random.Random(SEED), COUNTS["message"], attack) == []


def test_every_altered_or_moved_sealed_field_stays_shut() -> None:
    places = ("cases.sealed", "cases.other", "drafts.sealed")
    tokens = {
        (place, row): envelope.seal_field(RING, place, row, b"13912345678", random.Random(row).randbytes)
        for place in places for row in ("r1", "r2")
    }  # fmt: skip

    def attack(dice: random.Random) -> bool:
        (place, row), (other_place, other_row) = dice.sample(sorted(tokens), 2)
        if dice.random() < 0.3:  # a genuine token in another place or row, or of another installation
            token, keys = tokens[(other_place, other_row)], RING
        elif dice.random() < 0.1:
            token, keys = tokens[(place, row)], FORGER
        else:
            genuine, other = tokens[(place, row)].encode(), tokens[(other_place, other_row)].encode()
            token, keys = altered_bytes(dice, genuine, other).decode("latin-1"), RING
        try:
            envelope.open_field(keys, place, row, token)
        except ZhunyuError:
            return True
        return False

    assert envelope.open_field(RING, *places[:1], "r1", tokens[(places[0], "r1")]) == b"13912345678"
    assert survivors(random.Random(SEED), COUNTS["field"], attack) == []


@pytest.mark.parametrize("size", [0, 1000, 2 * 1024 * 1024 + 5])
def test_every_altered_or_moved_sealed_file_stays_shut(size: int) -> None:
    dice = random.Random(SEED)
    made = {
        name: b"".join(files.seal_file(RING, name, [dice.randbytes(size)], dice.randbytes)) for name in ("c1/m", "c2/m")
    }
    times = 30 if size > 1 << 20 else (COUNTS["file"] - 30) // 2

    def attack(dice: random.Random) -> bool:
        name, other = dice.sample(sorted(made), 2)
        moved = dice.random() < 0.1
        data = made[other] if moved else altered_bytes(dice, made[name], made[other])
        if size > 1 << 20 and dice.random() < 0.5:  # whole pieces of a mebibyte: exchanged, or left out
            body, piece = made[name], (1 << 20) + 16
            head = len(body) - 2 * piece - 21
            first, second, rest = body[head : head + piece], body[head + piece : head + 2 * piece], body[-21:]
            data = body[:head] + dice.choice((second + first + rest, first + second, first + rest, second + rest))
        try:
            for _ in files.open_file(RING, name, [data]):
                pass
        except ZhunyuError:
            return True
        return False

    assert len(b"".join(files.open_file(RING, "c1/m", [made["c1/m"]]))) == size
    assert survivors(dice, times, attack) == []
