"""Disputes about cases."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Id, Instant, Key, metadata

disputes = sa.Table(
    "disputes",
    metadata,
    sa.Column("case", Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("dispute", Key, primary_key=True),
    sa.Column("district", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("number", Key, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("due", Instant, nullable=False),
    sa.Column("stayed", sa.Boolean, nullable=False),
    sa.Column("case_number", Key, nullable=False),
    sa.Column("matter_title", sa.Text, nullable=False),
    sa.Column("subject_name", sa.Text, nullable=False),
    sa.Index("ix_disputes_state_district_due", "state", "district", "due"),
)
