"""Safeguards of instant approval: guard, freezes, seeds of the draw, what grants rested on, and recalls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create every table."""
    _guard()
    _grants()
    _recalls()


def downgrade() -> None:
    """Drop every table."""
    for table in (
        "recall_cases", "recalls", "grant_basis", "grants", "sampling_seeds", "freezes", "guard_tallies", "guards",
    ):  # fmt: skip
        op.drop_table(table)


def _guard() -> None:
    op.create_table(
        "guards",
        sa.Column("matter", word(200), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("armed_by", sa.Text(), nullable=False),
        sa.Column("armed_at", word(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("matter", name=op.f("pk_guards")),
    )
    op.create_index("ix_guards_state", "guards", ["state"], unique=False)
    op.create_table(
        "guard_tallies",
        sa.Column("matter", word(200), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("period", word(40), nullable=False),
        sa.Column("filed", sa.Integer(), nullable=False),
        sa.Column("instant", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("matter", "epoch", "period", name=op.f("pk_guard_tallies")),
    )
    op.create_table(
        "freezes",
        sa.Column("id", word(26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("key", word(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("lifted_at", word(40), nullable=False),
        sa.Column("lifted_by", sa.Text(), nullable=False),
        sa.Column("lifted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freezes")),
        sa.UniqueConstraint("kind", "matter", "key", "lifted_at", name=op.f("uq_freezes_kind_matter_key_lifted_at")),
    )
    op.create_index("ix_freezes_lifted_at_matter", "freezes", ["lifted_at", "matter"], unique=False)
    op.create_table(
        "sampling_seeds",
        sa.Column("day", word(40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("made_at", word(40), nullable=False),
        sa.Column("revealed_at", word(40), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_sampling_seeds")),
    )


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("case", word(26), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("hash", word(200), nullable=False),
        sa.Column("row", word(200), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("day", word(40), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("share", sa.String(length=20), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case", name=op.f("pk_grants")),
    )
    op.create_index("ix_grants_day_case", "grants", ["day", "case"], unique=False)
    op.create_table(
        "grant_basis",
        sa.Column("case", word(26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", word(200), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("detail", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("case", "kind", "key", "at", name=op.f("pk_grant_basis")),
    )
    op.create_index("ix_grant_basis_kind_key_at_case", "grant_basis", ["kind", "key", "at", "case"], unique=False)


def _recalls() -> None:
    op.create_table(
        "recalls",
        sa.Column("id", word(26), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("settled_at", word(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalls")),
    )
    op.create_table(
        "recall_cases",
        sa.Column("recall", word(26), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.String(length=20), nullable=False),
        sa.Column("asked_at", word(40), nullable=False),
        sa.PrimaryKeyConstraint("recall", "case", name=op.f("pk_recall_cases")),
    )
    op.create_index(
        "ix_recall_cases_recall_state_case", "recall_cases", ["recall", "state", "case"], unique=False
    )
