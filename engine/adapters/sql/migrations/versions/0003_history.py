"""The history of everything: entries beyond cases, their sealing, and the signed checkpoints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Entries name a trail instead of a case; those of the first release are cases' entries."""
    with op.batch_alter_table("audit_entries") as table:
        table.drop_constraint(op.f("uq_audit_entries_case_counter"), type_="unique")
        table.alter_column("case", new_column_name="trail", type_=word(200), existing_type=word(26))
        table.add_column(sa.Column("detail", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("link", sa.String(64), nullable=True))
    op.execute(sa.text("UPDATE audit_entries SET trail = 'case:' || trail"))
    with op.batch_alter_table("audit_entries") as table:
        table.alter_column("detail", server_default=None, existing_type=sa.Text(), existing_nullable=False)
        table.create_unique_constraint(op.f("uq_audit_entries_trail_counter"), ["trail", "counter"])
        table.create_index(op.f("ix_audit_entries_at_id"), ["at", "id"])
        table.create_index(op.f("ix_audit_entries_actor_at_id"), ["actor", "at", "id"])
        unsealed = sa.text("number IS NULL")
        table.create_index(
            op.f("ix_audit_entries_unsealed"), ["id"], postgresql_where=unsealed, sqlite_where=unsealed
        )  # fmt: skip
    op.create_table(
        "checkpoints",
        sa.Column("batch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("key", word(200), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_checkpoints")),
        sa.UniqueConstraint("last", name=op.f("uq_checkpoints_last")),
    )


def downgrade() -> None:
    """Keep the entries of cases only, as the first release had them."""
    op.drop_table("checkpoints")
    op.execute(sa.text("DELETE FROM audit_entries WHERE trail NOT LIKE 'case:%'"))
    op.execute(sa.text("UPDATE audit_entries SET trail = substr(trail, 6)"))
    with op.batch_alter_table("audit_entries") as table:
        for name in ("ix_audit_entries_unsealed", "ix_audit_entries_actor_at_id", "ix_audit_entries_at_id"):
            table.drop_index(op.f(name))
        table.drop_constraint(op.f("uq_audit_entries_trail_counter"), type_="unique")
        table.drop_column("link")
        table.drop_column("detail")
        table.alter_column("trail", new_column_name="case", type_=word(26), existing_type=word(200))
    with op.batch_alter_table("audit_entries") as table:
        table.create_unique_constraint(op.f("uq_audit_entries_case_counter"), ["case", "counter"])
