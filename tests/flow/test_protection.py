"""What may not lie in the clear does not, in any table, file or log of the database."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import metadata
from engine.ports.world import Answer
from tests.flow.world import PHONE, World, session


def everything(world: World) -> str:
    """The content of every column of every table as text."""
    with world.database.read() as connection:
        rows = [row for table in metadata.sorted_tables for row in connection.execute(sa.select(table))]
    return "\n".join(str(value) for row in rows for value in row)


def busy(world: World) -> None:
    """A world in which much has happened to one applicant."""
    world.draft(session(2))
    case = world.issued(session(1))
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    other = world.filed(session(2))
    world.cases.withdraw(session(2), other.id)
    assert world.load(case.id).answers["phone"] == PHONE


def test_a_sensitive_answer_is_in_no_column(world: World) -> None:
    busy(world)
    assert PHONE not in everything(world)


def test_the_code_of_a_subject_is_in_no_column(world: World) -> None:
    busy(world)
    assert "9131010100000" not in everything(world)


def test_a_sensitive_answer_is_nowhere_in_the_files(world: World, tmp_path: Path) -> None:
    busy(world)
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert PHONE.encode() not in content


def test_what_a_source_said_is_in_no_column(world: World) -> None:
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "只有来源知道的地址"})
    world.filed(session())
    assert "只有来源知道的地址" not in everything(world)
