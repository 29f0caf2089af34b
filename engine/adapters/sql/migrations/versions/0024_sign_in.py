"""Where sessions were opened from, sign-ins under way, second factors, sign-ins by QR code, things used once.

Everyone signs in again: sessions from before cannot be told apart in the list of one's own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
_SESSION = (("ref", 26), ("address", 64), ("device", 120), ("how", 40), ("seen_at", 40))


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables and columns."""
    op.execute("DELETE FROM sessions")
    with op.batch_alter_table("sessions") as batch:
        for name, size in _SESSION:
            kind = word(size) if name in ("ref", "seen_at") else sa.String(size)
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        batch.add_column(sa.Column("strong", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "waiting_sign_ins",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("account", word(26), nullable=False),
        sa.Column("expires_at", word(40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_waiting_sign_ins")),
    )
    op.create_index(op.f("ix_waiting_sign_ins_account"), "waiting_sign_ins", ["account"])
    op.create_index(op.f("ix_waiting_sign_ins_expires_at"), "waiting_sign_ins", ["expires_at"])
    _factors()
    op.create_table(
        "used_once",
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("until", word(40), nullable=False),
        sa.PrimaryKeyConstraint("kind", "digest", name=op.f("pk_used_once")),
    )
    op.create_index(op.f("ix_used_once_until"), "used_once", ["until"])
    op.create_table(
        "account_passwords",
        sa.Column("account", word(26), nullable=False),
        sa.Column("since", word(40), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_account_passwords")),
    )


def _factors() -> None:
    op.create_table(
        "second_factors",
        sa.Column("account", word(26), nullable=False),
        sa.Column("certificate", sa.Boolean(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account", word(26), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("account", "digest", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "qr_sign_ins",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("account", word(26), nullable=False),
        sa.Column("strong", sa.Boolean(), nullable=False),
        sa.Column("expires_at", word(40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_qr_sign_ins")),
        sa.UniqueConstraint("code", name=op.f("uq_qr_sign_ins_code")),
    )
    op.create_index(op.f("ix_qr_sign_ins_expires_at"), "qr_sign_ins", ["expires_at"])


def downgrade() -> None:
    """Drop them."""
    for table in (
        "account_passwords", "used_once", "qr_sign_ins", "recovery_codes", "second_factors", "waiting_sign_ins"
    ):  # fmt: skip
        op.drop_table(table)
    with op.batch_alter_table("sessions") as batch:
        for name in ("strong", *(name for name, _ in reversed(_SESSION))):
            batch.drop_column(name)
