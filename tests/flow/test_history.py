"""What was done is sealed in batches, and every alteration of the database is found and located."""

from __future__ import annotations

import json
import random
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.adapters.keys import RingHistoryKeys, RingSealer
from engine.adapters.sql.database import Database
from engine.adapters.sql.tables.cases import case_events, cases
from engine.adapters.sql.tables.history import audit_entries, checkpoints
from engine.errors import ZhunyuError
from engine.model.commands import Accept
from engine.services.history import History
from engine.services.recording import record
from engine.trust.bundle import faults_of, read_bundle
from engine.trust.keys import new_ring
from tests.flow.test_commits import CLERK, received
from tests.flow.world import RING, World, together


@pytest.fixture
def history(world: World) -> History:
    """The history in which the publication of the world's matter is sealed as number 1."""
    made = History(store=world.store, clock=world.clock, keys=RingHistoryKeys(RING, RingSealer(RING)))
    assert made.seal_pending() == 1
    return made


def kinds(history: History) -> list[str]:
    return [fault.kind for fault in history.verify().faults]


def altered(database: Database, statement: sa.Update | sa.Delete | sa.Insert) -> None:
    with database.write() as connection:
        assert connection.execute(statement).rowcount


def filled(world: World, history: History, count: int = 3) -> list[str]:
    made = []
    for place in range(count):
        case = world.committing.carry_out(received(world, place + 1), Accept(), CLERK)
        made.append(case.id)
        history.seal_pending()
    return made


def test_a_run_of_cases_is_sealed_and_verifies(world: World, history: History) -> None:
    filled(world, history)
    found = history.verify()
    assert (found.entries, found.checkpoints, found.contents, found.unsealed, found.faults) == (7, 4, 7, 0, ())


def test_what_is_not_sealed_yet_is_counted_and_no_fault(world: World, history: History) -> None:
    received(world)
    found = history.verify()
    assert (found.entries, found.unsealed, found.faults) == (1, 1, ())


def test_sealing_with_nothing_new_writes_nothing(world: World, history: History) -> None:
    filled(world, history, 1)
    assert history.seal_pending() == 0
    assert history.verify().checkpoints == 2


def test_sealers_that_start_together_number_every_entry_once(world: World, history: History) -> None:
    for place in range(4):
        received(world, place + 1)
    done = together(4, lambda _: history.seal_pending(limit=2))
    while history.seal_pending(limit=2):
        pass
    assert sum(done) <= 4
    assert history.verify().entries == 5
    assert kinds(history) == []


def test_an_entry_beside_cases_is_kept_sealed_and_counted_in_its_trail(world: World, history: History) -> None:
    with world.store.write() as tx:
        for place in range(3):
            record(tx, world.ids, trail="login:zhang", at="2026-03-02T10:00:00+08:00", actor="zhang", what="登录",
                   content={"address": f"10.0.0.{place}"})  # fmt: skip
    history.seal_pending()
    with world.store.read() as tx:
        stored = tx.history.of_trail("login:zhang")
    assert [one.entry.counter for one in stored] == [1, 2, 3]
    assert stored[2].content == b'{"address":"10.0.0.2"}'
    assert kinds(history) == []
    with world.database.read() as connection:
        assert "10.0.0" not in " ".join(connection.execute(sa.select(audit_entries.c.detail)).scalars())


@pytest.mark.parametrize("column", ["trail", "counter", "at", "actor", "what", "salt", "tag", "link"])
def test_an_edited_entry_is_found_at_its_number(world: World, history: History, column: str) -> None:
    filled(world, history)
    value: object = 99 if column == "counter" else "0" * 32
    altered(world.database, sa.update(audit_entries).where(audit_entries.c.number == 3).values({column: value}))
    assert any(fault.number == 3 for fault in history.verify().faults)


def test_a_deleted_entry_is_found_at_its_number(world: World, history: History) -> None:
    filled(world, history)
    altered(world.database, sa.delete(audit_entries).where(audit_entries.c.number == 4))
    assert any(fault.kind == "缺失" and fault.number == 4 for fault in history.verify().faults)


