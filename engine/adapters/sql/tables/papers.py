"""Paper certificates that are made and handed out, and the stock of blank forms."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Id, Instant, Key, metadata

papers = sa.Table(
    "papers",
    metadata,
    sa.Column("case", Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("paper", Key, primary_key=True),
    sa.Column("certificate", Id, nullable=False),
    sa.Column("district", sa.String(40), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("way", sa.String(20), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("part", sa.String(20), nullable=False),
    sa.Column("number", Key, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("due", Instant, nullable=False),
    sa.Column("moved_at", Instant, nullable=False),
    sa.Index("ix_papers_state_district_due", "state", "district", "due"),
)

blanks = sa.Table(
    "blanks",
    metadata,
    sa.Column("type", Key, primary_key=True),
    sa.Column("serial", Key, primary_key=True),
    sa.Column("district", sa.String(40), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", Key, nullable=False),
    sa.Column("case", Key, nullable=False),
    sa.Column("paper", Key, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("ix_blanks_district_type_state_serial", "district", "type", "state", "serial"),
)
