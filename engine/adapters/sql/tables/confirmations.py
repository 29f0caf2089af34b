"""Confirmations asked of second parties before an application is filed."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Id, Instant, Key, metadata

confirmations = sa.Table(
    "confirmations",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("draft", Id, nullable=False),
    sa.Column("sign", Key, nullable=False),
    sa.Column("party_index", Key, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.UniqueConstraint("draft", "sign"),
    sa.Index("ix_confirmations_party_index_state_asked_at", "party_index", "state", "asked_at"),
)
