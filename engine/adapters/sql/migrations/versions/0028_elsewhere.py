"""Tasks that are done elsewhere than in the place of their case, read along an index of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
_INDEX = ["state", "after", "elsewhere", "place", "rank", "case", "task"]


def upgrade() -> None:
    """Add the column and its index."""
    op.add_column("tasks", sa.Column("elsewhere", sa.Boolean(), nullable=False, server_default=sa.false()))
    bytewise = ' COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    differ = f"place <> '' AND district{bytewise} <> place{bytewise}"
    op.execute(sa.text(f"UPDATE tasks SET elsewhere = :yes WHERE {differ}").bindparams(yes=True))
    op.create_index("ix_tasks_elsewhere", "tasks", _INDEX)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_tasks_elsewhere", table_name="tasks")
    op.drop_column("tasks", "elsewhere")
