"""What the staff's lists stand on: marks of tasks, the search's line of each case, saved views, bulk runs, 交接."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

# On PostgreSQL (and what is built on it) pairs of letters under a GIN index, which needs no extension; "" elsewhere.
Grams: sa.types.TypeEngine[Any] = sa.Text().with_variant(sa.ARRAY(sa.Text), "postgresql")

task_marks = sa.Table(
    "task_marks",
    metadata,
    sa.Column("case", Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("task", Key, primary_key=True),
    sa.Column("mark", Key, primary_key=True),
    sa.Column("district", Key, nullable=False),
    sa.Column("rank", Key, nullable=False),
    sa.Index("ix_task_marks_mark_district_rank", "mark", "district", "rank", "case", "task"),
    sa.Index("ix_task_marks_mark_rank", "mark", "rank", "case", "task"),
)

case_index = sa.Table(
    "case_index",
    metadata,
    sa.Column("case", Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("number", Key, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("matter", Key, nullable=False),
    sa.Column("district", Key, nullable=False),
    sa.Column("status", Key, nullable=False),
    sa.Column("certificate_number", Key, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("grams", Grams, nullable=False),
    sa.Index("ix_case_index_received_at", "received_at", "case"),
    sa.Index("ix_case_index_district_received_at", "district", "received_at", "case"),
    sa.Index("ix_case_index_matter_received_at", "matter", "received_at", "case"),
    sa.Index("ix_case_index_district_matter_received_at", "district", "matter", "received_at", "case"),
    sa.Index("ix_case_index_status_received_at", "status", "received_at", "case"),
    sa.Index("ix_case_index_district_status_received_at", "district", "status", "received_at", "case"),
    sa.Index("ix_case_index_closed_received_at", "closed", "received_at", "case"),
    sa.Index("ix_case_index_number", "number"),
    sa.Index("ix_case_index_certificate_number", "certificate_number"),
    sa.Index("ix_case_index_grams", "grams", postgresql_using="gin"),
)

saved_views = sa.Table(
    "saved_views",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("account", Id, nullable=False),
    sa.Column("name", Key, nullable=False),
    sa.Column("arrangement", Document, nullable=False),
    sa.Column("usual", sa.Boolean, nullable=False),
    sa.UniqueConstraint("account", "name"),
)

bulk_runs = sa.Table(
    "bulk_runs",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("account", Id, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("document", Document, nullable=False),
    sa.Index("ix_bulk_runs_account_at", "account", "at"),
)

changeovers = sa.Table(
    "changeovers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("district", Key, nullable=False),
    sa.Column("giver", Id, nullable=False),
    sa.Column("taker", Id, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("document", Document, nullable=False),
    sa.Index("ix_changeovers_giver_at", "giver", "at"),
    sa.Index("ix_changeovers_taker_state_at", "taker", "state", "at"),
    sa.Index("ix_changeovers_district_at", "district", "at"),
)
