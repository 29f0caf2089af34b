"""Key rotation and archiving, each killed by SIGKILL 200 times at random writes: nothing lost, nothing doubled."""

from __future__ import annotations

import contextlib
import json
import random
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.adapters.sql.database import Database
from engine.adapters.sql.sealed_places import PLACES
from engine.adapters.sql.tables.keys import case_keys
from engine.errors import ZhunyuError
from engine.trust import keys
from engine.trust.keys import write_trusted
from tests.flow.key_world import KeyWorld
from tests.flow.killing import killed

KILLS = 200
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


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
        seed, step = draw.getrandbits(32), draw.randint(1, 14)
        died += killed(lambda: rotating(KeyWorld(Database(str(database.url)), tmp_path), random.Random(seed)), step,
                       database)  # fmt: skip
        made = made.restarted()
        assert contents(made) == genuine and kept <= set(owners(made))
    made.keys.rotate(actor="sec", resume=True)
    made.let_it_settle()
    made.keys.retire(actor="sec")
    made = made.restarted()
    roots, told = list(made.keys.overview()[0]), told_of_keys(made)
    assert contents(made) == genuine and len(roots) == 1 and set(made.keys.overview()[0].values()) == {len(owners(made))}
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
