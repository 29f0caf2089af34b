"""Data keys, wrapped: of cases, of drafts, and of the tables that keep other sealed fields."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Instant, Key, metadata

case_keys = sa.Table(
    "case_keys",
    metadata,
    sa.Column("owner", Key, primary_key=True),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("root", sa.Integer, nullable=False),
    sa.Column("provider", sa.String(60), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("destroyed_at", Instant, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("ix_case_keys_state_root_owner", "state", "root", "owner"),
)
