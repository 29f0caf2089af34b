"""The rows of lists that are being filled in. What people typed is in `sealed`."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Id, metadata

list_rows = sa.Table(
    "list_rows",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("draft", Id, sa.ForeignKey("drafts.id"), nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Index("ix_list_rows_draft_place", "draft", "place"),
)
