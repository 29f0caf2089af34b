"""The rows of lists that applicants import."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "list_rows",
        sa.Column("id", word(26), nullable=False),
        sa.Column("draft", word(26), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["drafts.id"], name=op.f("fk_list_rows_draft_drafts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_rows")),
    )
    op.create_index("ix_list_rows_draft_place", "list_rows", ["draft", "place"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("list_rows")
