"""Every flow test runs on SQLite and on a real PostgreSQL, each time in an empty, migrated database."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.adapters.sql.database import Database
from engine.adapters.sql.schema import migrate
from tests.flow.postgres import Reused, new_database, running_postgres
from tests.flow.world import World

_counter = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Reused]:
    """A server with a migrated database, which is emptied for each test."""
    with running_postgres() as folder:
        yield Reused(folder)


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
    """A database with the current schema, and nothing in it."""
    if request.param == "sqlite":
        path = tmp_path / "zhunyu.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        made = Database(f"sqlite:///{path}")
        yield made
        made.close()
        return
    reused: Reused = request.getfixturevalue("postgres")
    made = Database(reused.fresh() if request.node.get_closest_marker("plans") else reused.emptied())
    yield made
    made.close()


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Database]:
    """A database of the same kind without any table."""
    if database.dialect == "sqlite":
        made = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield made
        made.close()
        return
    made = Database(new_database(request.getfixturevalue("postgres").folder, f"empty_{next(_counter)}"))
    yield made
    made.close()


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """Services over the database, with the sample matter published."""
    made = World(database)
    yield made
    made.facts.close()
