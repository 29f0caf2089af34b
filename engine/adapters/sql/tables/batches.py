"""The items of batches."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Key, metadata

batch_items = sa.Table(
    "batch_items",
    metadata,
    sa.Column("parent", Id, primary_key=True),
    sa.Column("certificate", Id, primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("number", Key, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("case", Id, nullable=False, index=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("lines", Document, nullable=False),
    sa.Index("ix_batch_items_parent_state_place", "parent", "state", "place"),
)
