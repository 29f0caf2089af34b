"""Units, posts, holdings, versions of the permission table, delegations, absences."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

org_units = sa.Table(
    "org_units",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("document", Document, nullable=False),
)

org_posts = sa.Table(
    "org_posts",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("unit", Key, sa.ForeignKey("org_units.id"), nullable=False),
    sa.Column("document", Document, nullable=False),
)

org_holdings = sa.Table(
    "org_holdings",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("account", Id, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("post", Key, sa.ForeignKey("org_posts.id"), nullable=False),
    sa.Column("document", Document, nullable=False),
)

permission_tables = sa.Table(
    "permission_tables",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("document", Document, nullable=False),
)

delegations = sa.Table(
    "delegations",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("until", Instant, nullable=False, index=True),
    sa.Column("document", Document, nullable=False),
)

absences = sa.Table(
    "absences",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("until", Instant, nullable=False, index=True),
    sa.Column("document", Document, nullable=False),
)

org_state = sa.Table(
    "org_state",
    metadata,
    sa.Column("key", sa.String(20), primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
)
