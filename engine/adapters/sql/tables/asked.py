"""Who is asked by name for something in a case."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Id, Instant, Key, metadata

asked_people = sa.Table(
    "asked_people",
    metadata,
    sa.Column("case", Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("task", Key, primary_key=True),
    sa.Column("person", Id, primary_key=True),
    sa.Column("kind", Key, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("due", Instant, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Index("ix_asked_people_person_kind_state_due", "person", "kind", "state", "due"),
)
