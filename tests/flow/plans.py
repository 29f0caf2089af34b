"""What PostgreSQL means to do for the statements behind some work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.database import Database

Plan = dict[str, Any]


def plans(database: Database, work: Iterable[Callable[[], object]], *, scans: bool = True) -> list[tuple[str, Plan]]:
    """Each different statement that reads, with its plan. Without `scans` a table is read from end to end only where
    no index serves: so a plan over few rows tells what one over many would be."""
    asked: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            asked.setdefault(statement, parameters)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        for one in work:
            one()
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)
    found = []
    with database.read() as connection:
        if not scans:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in asked.items():
            told = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
            found.append((statement, (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]))
    return found


def nodes(plan: Plan) -> Iterator[Plan]:
    """Every node of a plan."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def whole_tables(plan: Plan) -> set[str]:
    """The tables that a plan reads from end to end."""
    return {node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"}
