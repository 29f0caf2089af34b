"""The one collection of tables, and the column types they share."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _ordered(kind: type[sa.String], size: int | None = None) -> sa.types.TypeEngine[str]:
    """Text that sorts by code point on every database: ISO instants and keys are compared in SQL."""
    return kind(size).with_variant(kind(size, collation="C"), "postgresql")


Id = _ordered(sa.String, 26)
Key = _ordered(sa.String, 200)
Instant = _ordered(sa.String, 40)
Document = sa.Text()
