"""Certificates of keys, signed acts of cases, and the register of agency letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "signing_certificates",
        sa.Column("id", word(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("holder", word(200), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("revoked_at", word(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_certificates")),
    )
    op.create_index(
        "ix_signing_certificates_kind_holder_at", "signing_certificates", ["kind", "holder", "at"], unique=False
    )
    op.create_table(
        "signed_acts",
        sa.Column("case", word(26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("certificate", word(200), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case", "seq", name=op.f("pk_signed_acts")),
        sa.UniqueConstraint("digest", name=op.f("uq_signed_acts_digest")),
    )
    op.create_table(
        "letters",
        sa.Column("case", word(26), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("number", word(200), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("file", word(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("case", "kind", name=op.f("pk_letters")),
    )
    op.create_index("ix_letters_number", "letters", ["number"], unique=False)


def downgrade() -> None:
    """Drop every table."""
    for table in ("letters", "signed_acts", "signing_certificates"):
        op.drop_table(table)
