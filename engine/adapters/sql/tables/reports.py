"""Reports that holders owe after a decision."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Id, Instant, Key, metadata

owed_reports = sa.Table(
    "owed_reports",
    metadata,
    sa.Column("case", Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("report", Key, primary_key=True),
    sa.Column("holder_index", Key, nullable=False),
    sa.Column("certificate", Id, nullable=False),
    sa.Column("matter", Key, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("due", Instant, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Index("ix_owed_reports_holder_index_state_due", "holder_index", "state", "due"),
)
