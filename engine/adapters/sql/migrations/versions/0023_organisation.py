"""Units, posts, who holds them, the permission table, delegations and deputies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "org_units",
        sa.Column("id", word(200), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_units")),
    )
    op.create_table(
        "org_posts",
        sa.Column("id", word(200), nullable=False),
        sa.Column("unit", word(200), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["org_units.id"], name=op.f("fk_org_posts_unit_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_posts")),
    )
    op.create_table(
        "org_holdings",
        sa.Column("id", word(26), nullable=False),
        sa.Column("account", word(26), nullable=False),
        sa.Column("post", word(200), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_org_holdings_account_accounts")),
        sa.ForeignKeyConstraint(["post"], ["org_posts.id"], name=op.f("fk_org_holdings_post_org_posts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_holdings")),
    )
    op.create_table(
        "permission_tables",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", word(40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_permission_tables")),
    )
    for name in ("delegations", "absences"):
        op.create_table(
            name,
            sa.Column("id", word(26), nullable=False),
            sa.Column("until", word(40), nullable=False),
            sa.Column("document", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        )
        op.create_index(f"ix_{name}_until", name, ["until"])
    op.create_table(
        "org_state",
        sa.Column("key", sa.String(20), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_org_state")),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("org_state", "absences", "delegations", "permission_tables", "org_holdings", "org_posts", "org_units"):
        op.drop_table(name)
