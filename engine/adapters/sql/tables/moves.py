"""Copies of cases that were sent for reading, and opinion templates."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Id, Instant, Key, metadata

case_copies = sa.Table(
    "case_copies",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case", Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("person", Key, nullable=False),
    sa.Column("role", Key, nullable=False),
    sa.Column("district", Key, nullable=False),
    sa.Column("sent_at", Instant, nullable=False),
    sa.Column("sent_by", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index("ix_case_copies_case", "case"),
    sa.Index("ix_case_copies_person_id", "person", "id"),
    sa.Index("ix_case_copies_role_district_id", "role", "district", "id"),
)

copy_readings = sa.Table(
    "copy_readings",
    metadata,
    sa.Column("copy", Id, sa.ForeignKey("case_copies.id"), primary_key=True),
    sa.Column("account", Key, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

opinion_templates = sa.Table(
    "opinion_templates",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("owner", Key, nullable=False),
    sa.Column("action", Key, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_opinion_templates_owner_action_id", "owner", "action", "id"),
)