def test_an_entry_deleted_before_it_was_sealed_is_missed_by_its_case(world: World, history: History) -> None:
    case = world.committing.carry_out(received(world), Accept(), CLERK)
    altered(world.database, sa.delete(audit_entries).where(audit_entries.c.counter == 2))
    history.seal_pending()
    assert [fault.text for fault in history.verify().faults] == [f"case:{case.id} 少了第 2 条。"]


def test_entries_swapped_between_cases_are_found(world: World, history: History) -> None:
    one, other, _ = filled(world, history)
    one, other = f"case:{one}", f"case:{other}"
    for was, now in ((one, "aside"), (other, one), ("aside", other)):
        altered(world.database, sa.update(audit_entries).where(audit_entries.c.trail == was).values(trail=now))
    assert {fault.number for fault in history.verify().faults if fault.kind == "改动"} >= {2, 3, 4, 5}


def test_an_altered_event_of_a_case_is_found_by_its_entry(world: World, history: History) -> None:
    case = filled(world, history, 1)[0]
    change = sa.func.replace(case_events.c.event, "王", "李")
    with world.database.read() as connection:
        before = connection.execute(sa.select(case_events.c.actor).where(case_events.c.case == case)).scalars().all()
    assert before
    altered(world.database, sa.update(case_events).where(case_events.c.case == case, case_events.c.seq == 1)
            .values(event=change, at="2026-01-01T00:00:00+08:00"))  # fmt: skip
    found = history.verify_case(case).faults
    assert [fault.kind for fault in found] == ["内容"]
    assert kinds(history) == ["内容"]


def test_a_deleted_event_of_a_case_is_found(world: World, history: History) -> None:
    case = filled(world, history, 1)[0]
    altered(world.database, sa.delete(case_events).where(case_events.c.case == case, case_events.c.version == 2))
    assert "内容" in [fault.kind for fault in history.verify_case(case).faults]


@pytest.mark.parametrize("column", ["first", "last", "link", "root", "previous", "at", "key", "signature"])
def test_an_edited_checkpoint_is_found(world: World, history: History, column: str) -> None:
    filled(world, history)
    value: object = 77 if column in ("first", "last") else "1" * 32
    altered(world.database, sa.update(checkpoints).where(checkpoints.c.batch == 2).values({column: value}))
    assert kinds(history)


def test_a_history_cut_off_at_its_end_shows_only_against_the_other_custodian(world: World, history: History) -> None:
    case = filled(world, history)[-1]
    with world.store.read() as tx:
        kept = tx.history.checkpoints(0, 100)
    altered(world.database, sa.delete(checkpoints).where(checkpoints.c.batch == 4))
    altered(world.database, sa.delete(audit_entries).where(audit_entries.c.number > 5))
    altered(world.database, sa.update(cases).where(cases.c.id == case).values(version=0))
    assert [fault.kind for fault in history.verify(contents=False).faults] == []
    assert [fault.kind for fault in history.verify(contents=False, custodian=kept).faults] == ["截断"]


def test_a_verification_may_start_at_what_is_believed(world: World, history: History) -> None:
    filled(world, history)
    altered(world.database, sa.update(audit_entries).where(audit_entries.c.number == 1).values(what="别的"))
    assert history.verify(since=2, contents=False).faults == ()
    assert history.verify(contents=False).faults


def test_two_hundred_random_alterations_are_all_found(world: World, history: History) -> None:
    filled(world, history, 3)
    dice = random.Random(11)
    with world.database.read() as connection:
        rows = [row._asdict() for row in connection.execute(sa.select(audit_entries))]
    for _ in range(200):
        row = dice.choice(rows)
        column = dice.choice(("at", "actor", "what", "salt", "tag", "link"))
        text = str(row[column])
        place = dice.randrange(len(text))
        changed = text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]
        where = audit_entries.c.id == row["id"]
        altered(world.database, sa.update(audit_entries).where(where).values({column: changed}))
        assert any(fault.number == row["number"] for fault in history.verify(contents=False).faults)
        altered(world.database, sa.update(audit_entries).where(where).values({column: row[column]}))
    assert kinds(history) == []


