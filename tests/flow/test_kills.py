"""Key operations and archiving, each ended 200 times at random writes, by SIGKILL or cut off: nothing is lost, nothing
doubled, and the chain verifies."""

from __future__ import annotations

import contextlib
import functools
import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.sandbox import archive as sandbox
from engine.adapters.clock import SystemClock
from engine.adapters.render.typst_renderer import TypstRenderer
from engine.adapters.sql.database import Database
from engine.adapters.sql.sealed_places import PLACES
from engine.adapters.sql.tables.archives import archive_queue
from engine.adapters.sql.tables.effects import outbox
from engine.adapters.sql.tables.keys import case_keys
from engine.errors import ZhunyuError
from engine.ports.archives import Archive, Receipt
from engine.services.archive_contents import Contents, Gathered
from engine.trust import keys
from engine.trust.handover import read_handover
from engine.trust.keys import write_trusted
from engine.trust.sm3 import sm3_hex
from tests.flow.archive_world import LANES, ArchiveWorld, archive_world, archivist, one_page
from tests.flow.key_world import KeyWorld
from tests.flow.killing import cut_off, killed

KILLS, CASES, REAL = 200, 30, 0.3
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def ended_at(draw: random.Random, work: Callable[[], object], most: int, database: Database) -> bool:
    """Whether the work ended before one of its first writes: every third time by SIGKILL, else by being cut off."""
    step = draw.randint(1, most)
    return killed(work, step, database) if draw.random() < REAL else cut_off(work, step)


def contents(made: KeyWorld) -> dict[str, bytes]:
    """Every sealed value of the installation in the clear: fields by place and row, files by key."""
    found = {key: made.files.get(key) for key in made.disk.listed()}
    with made.world.store.read() as tx, made.database.read() as connection:
        for place in PLACES.values():
            if place.table.name == "audit_entries":
                continue  # the rotation itself adds some
            for row in connection.execute(sa.select(*place.table.c).where(place.column != "")):
                name = "/".join(str(row._mapping[part]) for part in place.key)
                owner = str(row._mapping[place.owner]) if place.owner else ""
                sealer = tx._sealer.of(owner)  # type: ignore[attr-defined]
                found[f"{place.name} {name}"] = sealer.open(place.name, name, row._mapping[place.token])
    return found


def owners(made: KeyWorld) -> list[str]:
    with made.database.read() as connection:
        return sorted(connection.execute(sa.select(case_keys.c.owner)).scalars())


def told_of_keys(made: KeyWorld) -> Counter[str]:
    """How often the history tells each operation on a key."""
    with made.world.store.read() as tx:
        told = [(one.entry.what, json.loads(one.content or b"{}")) for one in tx.history.of_trail("keys")]
    named = [(what, said.get("root") or said.get("key") or root) for what, said in told
             for root in said.get("roots", [""])]  # fmt: skip
    return Counter(f"{what} {about}" for what, about in named)


def anew_rotating(url: str, folder: Path, seed: int) -> None:
    """The same as a process of its own does it."""
    database = Database(url)
    try:
        made = KeyWorld(database, folder)
        rotating(made, random.Random(seed))
        made.world.facts.close()
    finally:
        database.close()


def rotating(made: KeyWorld, draw: random.Random) -> None:
    """What a process does to the keys: mostly the root's rotation, now and then the other operations."""
    what = draw.random()
    if what < 0.7:
        made.keys.rotate(actor="sec", batch=draw.randint(1, 4))
    elif what < 0.85:
        made.let_it_settle()
        with contextlib.suppress(ZhunyuError):  # K002 while something lies directly under an old root
            made.keys.retire(actor="sec")
    elif what < 0.95:
        made.keys.rotate_signing("certificate", actor="sec")
    else:
        made.keys.revoke(made.crypto.signer("push").key_id, actor="sec", reason="介质遗失")


