"""Confirmations asked of second parties before an application is filed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "confirmations",
        sa.Column("id", word(26), nullable=False),
        sa.Column("draft", word(26), nullable=False),
        sa.Column("sign", word(200), nullable=False),
        sa.Column("party_index", word(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", word(40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint("draft", "sign", name=op.f("uq_confirmations_draft_sign")),
    )
    op.create_index(
        "ix_confirmations_party_index_state_asked_at", "confirmations", ["party_index", "state", "asked_at"]
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("confirmations")
