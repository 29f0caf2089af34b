"""Migrations on both databases."""

from __future__ import annotations

import pytest

from engine.adapters.sql.database import Database
from engine.adapters.sql.schema import differences, downgrade, migrate, require_current
from engine.errors import ZhunyuError
from tests.flow.world import together


def test_an_empty_database_is_not_current(empty_database: Database) -> None:
    with pytest.raises(ZhunyuError, match="S002"):
        require_current(empty_database)


def test_migrating_builds_what_the_tables_say(empty_database: Database) -> None:
    migrate(empty_database)
    require_current(empty_database)
    assert differences(empty_database) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    assert differences(database) == []


def test_processes_that_start_together_migrate_once(empty_database: Database) -> None:
    assert together(3, lambda _: migrate(empty_database)) == [None] * 3


def test_the_schema_goes_back_to_the_first_release_and_forward_again(empty_database: Database) -> None:
    migrate(empty_database)
    downgrade(empty_database, "0001")
    migrate(empty_database)
    assert differences(empty_database) == []
