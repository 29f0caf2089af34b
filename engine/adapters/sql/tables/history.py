"""The history: entries, which are only ever added and later sealed, and the signed checkpoints over them."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Id, Instant, Key, metadata


def _word(size: int) -> sa.types.TypeEngine[str]:
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


audit_entries = sa.Table(
    "audit_entries",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("trail", Key, nullable=False),
    sa.Column("counter", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", Key, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("salt", sa.String(64), nullable=False),
    sa.Column("tag", sa.String(64), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("number", sa.BigInteger, nullable=True, unique=True),
    sa.Column("link", sa.String(64), nullable=True),
    sa.Column("log", _word(10), nullable=False, server_default=""),
    sa.Column("activity", _word(20), nullable=False, server_default=""),
    sa.UniqueConstraint("trail", "counter"),
    sa.Index("ix_audit_entries_at_id", "at", "id"),
    sa.Index("ix_audit_entries_actor_at_id", "actor", "at", "id"),
    sa.Index("ix_audit_entries_log_at_id", "log", "at", "id", "what"),
    sa.Index("ix_audit_entries_activity_at_id", "activity", "at", "id"),
)
_UNSEALED = audit_entries.c.number.is_(None)
sa.Index(
    "ix_audit_entries_unsealed", audit_entries.c.id, postgresql_where=_UNSEALED, sqlite_where=_UNSEALED
)  # fmt: skip

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("batch", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first", sa.BigInteger, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False, unique=True),
    sa.Column("link", sa.String(64), nullable=False),
    sa.Column("root", sa.String(64), nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("key", Key, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
)
