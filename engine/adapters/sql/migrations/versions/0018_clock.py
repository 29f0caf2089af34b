"""Cases say whether their clocks stand, and the worst level they have come to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_STOPPED = sa.text("stopped_at <> ''")
_WAKE = sa.text(
    """INSERT INTO due_jobs ("case", what, at, state, last_error)
    SELECT id, 'clock', received_at, 'waiting', '' FROM cases
    WHERE status IN ('已收件', '待补正', '已受理', '已立案') AND closed_at = ''"""
)


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns; no clock stands in what there is already. Every open case is woken once, so that its clocks
    ask for their levels from now on."""
    op.add_column("cases", sa.Column("stopped_at", word(40), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("clock_level", sa.String(10), nullable=False, server_default=""))
    op.create_index(
        "ix_cases_stopped_at", "cases", ["stopped_at"], sqlite_where=_STOPPED, postgresql_where=_STOPPED
    )
    op.execute(_WAKE)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_cases_stopped_at", "cases")
    op.drop_column("cases", "clock_level")
    op.drop_column("cases", "stopped_at")
