"""Every flow test runs on SQLite and on a real PostgreSQL, each time in a fresh, migrated database."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from engine.adapters.sql.database import Database
from engine.adapters.sql.schema import migrate
from tests.flow.postgres import running_postgres
from tests.flow.world import World

_counter = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The socket folder of a server whose database `template` is migrated."""
    with running_postgres() as folder:
        _administer(folder, "CREATE DATABASE template")
        database = Database(_url(folder, "template"))
        migrate(database)
        database.close()
        yield folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    path = tmp_path_factory.mktemp("template") / "zhunyu.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh database with the current schema."""
    if request.param == "sqlite":
        path = tmp_path / "zhunyu.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        made = Database(f"sqlite:///{path}")
        yield made
        made.close()
        return
    folder, name = request.getfixturevalue("postgres"), f"flow_{next(_counter)}"
    _administer(folder, f"CREATE DATABASE {name} TEMPLATE template")
    made = Database(_url(folder, name))
    yield made
    made.close()
    _administer(folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Database]:
    """A database of the same kind without any table."""
    if database.dialect == "sqlite":
        made = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield made
        made.close()
        return
    folder, name = request.getfixturevalue("postgres"), f"flow_{next(_counter)}"
    _administer(folder, f"CREATE DATABASE {name}")
    made = Database(_url(folder, name))
    yield made
    made.close()
    _administer(folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """Services over the database, with the sample matter published."""
    made = World(database)
    yield made
    made.facts.close()


def _url(folder: str, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={folder}"


def _administer(folder: str, statement: str) -> None:
    with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(statement.encode())
