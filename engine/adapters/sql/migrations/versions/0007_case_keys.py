"""Data keys of cases, drafts and tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table of data keys. What was sealed before stays readable; `zhunyu keys rotate` moves it over."""
    op.create_table(
        "case_keys",
        sa.Column("owner", word(200), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("root", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("destroyed_at", word(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_case_keys")),
    )
    op.create_index("ix_case_keys_state_root_owner", "case_keys", ["state", "root", "owner"], unique=False)


def downgrade() -> None:
    """Drop the table; what was sealed under its keys is lost."""
    op.drop_table("case_keys")
