"""Paper certificates that are made and handed out, and the stock of blank forms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "papers",
        sa.Column("case", word(26), nullable=False),
        sa.Column("paper", word(200), nullable=False),
        sa.Column("certificate", word(26), nullable=False),
        sa.Column("district", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("number", word(200), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("due", word(40), nullable=False),
        sa.Column("moved_at", word(40), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_papers_case_cases")),
        sa.PrimaryKeyConstraint("case", "paper", name=op.f("pk_papers")),
    )
    op.create_index("ix_papers_state_district_due", "papers", ["state", "district", "due"])
    op.create_table(
        "blanks",
        sa.Column("type", word(200), nullable=False),
        sa.Column("serial", word(200), nullable=False),
        sa.Column("district", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("by", word(200), nullable=False),
        sa.Column("case", word(200), nullable=False),
        sa.Column("paper", word(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("type", "serial", name=op.f("pk_blanks")),
    )
    op.create_index("ix_blanks_district_type_state_serial", "blanks", ["district", "type", "state", "serial"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("blanks")
    op.drop_table("papers")
