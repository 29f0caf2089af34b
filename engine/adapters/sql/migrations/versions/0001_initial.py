"""All tables of the first release."""

from __future__ import annotations

from alembic import op

from engine.adapters.sql.tables.metadata import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Drop every table."""
    metadata.drop_all(op.get_bind())
