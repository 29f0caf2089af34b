"""Pages for everybody: 公示 and results."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

notices = sa.Table(
    "public_notices",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("case", Id, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("body", Document, nullable=False),
    sa.Index("ix_public_notices_state_since_id", "state", "since", "id"),
)

results = sa.Table(
    "public_results",
    metadata,
    sa.Column("case", Id, primary_key=True),
    sa.Column("decided_on", Instant, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("body", Document, nullable=False),
    sa.Index("ix_public_results_decided_on_case", "decided_on", "case"),
)
