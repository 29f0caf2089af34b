"""What arrived, in an SQLite file of the sandbox's own."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_SCHEMA = """
create table if not exists messages (
  id integer primary key, receiver text not null, key text not null, digest text not null, arrived_at text not null,
  project_no text not null, event text not null, body text not null, signed_by text not null,
  unique (receiver, key));
create table if not exists nonces (nonce text primary key, arrived_at text not null);
create table if not exists faults (name text primary key, value text not null);
create table if not exists custody (batch integer primary key, body text not null, arrived_at text not null);
create table if not exists refusals (
  id integer primary key, receiver text not null, arrived_at text not null, reason text not null, body text not null);
"""


class Inbox:
    """Messages by receiver and idempotency key, nonces, and the faults that were asked for."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = str(file)
        with self._open() as connection:
            connection.execute("pragma journal_mode=wal")
            connection.executescript(_SCHEMA)

    def first_use(self, nonce: str, now: str) -> bool:
        """Whether the nonce was not seen before."""
        with self._open() as connection:
            return bool(connection.execute("insert or ignore into nonces values (?, ?)", (nonce, now)).rowcount)

    def keep(self, receiver: str, key: str, digest: str, now: str, body: str, facts: tuple[str, str, str]) -> str:
        """Store a message: `new`, `again` when the same came under this key, `conflict` when another did."""
        project_no, event, signed_by = facts
        with self._open() as connection:
            added = connection.execute(
                "insert or ignore into messages (receiver, key, digest, arrived_at, project_no, event, body, signed_by)"
                " values (?, ?, ?, ?, ?, ?, ?, ?)",
                (receiver, key, digest, now, project_no, event, body, signed_by),
            )
            if added.rowcount:
                return "new"
            same = connection.execute("select digest from messages where receiver = ? and key = ?", (receiver, key))
            return "again" if same.fetchone()["digest"] == digest else "conflict"

    def hold(self, checkpoints: list[dict[str, object]], now: str) -> bool:
        """Add checkpoints, which are never replaced; False when another is held for a batch."""
        with self._open() as connection:
            for one in checkpoints:
                body = json.dumps(one, ensure_ascii=False, sort_keys=True)
                connection.execute("insert or ignore into custody values (?, ?, ?)", (one["batch"], body, now))
                held = connection.execute("select body from custody where batch = ?", (one["batch"],)).fetchone()
                if held["body"] != body:
                    return False
        return True

    def held(self, after: int, limit: int) -> list[dict[str, object]]:
        """The checkpoints held after a batch number."""
        with self._open() as connection:
            query = "select body from custody where batch > ? order by batch limit ?"
            return [json.loads(row["body"]) for row in connection.execute(query, (after, limit))]

    def refuse(self, receiver: str, now: str, reason: str, body: str) -> None:
        """Keep what was turned away, for the page."""
        with self._open() as connection:
            connection.execute(
                "insert into refusals (receiver, arrived_at, reason, body) values (?, ?, ?, ?)",
                (receiver, now, reason, body[:4000]),
            )

    def messages(self, limit: int = 200) -> list[sqlite3.Row]:
        """The newest messages."""
        with self._open() as connection:
            return connection.execute("select * from messages order by id desc limit ?", (limit,)).fetchall()

    def message(self, id: int) -> sqlite3.Row | None:
        """One message."""
        with self._open() as connection:
            row: sqlite3.Row | None = connection.execute("select * from messages where id = ?", (id,)).fetchone()
            return row

    def refusals(self, limit: int = 20) -> list[sqlite3.Row]:
        """The newest refusals."""
        with self._open() as connection:
            return connection.execute("select * from refusals order by id desc limit ?", (limit,)).fetchall()

    def faults(self) -> dict[str, str]:
        """The faults asked for, by path prefix."""
        with self._open() as connection:
            return {row["name"]: row["value"] for row in connection.execute("select name, value from faults")}

    def set_faults(self, faults: dict[str, str]) -> None:
        """Replace all faults."""
        with self._open() as connection:
            connection.execute("delete from faults")
            connection.executemany("insert into faults values (?, ?)", list(faults.items()))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            with connection:
                yield connection
