"""Pages for everybody: 公示 and results."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "public_notices",
        sa.Column("id", word(200), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("since", word(40), nullable=False),
        sa.Column("until", word(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notices")),
    )
    op.create_index("ix_public_notices_state_since_id", "public_notices", ["state", "since", "id"])
    op.create_table(
        "public_results",
        sa.Column("case", word(26), nullable=False),
        sa.Column("decided_on", word(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case", name=op.f("pk_public_results")),
    )
    op.create_index("ix_public_results_decided_on_case", "public_results", ["decided_on", "case"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("public_results")
    op.drop_table("public_notices")
