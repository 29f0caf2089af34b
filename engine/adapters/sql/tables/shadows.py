"""Drafts that run beside the live version of their matter, and what each of them would have said of each case."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

shadows = sa.Table(
    "shadows",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("matter", Key, nullable=False, index=True),
    sa.Column("running", Key, nullable=True, unique=True),
    sa.Column("hash", Key, sa.ForeignKey("matter_versions.hash"), nullable=False),
    sa.Column("live", Key, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("started_by", sa.Text, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("ended_at", Instant, nullable=False),
    sa.Column("ended_by", sa.Text, nullable=False),
)

shadow_results = sa.Table(
    "shadow_results",
    metadata,
    sa.Column("shadow", Id, sa.ForeignKey("shadows.id"), primary_key=True),
    sa.Column("case", Id, primary_key=True),
    sa.Column("number", Key, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("live_outcome", sa.String(20), nullable=False),
    sa.Column("live_by", Key, nullable=False),
    sa.Column("draft_outcome", sa.String(20), nullable=False),
    sa.Column("draft_by", Key, nullable=False),
    sa.Column("document", Document, nullable=False),
    sa.Index("ix_shadow_results_shadow_state_at", "shadow", "state", "at"),
)
