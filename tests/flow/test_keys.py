"""The life of the keys: rotated on line and cut off anywhere, moved over from earlier versions, destroyed by two."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.adapters.files import DirectoryFiles, SealedFiles
from engine.adapters.keys import KeyFolder
from engine.adapters.sql.case_keys import SqlDataKeys
from engine.adapters.sql.database import Database
from engine.adapters.sql.tables.cases import case_events, cases
from engine.adapters.sql.tables.keys import case_keys
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.ports.world import Answer
from engine.services.upload_place import upload_key
from engine.trust import keys
from tests.flow.key_world import SCAN, CutOff, KeyWorld, cut_off
from tests.flow.world import PHONE, PLAN, session

POINTS = (
    (KeyFolder, "replace"), (SqlDataKeys, "behind"), (SqlDataKeys, "rewrap"), (SqlDataKeys, "reseal"),
    (SqlDataKeys, "earlier"), (SealedFiles, "reseal"), (DirectoryFiles, "write"),
)  # fmt: skip
REASON = "按沪示〔2026〕9号批准销毁"


SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CUT_OFF = [("sqlite", seed) for seed in range(6)] + [
    pytest.param("postgres", seed, marks=pytest.mark.postgres) for seed in (6, 7)
]


@pytest.fixture(autouse=True)
def quick_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same store is unlocked many times here: stretch its passphrase once."""
    monkeypatch.setattr(keys, "stretch", functools.lru_cache(keys.stretch))


@pytest.fixture
def made(database: Database, tmp_path: Path) -> Iterator[KeyWorld]:
    one = KeyWorld(database, tmp_path)
    one.staff("sec", "aud")
    yield one
    one.world.facts.close()


def destroyed(made: KeyWorld, number: int = 1) -> str:
    case = made.settled(number).id
    made.keys.destroy(case, by="sec", second="aud", reason=REASON)
    return case


def manual(made: KeyWorld) -> Case:
    """A case that waits for people."""
    made.world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    return made.world.filed(session())


def readable(made: KeyWorld, *ids: str) -> bool:
    return all(made.world.load(id).answers["phone"] == PHONE for id in ids) and (
        made.files.get(upload_key(PLAN.id)) == SCAN
    )


@SQLITE
def test_a_rotation_leaves_bodies_as_they_are_and_everything_readable(made: KeyWorld) -> None:
    case = made.settled().id
    with made.database.read() as connection:
        before = [list(connection.execute(sa.select(table.c.sealed))) for table in (cases, case_events)]
    content = {key: made.disk.get(key) for key in made.disk.listed()}
    found = made.keys.rotate(actor="sec", batch=2)
    with made.database.read() as connection:
        after = [list(connection.execute(sa.select(table.c.sealed))) for table in (cases, case_events)]
    assert (found.root, found.resumed, found.fields, found.files) == (2, False, 0, 0) and found.keys > 3
    assert before == after and content == {key: made.disk.get(key) for key in made.disk.listed()}
    assert readable(made, case) and readable(made.restarted(), case)


@SQLITE
def test_a_process_that_was_running_notices_the_rotation_of_another(made: KeyWorld) -> None:
    case = made.settled().id
    other = KeyWorld(made.database, made.folder)
    made.keys.rotate(actor="sec")
    later = other.settled(2).id
    with made.world.store.read() as tx:
        kept = tx.keys.get(later)
    other.world.facts.close()
    assert readable(other, case) and kept is not None and (kept.root, kept.provider) == (2, "software/1")


@SQLITE
def test_an_old_root_is_retired_only_when_nothing_uses_it(made: KeyWorld) -> None:
    case = made.settled().id
    assert made.keys.retire(actor="sec") == ()
    made.keys.rotate(actor="sec")
    with pytest.raises(ZhunyuError, match="K002 根密钥刚刚轮换过"):
        made.keys.retire(actor="sec")
    made.let_it_settle()
    assert made.keys.retire(actor="sec") == (1,)
    again = made.restarted()
    assert list(again.keys.overview()[0]) == [2] and readable(again, case)


@SQLITE
def test_equal_codes_are_found_after_the_first_root_is_gone(made: KeyWorld) -> None:
    before = made.sealer.blind("a.b", "x")
    made.keys.rotate(actor="sec")
    made.let_it_settle()
    made.keys.retire(actor="sec")
    assert made.restarted().sealer.blind("a.b", "x") == before


def test_what_earlier_versions_sealed_is_readable_and_moved_over_by_a_rotation(made: KeyWorld) -> None:
    case = made.settled().id
    tokens = made.as_before_data_keys()
    old = made.restarted()
    assert readable(old, case)
    with pytest.raises(ZhunyuError, match="K002 还有内容直接封在旧的根密钥之下"):
        old.keys.retire(actor="sec")
    found = old.keys.rotate(actor="sec", batch=3)
    assert (found.fields, found.files) == (tokens, len(list(old.disk.listed()))) and tokens > 10
    old.let_it_settle()
    assert old.keys.retire(actor="sec") == (1,) and readable(old.restarted(), case)


