"""Matter versions as published, which of them is current, and the reference data they rest on."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

matter_versions = sa.Table(
    "matter_versions",
    metadata,
    sa.Column("hash", Key, primary_key=True),
    sa.Column("matter", Key, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("document", Document, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
)

matter_current = sa.Table(
    "matter_current",
    metadata,
    sa.Column("matter", Key, primary_key=True),
    sa.Column("hash", Key, sa.ForeignKey("matter_versions.hash"), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
)

matter_history = sa.Table(
    "matter_history",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("matter", Key, nullable=False, index=True),
    sa.Column("hash", Key, nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
)

references = sa.Table(
    "reference_data",
    metadata,
    sa.Column("name", Key, primary_key=True),
    sa.Column("document", Document, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
