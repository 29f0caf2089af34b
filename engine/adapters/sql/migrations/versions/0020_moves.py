"""Copies of cases that were sent for reading, and opinion templates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "case_copies",
        sa.Column("id", word(26), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("person", word(200), nullable=False),
        sa.Column("role", word(200), nullable=False),
        sa.Column("district", word(200), nullable=False),
        sa.Column("sent_at", word(40), nullable=False),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_copies_case_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_copies")),
    )
    op.create_index("ix_case_copies_case", "case_copies", ["case"])
    op.create_index("ix_case_copies_person_id", "case_copies", ["person", "id"])
    op.create_index("ix_case_copies_role_district_id", "case_copies", ["role", "district", "id"])
    op.create_table(
        "copy_readings",
        sa.Column("copy", word(26), nullable=False),
        sa.Column("account", word(200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.ForeignKeyConstraint(["copy"], ["case_copies.id"], name=op.f("fk_copy_readings_copy_case_copies")),
        sa.PrimaryKeyConstraint("copy", "account", name=op.f("pk_copy_readings")),
    )
    op.create_table(
        "opinion_templates",
        sa.Column("id", word(26), nullable=False),
        sa.Column("owner", word(200), nullable=False),
        sa.Column("action", word(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_templates")),
    )
    op.create_index("ix_opinion_templates_owner_action_id", "opinion_templates", ["owner", "action", "id"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("opinion_templates")
    op.drop_table("copy_readings")
    op.drop_table("case_copies")
