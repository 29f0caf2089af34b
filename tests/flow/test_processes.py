"""Several processes on one SQLite file: nobody waits for ever, nobody is told that the database is busy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from engine.adapters.sql.certificates import SqlCertificates
from engine.adapters.sql.database import Database
from engine.adapters.sql.schema import migrate

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, EACH = 3, 100
DRAW = """
import sys
from engine.adapters.sql.certificates import SqlCertificates
from engine.adapters.sql.database import Database
database = Database(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with database.write() as connection:
        SqlCertificates(connection, None).draw("key")
"""


def test_processes_that_draw_numbers_at_once_lose_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'zhunyu.db'}"
    database = Database(url)
    migrate(database)
    command = [sys.executable, "-c", DRAW, url, str(EACH)]
    running = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(PROCESSES)]
    ended = [process.communicate(timeout=60)[1] for process in running]
    with database.read() as connection:
        drawn = SqlCertificates(connection, None).count("key")  # type: ignore[arg-type]
    database.close()
    assert (drawn, ended) == (PROCESSES * EACH, [b""] * PROCESSES)