def test_a_case_that_does_not_exist_is_told(history: History) -> None:
    with pytest.raises(ZhunyuError, match="A003"):
        history.verify_case("nothing")


def test_a_commit_that_fails_leaves_no_entry(world: World, history: History) -> None:
    case = received(world)
    world.committing.carry_out(case, Accept(), CLERK)
    with pytest.raises(ZhunyuError, match="C002"):
        world.committing.carry_out(case, Accept(), CLERK)
    assert history.seal_pending() == 2
    assert kinds(history) == []




def test_an_altered_or_moved_content_of_an_entry_beside_cases_is_found(world: World, history: History) -> None:
    with world.store.write() as tx:
        for name in ("zhang", "li"):
            record(tx, world.ids, trail=f"login:{name}", at="2026-03-02T10:00:00+08:00", actor=name, what="登录",
                   content={"from": name})  # fmt: skip
    history.seal_pending()
    with world.database.read() as connection:
        other = connection.execute(
            sa.select(audit_entries.c.detail).where(audit_entries.c.trail == "login:li")
        ).scalar_one()
    altered(world.database, sa.update(audit_entries).where(audit_entries.c.trail == "login:zhang").values(detail=other))
    assert [(one.kind, one.number) for one in history.verify().faults] == [("内容", 2)]


def bundled(world: World, history: History) -> tuple[bytes, dict[str, str]]:
    filled(world, history, 2)
    return history.bundle(received(world, 9).id), {key: point.hex() for key, point in RING.trusted("audit").items()}


def stand_alone(folder: Path, data: bytes, trusted: dict[str, str]) -> subprocess.CompletedProcess[str]:
    (folder / "bundle.json").write_bytes(data)
    (folder / "trusted.json").write_text(json.dumps(trusted))
    script = Path(__file__).resolve().parents[2] / "tools" / "verify_bundle.py"
    command = [sys.executable, "-I", str(script), str(folder / "bundle.json"), str(folder / "trusted.json")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_evidence_of_a_case_is_checked_by_us_and_by_the_stand_alone_script(
    world: World, history: History, tmp_path: Path
) -> None:
    data, trusted = bundled(world, history)
    assert list(faults_of(read_bundle(data), RING.trusted("audit"))) == []
    ran = stand_alone(tmp_path, data, trusted)
    assert (ran.returncode, ran.stdout[:2]) == (0, "有效")


def test_one_bit_changed_anywhere_in_the_evidence_is_found_by_both(
    world: World, history: History, tmp_path: Path
) -> None:
    data, trusted = bundled(world, history)
    dice = random.Random(5)
    for place in range(300):
        changed = bytearray(data)
        changed[dice.randrange(len(data) - 1)] ^= 1 << dice.randrange(7)
        try:
            assert list(faults_of(read_bundle(bytes(changed)), RING.trusted("audit"))), place
        except ZhunyuError as error:
            assert error.code == "K001"
    told = json.loads(data)
    told["entries"][0]["content"] = told["entries"][0]["content"].replace("2026", "2025", 1)
    assert stand_alone(tmp_path, json.dumps(told).encode(), trusted).returncode == 1


def test_evidence_signed_by_another_key_is_refused_by_both(world: World, history: History, tmp_path: Path) -> None:
    data, _ = bundled(world, history)
    other = new_ring(secrets.token_bytes).trusted("audit")
    assert "签名" in [one.kind for one in faults_of(read_bundle(data), other)]
    ran = stand_alone(tmp_path, data, {key: point.hex() for key, point in other.items()})
    assert ran.returncode == 1 and "没有可信的签名" in ran.stdout


def test_evidence_of_an_altered_case_is_not_handed_out(world: World, history: History) -> None:
    case = filled(world, history, 1)[0]
    altered(world.database, sa.update(case_events).where(case_events.c.case == case, case_events.c.seq == 1)
            .values(at="2026-01-01T00:00:00+08:00"))  # fmt: skip
    with pytest.raises(ZhunyuError, match="K001"):
        history.bundle(case)
