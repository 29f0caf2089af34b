"""Connections to SQLite or PostgreSQL, and how their transactions begin.

SQLite: WAL, one writer for all threads and processes by a lock file, BEGIN IMMEDIATE. PostgreSQL: READ COMMITTED;
row locks, unique indexes and compare-and-set guard what must hold.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url

from engine.errors import ZhunyuError

_BUSY_MS = 30_000
_LOCK_SECONDS = 60.0
_OPTIONS = {"preserve_rowcount": True}  # psycopg forgets how many rows an INSERT … ON CONFLICT wrote otherwise


class Database:
    """One database by URL (sqlite:///path or postgresql://…). Build it after a fork; `close` gives all back."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = _driver(make_url(url))
        self.dialect = self.url.get_backend_name()
        if self.dialect == "sqlite":
            self._engine = _sqlite_engine(self.url, pool_size)
            self._lock: WriteLock | None = WriteLock(Path(str(self.url.database) + ".lock"))
        else:
            self._engine = sa.create_engine(
                self.url, isolation_level="READ COMMITTED", pool_size=pool_size, max_overflow=pool_size,
                pool_pre_ping=True, execution_options=_OPTIONS,
            )  # fmt: skip
            self._lock = None

    @property
    def engine(self) -> sa.Engine:
        """The SQLAlchemy engine, for migrations and tests."""
        return self._engine

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection with one consistent view that writes nothing."""
        with self._engine.connect() as connection:
            if self._lock is None:
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin() as transaction:
                yield connection
                transaction.rollback()

    @contextlib.contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A writing transaction: commits at the end of the block, rolls back when it raises."""
        with contextlib.ExitStack() as stack:
            if self._lock is not None:
                stack.enter_context(self._lock.held())
            connection = stack.enter_context(self._engine.connect())
            if self._lock is not None:
                connection = connection.execution_options(zhunyu_write=True)
            stack.enter_context(connection.begin())
            yield connection

    def close(self) -> None:
        """Close every connection and the lock file."""
        self._engine.dispose()
        if self._lock is not None:
            self._lock.close()


class WriteLock:
    """One writer at a time among the threads of this process and all processes that name the same file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._owner = 0
        self._file: IO[bytes] | None = None

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; S006 after a minute of waiting, RuntimeError when this thread holds it already."""
        if self._owner == threading.get_ident():
            raise RuntimeError("a writing transaction is already open in this thread")
        if not self._threads.acquire(timeout=_LOCK_SECONDS):
            raise ZhunyuError("S006", "数据库写入等待超时。", "请稍后再试。", status=503)
        try:
            self._owner = threading.get_ident()
            if self._file is None:
                self._file = self._path.open("ab")
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._owner = 0
            self._threads.release()

    def close(self) -> None:
        """Close the lock file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def insert(connection: sa.Connection, table: sa.Table) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT: both spell it alike, SQLAlchemy keeps two classes."""
    return _insert(connection.dialect.name, table)


def add_once(connection: sa.Connection, table: sa.Table, row: Mapping[str, object]) -> bool:
    """Insert a row unless a unique key of it is taken, also by a transaction that ends first; whether it was."""
    return bool(connection.execute(_once(connection.dialect.name, table), dict(row)).rowcount)


def add_all_once(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, object]]) -> bool:
    """As `add_once` for several rows; whether every one was inserted (the caller raises when not, and undoes all)."""
    made = connection.execute(_once(connection.dialect.name, table), [dict(row) for row in rows])
    return bool(made.rowcount == len(rows))


@functools.cache
def _once(dialect: str, table: sa.Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


def _insert(dialect: str, table: sa.Table) -> Any:
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # a tenth of a second and ten megabytes where it is not used

    return postgresql.insert(table)


def contains(column: sa.ColumnElement[str], text: str) -> sa.ColumnElement[bool]:
    """Whether the column contains the text as typed: % and _ are letters like others."""
    return column.contains(text, autoescape=True)


def _driver(url: URL) -> URL:
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ZhunyuError("S001", "SQLite 数据库须是一个文件。", "请写 sqlite:///路径。", status=500)
        return url
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    return url


def _sqlite_engine(url: URL, pool_size: int) -> sa.Engine:
    engine = sa.create_engine(
        url, pool_size=pool_size, max_overflow=pool_size, connect_args={"timeout": _BUSY_MS / 1000},
        execution_options=_OPTIONS,
    )  # fmt: skip

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would otherwise begin transactions of its own
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("zhunyu_write", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        raw: Any = connection.connection.dbapi_connection
        raw.execute("BEGIN")  # takes no lock and cannot fail: spares half of what a short look costs

    return engine
