"""Disputes about cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "disputes",
        sa.Column("case", word(26), nullable=False),
        sa.Column("dispute", word(200), nullable=False),
        sa.Column("district", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("number", word(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due", word(40), nullable=False),
        sa.Column("stayed", sa.Boolean(), nullable=False),
        sa.Column("case_number", word(200), nullable=False),
        sa.Column("matter_title", sa.Text(), nullable=False),
        sa.Column("subject_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_disputes_case_cases")),
        sa.PrimaryKeyConstraint("case", "dispute", name=op.f("pk_disputes")),
    )
    op.create_index("ix_disputes_state_district_due", "disputes", ["state", "district", "due"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("disputes")
