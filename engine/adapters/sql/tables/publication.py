"""How every publication was weighed. Triggers of the migration refuse to change or delete a row."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

publications = sa.Table(
    "publications",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("matter", Key, nullable=False),
    sa.Column("hash", Key, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("how", sa.String(20), nullable=False),
    sa.Column("document", Document, nullable=False),
    sa.Index("ix_publications_matter_at", "matter", "at"),
)
