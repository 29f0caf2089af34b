"""Passwords an account had before, so that it does not take them again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "former_passwords",
        sa.Column("account", word(26), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "at", name=op.f("pk_former_passwords")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("former_passwords")