def test_a_case_of_an_earlier_version_gets_a_key_with_its_next_change(made: KeyWorld) -> None:
    case = manual(made)
    made.as_before_data_keys()
    old = made.restarted()
    old.world.cases.withdraw(session(), case.id)
    with old.world.store.read() as tx:
        kept = tx.keys.get(case.id)
    assert kept is not None and old.world.load(case.id).answers["phone"] == PHONE


@pytest.mark.parametrize(("database", "seed"), CUT_OFF, indirect=["database"])
def test_a_rotation_cut_off_anywhere_is_finished_by_the_next(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    made, draw = KeyWorld(database, tmp_path), random.Random(seed)
    ids = [made.settled(number).id for number in (1, 2)]
    if seed % 2:
        made.as_before_data_keys()
    for _ in range(3):
        made = made.restarted()
        with monkeypatch.context() as patch:
            kind, name = draw.choice(POINTS)
            cut_off(patch, kind, name, draw.randint(1, 6), after=draw.random() < 0.5)
            try:
                made.keys.rotate(actor="sec", batch=draw.randint(1, 4))
            except CutOff:
                pass
        assert readable(made.restarted(), *ids)
    made = made.restarted()
    made.keys.rotate(actor="sec", resume=True)
    made.let_it_settle()
    made.keys.retire(actor="sec")
    assert len(made.keys.overview()[0]) == 1 and readable(made.restarted(), *ids)
    made.seal_history()
    assert made.history.verify().faults == ()
    made.world.facts.close()


@SQLITE
def test_rotating_again_after_a_finished_rotation_adds_a_version(made: KeyWorld) -> None:
    made.settled()
    assert [made.keys.rotate(actor="sec").root for _ in range(2)] == [2, 3]
    assert made.keys.rotate(actor="sec", resume=True).keys == 0


def test_the_key_of_a_case_is_destroyed_by_two_people_and_nothing_of_it_is_readable(made: KeyWorld) -> None:
    case = made.settled(1)
    other = made.settled(2).id
    gone = made.keys.destroy(case.id, by="sec", second="aud", reason=REASON)
    assert len(gone) == 2 and gone[0] == case.id  # the draft's, too
    with pytest.raises(ZhunyuError, match=f"K006 办件 {case.number}.*已于 .* 按规定销毁") as refusal:
        made.world.load(case.id)
    assert refusal.value.status == 410
    for owner in gone:
        with pytest.raises(ZhunyuError, match="K006"):
            made.world.store.data_key(owner)
    with made.world.store.read() as tx, pytest.raises(ZhunyuError, match="K006"):
        tx.drafts.get(gone[1])
    assert made.world.load(other).answers["phone"] == PHONE


@SQLITE
def test_a_file_of_a_destroyed_case_is_not_readable(made: KeyWorld) -> None:
    destroyed(made)
    with pytest.raises(ZhunyuError, match="K006"):
        made.files.get(upload_key(PLAN.id))


@SQLITE
def test_another_process_that_had_read_the_case_reads_it_no_more(made: KeyWorld) -> None:
    case = made.settled().id
    assert readable(made, case)
    other = KeyWorld(made.database, made.folder)
    other.keys.destroy(case, by="sec", second="aud", reason=REASON)
    other.world.facts.close()
    with pytest.raises(ZhunyuError, match="K006"):
        made.world.load(case)


@SQLITE
def test_lists_and_pushes_of_a_destroyed_case_still_work(made: KeyWorld) -> None:
    case = destroyed(made)
    with made.world.store.read() as tx:
        line, jobs = tx.cases.line(case), tx.effects.of_case(case)
        assert line is not None and line.subject_name
        assert jobs and all(job.body == {} for job in jobs)
        assert tx.cases.events(case, personal=False)


def test_the_history_verifies_after_a_destruction_and_tells_it_as_destroyed(made: KeyWorld) -> None:
    case = destroyed(made)
    made.settled(2)
    made.seal_history()
    found, of_case = made.history.verify(), made.history.verify_case(case)
    assert (found.faults, of_case.faults, of_case.contents) == ((), (), 0)
    assert found.destroyed == of_case.destroyed > 0 and found.contents > 0


@SQLITE
def test_a_destruction_that_is_not_recorded_is_told_as_a_fault(made: KeyWorld) -> None:
    case = made.settled().id
    with made.database.write() as connection:
        connection.execute(
            sa.update(case_keys).where(case_keys.c.owner == case).values(state="destroyed", token="", root=0)
        )
    made.seal_history()
    assert [fault.text for fault in made.history.verify().faults] == [f"case:{case} 的密钥没有了，却没有销毁记录。"]


@SQLITE
def test_a_destruction_is_recorded_with_who_when_and_why(made: KeyWorld) -> None:
    case = destroyed(made)
    with made.world.store.read() as tx:
        entry = tx.history.of_trail("keys")[-1]
    told = (entry.content or b"").decode()
    assert entry.entry.what == "销毁密钥" and all(word in told for word in (case, '"sec"', '"aud"', REASON))


@SQLITE
def test_the_daily_verification_goes_past_a_destroyed_case(made: KeyWorld) -> None:
    destroyed(made)
    made.settled(2)
    made.seal_history()
    piece = made.history.verify_piece(0, "", 500)
    pieces = [piece]
    while not piece.done:
        piece = made.history.verify_piece(piece.position, piece.after, 500)
        pieces.append(piece)
    assert [one.faults for one in pieces] == [()] * len(pieces)
    assert sum(one.contents for one in pieces) == made.history.verify().contents > 0


@SQLITE
def test_destroying_twice_changes_nothing(made: KeyWorld) -> None:
    case = destroyed(made)
    assert made.keys.destroy(case, by="aud", second="sec", reason="再次") == ()


@SQLITE
@pytest.mark.parametrize(
    ("by", "second", "reason", "code"),
    [("sec", "sec", REASON, "A002"), ("sec", "nobody", REASON, "A003"), ("sec", "aud", "  ", "S001")],
)
def test_a_destruction_needs_two_people_and_a_reason(
    made: KeyWorld, by: str, second: str, reason: str, code: str
) -> None:
    case = made.settled().id
    with pytest.raises(ZhunyuError, match=code):
        made.keys.destroy(case, by=by, second=second, reason=reason)
    assert readable(made, case)


@SQLITE
def test_an_open_case_is_not_destroyed(made: KeyWorld) -> None:
    case = manual(made)
    made.carry_out()
    with pytest.raises(ZhunyuError, match=r"C001 .*还没有办结"):
        made.keys.destroy(case.id, by="sec", second="aud", reason=REASON)
    made.world.cases.withdraw(session(), case.id)
    with pytest.raises(ZhunyuError, match=r"C001 .*推送或制证"):
        made.keys.destroy(case.id, by="sec", second="aud", reason=REASON)


@SQLITE
@pytest.mark.parametrize("column", ["document", "sealed"])
def test_a_token_moved_to_another_case_does_not_open(made: KeyWorld, column: str) -> None:
    one, other = made.settled(1).id, made.settled(2).id
    with made.database.write() as connection:
        token = connection.execute(sa.select(cases.c.sealed).where(cases.c.id == one)).scalar_one()
        connection.execute(sa.update(cases).where(cases.c.id == other).values(sealed=token))
        if column == "document":  # and with it the key of the case it came from
            key = connection.execute(sa.select(case_keys).where(case_keys.c.owner == one)).one()
            change = {"token": key.token, "root": key.root}
            connection.execute(sa.update(case_keys).where(case_keys.c.owner == other).values(change))
    with pytest.raises(ZhunyuError, match="K004"):
        made.world.load(other)


@SQLITE
def test_a_file_moved_to_another_place_does_not_open(made: KeyWorld) -> None:
    made.settled()
    made.files.put("uploads/other", b"another", "OTHER")
    made.disk.put("uploads/other", made.disk.get(upload_key(PLAN.id)))
    with pytest.raises(ZhunyuError, match="K004"):
        made.files.get("uploads/other")


@SQLITE
def test_a_stolen_database_and_its_files_show_nothing_without_the_key_store(made: KeyWorld) -> None:
    case = made.settled().id
    (made.folder / "keys").rename(made.folder / "left at home")
    thief = made.restarted()
    with pytest.raises(ZhunyuError, match="K00"):
        thief.world.load(case)
    with pytest.raises(ZhunyuError, match="K00"):
        thief.files.get(upload_key(PLAN.id))
    thief.world.facts.close()


@SQLITE
def test_a_signing_key_is_rotated_and_revoked(made: KeyWorld) -> None:
    first = made.crypto.signer("certificate").key_id
    second = made.keys.rotate_signing("certificate", actor="sec")
    assert made.crypto.signer("certificate").key_id == second != first
    assert set(made.crypto.trusted("certificate")) == {first, second}
    made.keys.revoke(second, actor="sec", reason="介质遗失")
    lines = {line.key_id: line for line in made.keys.lines()}
    assert lines[second].state == "已吊销" and lines[second].revoked_at == made.world.at
    assert made.crypto.signer("certificate").key_id not in {first, second}
    assert second in (made.folder / "keys" / "revoked.json").read_text()
    with pytest.raises(ZhunyuError, match="K002 没有可以吊销"):
        made.keys.revoke(second, actor="sec", reason="又一次")
