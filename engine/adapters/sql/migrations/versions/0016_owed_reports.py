"""Reports that holders owe after a decision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "owed_reports",
        sa.Column("case", word(26), nullable=False),
        sa.Column("report", word(200), nullable=False),
        sa.Column("holder_index", word(200), nullable=False),
        sa.Column("certificate", word(26), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due", word(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_owed_reports_case_cases")),
        sa.PrimaryKeyConstraint("case", "report", name=op.f("pk_owed_reports")),
    )
    op.create_index("ix_owed_reports_holder_index_state_due", "owed_reports", ["holder_index", "state", "due"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("owed_reports")
