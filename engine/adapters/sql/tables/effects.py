"""What is still to be done after a commit: the outbox and the reminders; the cache of facts, and the bans."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("case", Id, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("to", Key, nullable=False),
    sa.Column("event", sa.String(20), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("key", Key, nullable=False, unique=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
    sa.Column("lease", Key, nullable=False),
    sa.Column("lease_until", Instant, nullable=False),
    sa.Column("done_at", Instant, nullable=False),
    sa.Column("last_error", sa.Text, nullable=False),
    sa.Index("ix_outbox_state_next_at", "state", "next_at"),
    sa.Index("ix_outbox_case_to_kind_seq", "case", "to", "kind", "seq"),
)

due_jobs = sa.Table(
    "due_jobs",
    metadata,
    sa.Column("case", Id, primary_key=True),
    sa.Column("what", sa.String(60), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("last_error", sa.Text, nullable=False),
    sa.Index("ix_due_jobs_state_at", "state", "at"),
)

fact_cache = sa.Table(
    "fact_cache",
    metadata,
    sa.Column("source", Key, primary_key=True),
    sa.Column("arguments", Key, primary_key=True),
    sa.Column("fetched_at", Instant, nullable=False),
    sa.Column("answer", Document, nullable=False),
)

bans = sa.Table(
    "bans",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("code_index", Key, nullable=False),
    sa.Column("line", sa.String(60), nullable=False),
    sa.Column("ground", sa.Text, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Index("ix_bans_code_index_line", "code_index", "line"),
)
