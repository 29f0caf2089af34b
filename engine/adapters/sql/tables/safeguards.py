"""The guard's state and counters, freezes, seeds of the draw, what grants rested on, and recalls."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Id, Instant, Key, metadata

guards = sa.Table(
    "guards",
    metadata,
    sa.Column("matter", Key, primary_key=True),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("cause", sa.String(40), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("case", Id, nullable=False),
    sa.Column("armed_by", sa.Text, nullable=False),
    sa.Column("armed_at", Instant, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Index("ix_guards_state", "state"),
)

guard_tallies = sa.Table(
    "guard_tallies",
    metadata,
    sa.Column("matter", Key, primary_key=True),
    sa.Column("epoch", sa.Integer, primary_key=True),
    sa.Column("period", Instant, primary_key=True),
    sa.Column("filed", sa.Integer, nullable=False),
    sa.Column("instant", sa.Integer, nullable=False),
    sa.Column("unknown", sa.Integer, nullable=False),
)

freezes = sa.Table(
    "freezes",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("matter", Key, nullable=False),
    sa.Column("key", Key, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("lifted_at", Instant, nullable=False),
    sa.Column("lifted_by", sa.Text, nullable=False),
    sa.Column("lifted_reason", sa.Text, nullable=False),
    sa.Index("ix_freezes_lifted_at_matter", "lifted_at", "matter"),
    sa.UniqueConstraint("kind", "matter", "key", "lifted_at"),
)

sampling_seeds = sa.Table(
    "sampling_seeds",
    metadata,
    sa.Column("day", Instant, primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("revealed_at", Instant, nullable=False),
)

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("case", Id, primary_key=True),
    sa.Column("matter", Key, nullable=False),
    sa.Column("hash", Key, nullable=False),
    sa.Column("row", Key, nullable=False),
    sa.Column("district", sa.String(40), nullable=False),
    sa.Column("day", Instant, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("automatic", sa.Boolean, nullable=False),
    sa.Column("share", sa.String(20), nullable=False),
    sa.Column("drawn", sa.Boolean, nullable=False),
    sa.Index("ix_grants_day_case", "day", "case"),
)

grant_basis = sa.Table(
    "grant_basis",
    metadata,
    sa.Column("case", Id, primary_key=True),
    sa.Column("kind", sa.String(10), primary_key=True),
    sa.Column("key", Key, primary_key=True),
    sa.Column("at", Instant, primary_key=True),
    sa.Column("matter", Key, nullable=False),
    sa.Column("detail", sa.String(20), nullable=False),
    sa.Index("ix_grant_basis_kind_key_at_case", "kind", "key", "at", "case"),
)

recalls = sa.Table(
    "recalls",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("settled_by", sa.Text, nullable=False),
    sa.Column("settled_at", Instant, nullable=False),
)

recall_cases = sa.Table(
    "recall_cases",
    metadata,
    sa.Column("recall", Id, primary_key=True),
    sa.Column("case", Id, primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("detail", sa.String(20), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Index("ix_recall_cases_recall_state_case", "recall", "state", "case"),
)
