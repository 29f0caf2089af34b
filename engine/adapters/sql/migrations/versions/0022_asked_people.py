"""Who is asked by name for something in a case: inspectors of visits, experts of panels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "asked_people",
        sa.Column("case", word(26), nullable=False),
        sa.Column("task", word(200), nullable=False),
        sa.Column("person", word(26), nullable=False),
        sa.Column("kind", word(200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due", word(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_asked_people_case_cases")),
        sa.PrimaryKeyConstraint("case", "task", "person", name=op.f("pk_asked_people")),
    )
    op.create_index("ix_asked_people_person_kind_state_due", "asked_people", ["person", "kind", "state", "due"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("asked_people")
