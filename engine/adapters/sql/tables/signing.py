"""Certificates of keys, signed acts of cases, and the register of agency letters."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

signing_certificates = sa.Table(
    "signing_certificates",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("holder", Key, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("sealed", Document, nullable=False),
    sa.Column("key", Document, nullable=False),
    sa.Column("revoked_at", Instant, nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Index("ix_signing_certificates_kind_holder_at", "kind", "holder", "at"),
)

signed_acts = sa.Table(
    "signed_acts",
    metadata,
    sa.Column("case", Id, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("certificate", Key, nullable=False),
    sa.Column("sealed", Document, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
)

letters = sa.Table(
    "letters",
    metadata,
    sa.Column("case", Id, primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("number", Key, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("file", Key, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Index("ix_letters_number", "number"),
)
