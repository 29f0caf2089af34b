"""Consents to the use of certificates, and the list of certificates that changed."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Id, Instant, Key, metadata

certificate_consents = sa.Table(
    "certificate_consents",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("code_index", Key, nullable=False, unique=True),
    sa.Column("certificate", Id, nullable=False),
    sa.Column("department", Id, nullable=False),
    sa.Column("department_name", sa.Text, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("uses", sa.Integer, nullable=False),
    sa.Column("given_by", Id, nullable=False),
    sa.Column("given_at", Instant, nullable=False),
    sa.Column("withdrawn_at", Instant, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Index("ix_certificate_consents_certificate_id", "certificate", "id"),
)

certificate_changes = sa.Table(
    "certificate_changes",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("certificate_number", Key, nullable=False),
    sa.Column("type", Key, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("successor", Key, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
