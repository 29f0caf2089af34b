"""The items of batches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "batch_items",
        sa.Column("parent", word(26), nullable=False),
        sa.Column("certificate", word(26), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("number", word(200), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("parent", "certificate", name=op.f("pk_batch_items")),
    )
    op.create_index("ix_batch_items_parent_state_place", "batch_items", ["parent", "state", "place"])
    op.create_index("ix_batch_items_case", "batch_items", ["case"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("batch_items")
