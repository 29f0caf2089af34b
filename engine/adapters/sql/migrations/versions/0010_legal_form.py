"""The legal form of certificates: the OFD of each version, its digest, and the 电子证照标识."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_COLUMNS = ("legal_key", "legal_digest", "identifier")


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns; versions made before have no legal form."""
    for name in _COLUMNS:
        op.add_column("certificate_versions", sa.Column(name, word(200), nullable=False, server_default=""))
    op.create_index(op.f("ix_certificate_versions_identifier"), "certificate_versions", ["identifier"], unique=False)


def downgrade() -> None:
    """Drop the columns."""
    op.drop_index(op.f("ix_certificate_versions_identifier"), "certificate_versions")
    for name in _COLUMNS:
        op.drop_column("certificate_versions", name)
