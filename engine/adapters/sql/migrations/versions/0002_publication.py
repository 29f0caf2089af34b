"""How publications were weighed, and drafts that run beside the live version of their matter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_REFUSE = "publications are never changed"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables, and the triggers that keep the records of publications as they are."""
    op.create_table(
        "publications",
        sa.Column("id", word(26), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("hash", word(200), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
    )
    op.create_index("ix_publications_matter_at", "publications", ["matter", "at"], unique=False)
    _shadows()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION zhunyu_publications_stay() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSE}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER publications_stay BEFORE UPDATE OR DELETE ON publications "
            "FOR EACH ROW EXECUTE FUNCTION zhunyu_publications_stay()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER publications_stay_{change.lower()} BEFORE {change} ON publications "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END"
        )


def _shadows() -> None:
    op.create_table(
        "shadows",
        sa.Column("id", word(26), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("running", word(200), nullable=True),
        sa.Column("hash", word(200), nullable=False),
        sa.Column("live", word(200), nullable=False),
        sa.Column("started_at", word(40), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("until", word(40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ended_at", word(40), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["matter_versions.hash"], name=op.f("fk_shadows_hash_matter_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadows")),
        sa.UniqueConstraint("running", name=op.f("uq_shadows_running")),
    )
    op.create_index(op.f("ix_shadows_matter"), "shadows", ["matter"], unique=False)
    op.create_table(
        "shadow_results",
        sa.Column("shadow", word(26), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("number", word(200), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("live_outcome", sa.String(length=20), nullable=False),
        sa.Column("live_by", word(200), nullable=False),
        sa.Column("draft_outcome", sa.String(length=20), nullable=False),
        sa.Column("draft_by", word(200), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["shadow"], ["shadows.id"], name=op.f("fk_shadow_results_shadow_shadows")),
        sa.PrimaryKeyConstraint("shadow", "case", name=op.f("pk_shadow_results")),
    )
    op.create_index(
        "ix_shadow_results_shadow_state_at", "shadow_results", ["shadow", "state", "at"], unique=False
    )


def downgrade() -> None:
    """Drop the tables and their triggers."""
    op.drop_table("shadow_results")
    op.drop_table("shadows")
    op.drop_table("publications")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION zhunyu_publications_stay()")
