"""Accounts, their sessions and API tokens (by digest), and failed sign-ins."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("login", Key, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("document", Document, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.UniqueConstraint("kind", "login"),
)

former_passwords = sa.Table(
    "former_passwords",
    metadata,
    sa.Column("account", Id, primary_key=True),
    sa.Column("at", Instant, primary_key=True),
    sa.Column("password_hash", sa.Text, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("account", Id, nullable=False, index=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Column("ref", Id, nullable=False, server_default=""),
    sa.Column("address", sa.String(64), nullable=False, server_default=""),
    sa.Column("device", sa.String(120), nullable=False, server_default=""),
    sa.Column("how", sa.String(40), nullable=False, server_default=""),
    sa.Column("seen_at", Instant, nullable=False, server_default=""),
    sa.Column("strong", sa.Boolean, nullable=False, server_default=sa.false()),
)

api_tokens = sa.Table(
    "api_tokens",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("account", Id, nullable=False),
    sa.Column("name", Key, nullable=False),
    sa.Column("scopes", Document, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.UniqueConstraint("account", "name"),
)

sign_in_failures = sa.Table(
    "sign_in_failures",
    metadata,
    sa.Column("kind", sa.String(10), primary_key=True),
    sa.Column("login", Key, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
)

case_readings = sa.Table(
    "case_readings",
    metadata,
    sa.Column("account", Id, primary_key=True),
    sa.Column("case", Id, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)
