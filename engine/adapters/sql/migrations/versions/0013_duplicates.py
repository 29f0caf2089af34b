"""The 副本 of certificates: the files of each version that has one, and their digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_COLUMNS = ("copy_key", "copy_digest", "copy_legal_key", "copy_legal_digest")


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns; versions made before have no 副本."""
    for name in _COLUMNS:
        op.add_column("certificate_versions", sa.Column(name, word(200), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop the columns."""
    for name in _COLUMNS:
        op.drop_column("certificate_versions", name)