@pytest.mark.slow
@pytest.mark.timeout(400)
@on_sqlite
def test_key_operations_killed_two_hundred_times_lose_nothing_and_are_each_told_once(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stretch = keys.stretch  # the store is locked and unlocked some thousand times here: once is enough of stretching
    monkeypatch.setattr(keys, "stretch", lambda word, salt, _, size=16: stretch(word, salt, 1, size))
    made, draw, died = KeyWorld(database, tmp_path), random.Random(31), 0
    made.settled(1)
    made.as_before_data_keys()  # what earlier versions sealed is moved over by the first rotation, killed as well
    made = made.restarted()
    made.settled(2)
    genuine, kept = contents(made), set(owners(made))
    while died < KILLS:
        work = functools.partial(anew_rotating, str(database.url), tmp_path, draw.getrandbits(32))
        died += ended_at(draw, work, 14, database)
        made = made.restarted()
        assert contents(made) == genuine and kept <= set(owners(made))
    made.keys.rotate(actor="sec", resume=True)
    made.let_it_settle()
    made.keys.retire(actor="sec")
    made = made.restarted()
    used, told = made.keys.overview()[0], told_of_keys(made)
    roots = list(used)
    assert contents(made) == genuine and list(used.values()) == [len(owners(made))]
    wanted = {f"轮换根密钥 {root}" for root in range(2, roots[0] + 1)}
    wanted |= {f"停用根密钥 {root}" for root in range(1, roots[0])}
    ring = made.store_folder.ring()
    wanted |= {f"轮换签名密钥 {one.key_id}" for one in ring.signing["certificate"][1:]}
    wanted |= {f"吊销签名密钥 {one}" for one in ring.revoked}
    assert {one: told[one] for one in wanted} == dict.fromkeys(wanted, 1)
    for name, purpose in (("trusted.json", "certificate"), ("push-trusted.json", "push")):
        assert (tmp_path / "keys" / name).read_text() == write_trusted(ring.trusted(purpose))
    made.seal_history()
    assert made.history.verify().faults == ()
    made.world.facts.close()


class Neighbour:
    """The strict archive of the sandbox in the process that hands over: no thread of this one answers it, whose locks a
    fork would copy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hand_over(self, code: str, package: bytes, key: str) -> Receipt | str:
        desk = sandbox.Archive(self._folder / "sandbox", self._folder / "keys" / "audit-trusted.json")
        said = desk.take(code, package, key, SystemClock().now())[1]
        found = read_handover(said, {desk._key.key_id: desk._key.public}, code, sm3_hex(package))
        return Receipt(found.result, found.faults, found.at, said.decode("utf-8"))


def ended(world: ArchiveWorld) -> None:
    for number in range(CASES):
        world.ended(number)


def archive_life(world: ArchiveWorld, cases: list[str]) -> None:
    """What is done with archives, from wherever they stand: made, handed over, and years later destroyed."""
    now = world.clock.now()
    try:
        office, me = world.office, archivist()
        office.archiving.sweep()
        world.work()
        for one in archives(world, cases):
            if one.state == "kept":
                office.transferring.order(me, one.id)
                world.work()
        world.clock.move(timedelta(days=4100))
        for one in archives(world, cases):
            if one.state == "sent":
                office.destroying.propose(me, [one.id], "保管期满，鉴定无保存价值")
            for list_ in office.destroying.lists(me):
                if list_.state == "proposed":
                    office.destroying.confirm(archivist(2), list_.id, "复核同意")
            world.work()
    finally:
        world.clock.move(now - world.clock.now())


def archives(world: ArchiveWorld, cases: list[str]) -> list[Archive]:
    """The archive of each case; two of one case would be one too many."""
    with world.zhunyu.store.read() as tx:
        found = [tx.archives.of_case(case) for case in cases]
    assert all(len(one) <= 1 for one in found)
    return [one[0] for one in found if one]


def over(world: ArchiveWorld, cases: list[str]) -> bool:
    """Whether nothing is left to be done; what a dead process had claimed is free again, as after its lease."""
    store = world.zhunyu.store
    with store.database.write() as connection:
        change = {"state": "waiting", "next_at": world._now(), "attempts": 0}
        connection.execute(sa.update(outbox).where(outbox.c.state.in_(("leased", "waiting"))).values(**change))
    with store.read() as tx:
        ripe = tx.effects.ripe("9999", LANES)
    return [one.state for one in archives(world, cases)] == ["destroyed"] * len(cases) and not ripe


@pytest.mark.slow
@pytest.mark.timeout(400)
@on_sqlite
def test_archiving_killed_two_hundred_times_loses_nothing_and_doubles_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw, died, settled = random.Random(37), 0, list[str]()
    with archive_world(tmp_path, database) as world:
        own, gathered = world.zhunyu.store.database, dict[str, Gathered]()
        ended(world)
        with world.zhunyu.store.read() as tx:
            waiting = [one.case for one in tx.archives.waiting("9999", CASES)]
        with own.write() as connection:
            connection.execute(sa.update(archive_queue).values(at="9999"))  # until it is their turn
        # What a package holds is gathered once: that writes nothing but a sealed batch, which has a test of its own.
        # And a page is a page: the compiler's threads do not survive a fork.
        gather = world.office.archiving._contents.of
        monkeypatch.setattr(TypstRenderer, "render", lambda *_: one_page())
        monkeypatch.setattr(Contents, "of", lambda _, matter, case: gathered[case.id])
        monkeypatch.setattr(world.office.transferring, "_peer", Neighbour(world.zhunyu.settings.data_dir))
        for case in waiting:
            loaded = world.case(case)
            gathered[case] = gather(world.zhunyu.shelf.version(loaded.matter_hash), loaded)
            with own.write() as connection:
                connection.execute(sa.update(archive_queue).where(archive_queue.c.case == case).values(at=world._now()))
            while not over(world, [case]):
                died += ended_at(draw, functools.partial(archive_life, world, [case]), 24, own)
            settled.append(case)
            if died >= KILLS:
                break
        assert died >= KILLS
        assert_each_once(world, settled)


def assert_each_once(world: ArchiveWorld, cases: list[str]) -> None:
    """Every case was archived under the next number, handed over and destroyed exactly once; nothing is left of it."""
    found = archives(world, cases)
    assert sorted(one.item for one in found) == list(range(1, len(cases) + 1))
    named = [Path(key).name for key in world.stored() if key.startswith("archives/")]
    assert all(name.startswith(".new-") for name in named)  # never given its name; and its key is gone
    taken = list((world.zhunyu.settings.data_dir / "sandbox").glob("*.zip"))
    assert sorted(path.stem for path in taken) == sorted(one.digest for one in found)
    lists = world.office.destroying.lists(archivist())
    assert sorted(one.items[0].digest for one in lists) == sorted(one.digest for one in found)
    assert Counter(world.trail("keys"))["销毁密钥"] == len(cases)
    for case in cases:
        told = Counter(one.partition(" ")[0] for one in world.trail(f"archive:{case}"))
        assert told.pop("四性检测") >= 1  # before each attempt to hand over
        assert told == {"归档": 1, "移交": 1, "移交已接收": 1}
        with pytest.raises(ZhunyuError, match="K006"):
            world.case(case)
    history = world.zhunyu.history
    while history.seal_pending():
        pass
    verified = history.verify()
    assert verified.faults == ()
    assert verified.destroyed == 2 * len(cases)  # the grant, and the certificate in force
