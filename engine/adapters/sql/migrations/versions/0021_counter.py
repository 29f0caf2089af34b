"""What the counter records beside a draft; decided cases of a matter by the day of the decision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0017"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table and the indexes."""
    op.create_table(
        "counter_notes",
        sa.Column("draft", word(26), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["drafts.id"], name=op.f("fk_counter_notes_draft_drafts")),
        sa.PrimaryKeyConstraint("draft", name=op.f("pk_counter_notes")),
    )
    op.create_index("ix_cases_matter_decided_at_id", "cases", ["matter", "decided_at", "id"])
    op.create_index("ix_cases_matter_district_decided_at_id", "cases", ["matter", "district", "decided_at", "id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_cases_matter_district_decided_at_id", table_name="cases")
    op.drop_index("ix_cases_matter_decided_at_id", table_name="cases")
    op.drop_table("counter_notes")
