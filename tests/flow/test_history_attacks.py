"""The history on a real database: a sealer killed anywhere loses and doubles nothing, and every altered row is told."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from engine.adapters.keys import RingHistoryKeys, RingSealer
from engine.adapters.sql.database import Database
from engine.adapters.sql.tables.cases import case_events
from engine.adapters.sql.tables.history import audit_entries, checkpoints
from engine.adapters.sql.tables.keys import case_keys
from engine.adapters.sql.tables.metadata import metadata
from engine.adapters.sql.transaction import SqlStore, SqlTransaction
from engine.errors import ZhunyuError
from engine.model.commands import Accept
from engine.services.history import History
from engine.services.recording import record
from engine.trust.keys import KeyRing, new_ring
from tests.flow.test_commits import CLERK, received
from tests.flow.world import RING, World, session
from tests.invariants.attacking import altered_bytes

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
KILLS = 200
TOKEN = re.compile(r"[0-9a-z]+\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}")


class Killed(BaseException):
    """What ends a process, as far as the code around it can tell."""


@pytest.fixture
def history(world: World) -> History:
    return History(store=world.store, clock=world.clock, keys=RingHistoryKeys(RING, RingSealer(RING)))


def told(world: World, count: int) -> None:
    """So many new entries, in one transaction."""
    with world.store.write() as tx:
        for place in range(count):
            record(tx, world.ids, trail=f"login:{place}", at=world.at, actor="zhang", what="登录", content={"n": place})


@contextlib.contextmanager
def killed_at(database: Database, step: int) -> Iterator[None]:
    """Within the block, the process ends at its `step`-th statement or commit."""
    left = [step]

    def count(*_given: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    for name in ("before_cursor_execute", "commit"):
        sa.event.listen(database.engine, name, count)
    try:
        yield
    finally:
        for name in ("before_cursor_execute", "commit"):
            sa.event.remove(database.engine, name, count)


def entries(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(sa.select(audit_entries).order_by(audit_entries.c.number)))


def all_sealed_once(world: World, history: History, ids: set[str]) -> None:
    while history.seal_pending():
        pass
    found = entries(world.database)
    assert {row.id for row in found} == ids and len(found) == len(ids)
    assert [row.number for row in found] == list(range(1, len(found) + 1))
    assert history.verify(contents=False).faults == ()


def test_a_sealer_that_dies_at_any_step_loses_nothing_and_doubles_nothing(world: World, history: History) -> None:
    dice, died = random.Random(7), 0
    kills = KILLS if world.database.dialect == "sqlite" else 30
    for _ in range(kills):
        told(world, dice.randint(1, 3))
        try:
            with killed_at(world.database, dice.randint(1, 10)):
                history.seal_pending(limit=dice.randint(1, 5))
        except Killed:
            died += 1
    assert died > kills // 2
    all_sealed_once(world, history, {row.id for row in entries(world.database)})
    assert history.verify().faults == ()


@on_sqlite
def test_a_sealer_killed_for_real_while_it_seals_loses_nothing_and_doubles_nothing(
    world: World, history: History
) -> None:
    dice = random.Random(11)
    for _ in range(6):
        told(world, 40)
        ids = {row.id for row in entries(world.database)}
        world.database.engine.dispose()
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                store = SqlStore(Database(str(world.database.url)), RingSealer(RING))
                own = History(store=store, clock=world.clock, keys=RingHistoryKeys(RING, RingSealer(RING)))
                while own.seal_pending(limit=2):
                    os.write(write, b".")
            finally:
                os._exit(0)
        for _ in range(dice.randint(1, 10)):
            os.read(read, 1)
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        os.close(read)
        os.close(write)
    all_sealed_once(world, history, ids)


@on_sqlite
def test_random_alterations_of_rows_of_cases_and_of_their_history_are_all_told(world: World, history: History) -> None:
    cases = [world.committing.carry_out(received(world, place + 1), Accept(), CLERK).id for place in range(3)]
    while history.seal_pending(limit=4):
        pass
    dice, missed, genuine = random.Random(13), [], as_read(world, cases)
    with world.database.read() as connection:
        rows = {
            table: [dict(row._mapping) for row in connection.execute(sa.select(table))]
            for table in (case_events, audit_entries, checkpoints)
        }
    columns = {case_events: ("event", "at", "actor"), audit_entries: ("trail", "at", "what", "salt", "tag", "link"),
               checkpoints: ("link", "root", "previous", "at", "key", "signature")}  # fmt: skip
    for place in range(150):
        table = dice.choice((case_events, audit_entries, checkpoints))
        row, other = dice.sample(rows[table], 2) if len(rows[table]) > 1 else rows[table] * 2
        where = [column == row[column.name] for column in table.primary_key]
        if dice.random() < 0.25:
            change: Any = sa.delete(table)
        else:
            name = dice.choice(columns[table])
            was, theirs = str(row[name]).encode() or b"0", str(other[name]).encode()
            value = theirs if was != theirs and dice.random() < 0.4 else altered_bytes(dice, was, theirs)
            change = sa.update(table).values({name: value.decode("utf-8", "replace").replace("\0", "0")})
        with contextlib.suppress(sa.exc.IntegrityError), world.database.write() as connection:
            connection.execute(change.where(*where))
        with world.database.read() as connection:
            now = connection.execute(sa.select(table).where(*where)).first()
        if now is not None and dict(now._mapping) == row:
            continue  # the database itself refused it
        if not faults(history) and as_read(world, cases) != genuine:  # a misspelt key of a default value says the same
            missed.append((place, table.name, str(change)))
        with world.database.write() as connection:
            connection.execute(sa.delete(table).where(*where))
            connection.execute(sa.insert(table), row)
    assert missed == []
    assert not faults(history)


def as_read(world: World, cases: list[str]) -> list[Any]:
    """What the product reads of the cases and of the history."""
    with world.store.read() as tx:
        events = [tx.cases.events(case) for case in cases]
        return [*events, tx.history.checkpoints(0, 100), tx.history.sealed(0, 100)]


def faults(history: History) -> bool:
    """Whether the verification tells anything; rows that cannot even be read are told by an error of the product."""
    try:
        return bool(history.verify().faults)
    except (ZhunyuError, ValueError):
        return True


def opened_with(ring: KeyRing, database: Database) -> int:
    """How many sealed values of the whole database open: every token, in its place, under every owner there is."""
    opened = 0
    with SqlStore(database, RingSealer(ring)).read() as tx, database.read() as connection:
        owners = ["", *connection.execute(sa.select(case_keys.c.owner)).scalars()]
        for table in metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                tokens = [(column.name, row._mapping[column.name]) for column in table.c]
                for name, token in [one for one in tokens if isinstance(one[1], str) and TOKEN.fullmatch(one[1])]:
                    parts = [str(row._mapping[one.name]) for one in table.primary_key]
                    place, keys = f"{table.name}.{name}", {*parts, "/".join(parts)}
                    opened += any(opens(tx, owner, place, key, token) for owner in owners for key in keys)
    return opened


def opens(tx: SqlTransaction, owner: str, place: str, key: str, token: str) -> bool:
    try:
        tx.keys.sealer.of(owner).open(place, key, token)
    except ZhunyuError as error:
        assert error.code == "K004"
        return False
    return True


@on_sqlite
def test_a_stolen_database_without_the_keys_gives_no_sealed_value(world: World) -> None:
    world.draft(session(2))
    world.issued(session(1))
    told(world, 2)
    assert opened_with(RING, world.database) > 5
    assert opened_with(new_ring(random.Random(3).randbytes), world.database) == 0
