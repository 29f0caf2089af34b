"""What auditors look at beside the history: roll-ups, who saw whose data, the changes of cases, regular runs."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

Hour = sa.String(13).with_variant(sa.String(13, collation="C"), "postgresql")
Day = sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql")
Activity = sa.String(20).with_variant(sa.String(20, collation="C"), "postgresql")

activity_hours = sa.Table(
    "activity_hours",
    metadata,
    sa.Column("hour", Hour, primary_key=True),
    sa.Column("actor", Key, primary_key=True),
    sa.Column("activity", Activity, primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Index("ix_activity_hours_activity_hour", "activity", "hour"),
)

data_views = sa.Table(
    "data_views",
    metadata,
    sa.Column("hour", Hour, primary_key=True),
    sa.Column("account", Key, primary_key=True),
    sa.Column("case", Id, primary_key=True),
    sa.Column("subject", Key, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Index("ix_data_views_case_hour", "case", "hour"),
)

token_uses = sa.Table(
    "token_uses",
    metadata,
    sa.Column("day", Day, primary_key=True),
    sa.Column("account", Id, primary_key=True),
    sa.Column("name", Key, primary_key=True),
    sa.Column("calls", sa.Integer, nullable=False),
    sa.Column("refused", sa.Integer, nullable=False),
    sa.Column("told", sa.Boolean, nullable=False),
)

case_changes = sa.Table(
    "case_changes",
    metadata,
    sa.Column("case", Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("whole", sa.Boolean, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
)

audit_runs = sa.Table(
    "audit_runs",
    metadata,
    sa.Column("name", Key, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
    sa.Column("lease_until", Instant, nullable=False),
    sa.Column("document", Document, nullable=False),
)
