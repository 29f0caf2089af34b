"""Sign-ins under way, second factors, sign-ins by QR code, and what was used once."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, metadata

waiting_sign_ins = sa.Table(
    "waiting_sign_ins",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("account", Id, nullable=False, index=True),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Column("sealed", Document, nullable=False),
)

second_factors = sa.Table(
    "second_factors",
    metadata,
    sa.Column("account", Id, primary_key=True),
    sa.Column("certificate", sa.Boolean, nullable=False),
    sa.Column("step", sa.BigInteger, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("sealed", Document, nullable=False),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("account", Id, primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
)

qr_sign_ins = sa.Table(
    "qr_sign_ins",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("code", sa.String(64), nullable=False, unique=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("account", Id, nullable=False),
    sa.Column("strong", sa.Boolean, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Column("document", Document, nullable=False),
)

used_once = sa.Table(
    "used_once",
    metadata,
    sa.Column("kind", sa.String(10), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("until", Instant, nullable=False, index=True),
)

account_passwords = sa.Table(
    "account_passwords",
    metadata,
    sa.Column("account", Id, primary_key=True),
    sa.Column("since", Instant, nullable=False),
    sa.Column("given", sa.Boolean, nullable=False),
)
