"""Drafts, recorded consents and parked answers. What people typed is in `sealed`."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Id, Instant, Key, metadata

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("account", Key, nullable=False),
    sa.Column("subject_index", Key, nullable=False),
    sa.Column("case", sa.String(26), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Index("ix_drafts_account_updated_at", "account", "updated_at"),
)

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("draft", Id, nullable=False),  # outlives the draft: the consent is the proof why a source was asked
    sa.Column("account", Key, nullable=False),
    sa.Column("fact", Key, nullable=False),
    sa.Column("source", Key, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("given_at", Instant, nullable=False),
    sa.Index("ix_consents_draft", "draft"),
    sa.Index("ix_consents_account_given_at", "account", "given_at"),
)

parked_answers = sa.Table(
    "parked_answers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("draft", Id, sa.ForeignKey("drafts.id"), nullable=False),
    sa.Column("parked_at", Instant, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Index("ix_parked_answers_draft", "draft"),
)
