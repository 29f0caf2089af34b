"""What the counter records beside a draft. All of it is in `sealed`."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Id, metadata

counter_notes = sa.Table(
    "counter_notes",
    metadata,
    sa.Column("draft", Id, sa.ForeignKey("drafts.id"), primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
)
