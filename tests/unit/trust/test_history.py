"""The sealed history tells every alteration, and where it is."""

from __future__ import annotations

import random
import secrets

import msgspec
import pytest

from engine.trust import chain
from engine.trust.canonical import canonical
from engine.trust.history import (
    Checkpoint,
    Entry,
    Fault,
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
from engine.trust.keys import new_signing_key

KEY = new_signing_key("audit", secrets.token_bytes)
TRUSTED = {KEY.key_id: KEY.public}
AT = "2026-03-02T10:00:00+08:00"


def entry(number: int, trail: str = "") -> Entry:
    trail = trail or f"case:{number % 7}"
    return Entry(f"id{number}", trail, number // 7 + 1, AT, "张三", "提交 受理", f"{number:064x}", f"{number * 3:064x}")


def history(batches: int = 4, size: int = 16) -> tuple[list[Linked], list[Checkpoint]]:
    linked: list[Linked] = []
    checkpoints: list[Checkpoint] = []
    for batch in range(batches):
        entries = [entry(batch * size + place) for place in range(size)]
        made, checkpoint = seal_batch(checkpoints[-1] if checkpoints else None, entries, AT, KEY)
        linked += made
        checkpoints.append(checkpoint)
    return linked, checkpoints


def faults(linked: list[Linked], checkpoints: list[Checkpoint]) -> list[Fault]:
    found = list(broken_links(None, linked))
    before = None
    for checkpoint in checkpoints:
        own = [one for one in linked if checkpoint.first <= one.entry.number <= checkpoint.last]
        found += broken_batch(before, checkpoint, own)
        if not signed(checkpoint, TRUSTED):
            found.append(Fault("签名", checkpoint.first, ""))
        before = checkpoint
    return found


def test_an_untouched_history_has_no_fault() -> None:
    assert faults(*history()) == []


def test_entries_are_numbered_through_and_each_batch_names_the_one_before() -> None:
    linked, checkpoints = history(3, 5)
    assert [one.entry.number for one in linked] == list(range(1, 16))
    assert [(one.batch, one.first, one.last) for one in checkpoints] == [(1, 1, 5), (2, 6, 10), (3, 11, 15)]
    assert checkpoints[1].previous == checkpoints[0].digest()


def test_the_bytes_of_an_entry_are_canonical_json() -> None:
    one = msgspec.structs.replace(entry(3), what='引号" 反斜线\\ 换行\n 控制\x01', number=9)
    assert one.content() == canonical(["zhunyu:entry:1", 9, *msgspec.structs.astuple(one)[:-1]])


def alter(field: str, one: Linked, other: Linked) -> Linked:
    value = getattr(one.entry, field)
    changed = value + 1 if isinstance(value, int) else value + "x"
    return Linked(msgspec.structs.replace(one.entry, **{field: changed}), one.link)


@pytest.mark.parametrize("field", ["id", "trail", "counter", "at", "actor", "what", "salt", "tag"])
def test_an_edited_field_is_found_at_its_number(field: str) -> None:
    linked, checkpoints = history()
    linked[20] = alter(field, linked[20], linked[21])
    assert ("改动", 21) in [(one.kind, one.number) for one in faults(linked, checkpoints)]


def test_two_thousand_random_attacks_on_entries_and_checkpoints_are_all_found() -> None:
    linked, checkpoints = history(3, 8)
    dice = random.Random(7)
    for _ in range(2000):
        entries, signs = list(linked), list(checkpoints)
        attack, place = dice.randrange(7), dice.randrange(len(entries) - 1)
        if attack == 0:
            del entries[place]
        elif attack == 1:
            entries[place], entries[place + 1] = entries[place + 1], entries[place]
        elif attack == 2:
            entries.insert(place, entries[dice.randrange(len(entries))])
        elif attack == 3:
            field = dice.choice(("id", "trail", "counter", "at", "actor", "what", "salt", "tag"))
            entries[place] = alter(field, entries[place], entries[place + 1])
        elif attack == 4:
            link = list(entries[place].link)
            at = dice.randrange(64)
            link[at] = dice.choice([one for one in "0123456789abcdefXyz " if one != link[at]])
            entries[place] = Linked(entries[place].entry, "".join(link))
        elif attack == 5:
            at = dice.randrange(len(signs))
            field = dice.choice(("batch", "first", "last", "link", "root", "previous", "at", "key", "signature"))
            value = getattr(signs[at], field)
            changed = value + 1 if isinstance(value, int) else ("0" if value[:1] != "0" else "1") + value[1:]
            signs[at] = msgspec.structs.replace(signs[at], **{field: changed})
            if signs[at] == checkpoints[at]:
                continue
        else:
            del entries[place:]
        assert faults(entries, signs), (attack, place)


def test_whoever_rewrites_everything_without_the_key_is_told_by_the_signature() -> None:
    other = new_signing_key("audit", secrets.token_bytes)
    _, forged = seal_batch(None, [entry(1)], AT, other)
    assert not signed(forged, TRUSTED)
    assert not signed(msgspec.structs.replace(forged, key=KEY.key_id), TRUSTED)


def test_a_history_cut_off_at_a_batch_shows_against_the_second_custodian() -> None:
    linked, checkpoints = history(3)
    assert faults(linked[:32], checkpoints[:2]) == []
    told = list(disagreements({one.batch: one for one in checkpoints[:2]}, checkpoints))
    assert [(one.kind, one.number) for one in told] == [("截断", 33)]


def test_a_batch_made_anew_shows_against_the_second_custodian() -> None:
    _, checkpoints = history(2)
    _, anew = seal_batch(checkpoints[0], [entry(99)], AT, KEY)
    told = list(disagreements({1: checkpoints[0], 2: anew}, checkpoints))
    assert [(one.kind, one.number) for one in told] == [("改动", 17)]


def test_what_was_deleted_before_it_was_sealed_shows_in_the_counters() -> None:
    told = [one.text for one in broken_counters([("case:a", 1), ("case:a", 3), ("case:b", 1)], {"case:b": 2})]
    assert told == ["case:a 少了第 2 条。", "case:b 少了第 2 条。"]


def test_a_counter_given_twice_or_beyond_the_case_is_told() -> None:
    told = [one.kind for one in broken_counters([("case:a", 1), ("case:a", 1), ("case:a", 2)], {"case:a": 1})]
    assert told == ["重复", "计数"]


def test_a_disclosed_entry_key_opens_only_its_own_entry() -> None:
    tag_key = secrets.token_bytes(32)
    one, other = entry_key(tag_key, b"salt-1"), entry_key(tag_key, b"salt-2")
    assert entry_tag(one, b"content") != entry_tag(other, b"content")
    assert one != other


def test_an_entry_is_shown_to_be_in_its_batch_by_its_path_alone() -> None:
    linked, checkpoints = history(1, 13)
    leaves = [chain.leaf(one.entry.content()) for one in linked]
    root = bytes.fromhex(checkpoints[0].root)
    for place, leaf in enumerate(leaves):
        assert chain.verify_inclusion(leaf, place, 13, chain.inclusion_proof(leaves, place), root)


def test_an_empty_batch_is_a_defect_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least one"):
        seal_batch(None, [], AT, KEY)
