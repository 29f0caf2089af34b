"""Electronic archives: the queue, packages, checks, transfers, destruction lists, basis files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create every table; cases that ended before are put into the queue."""
    _packages()
    _lists()
    columns = '"case", version, at, counter, item'
    ended = "SELECT id, version, closed_at, '', 0 FROM cases WHERE closed_at <> ''"
    op.execute(f"INSERT INTO archive_queue ({columns}) {ended}")


def downgrade() -> None:
    """Drop every table."""
    for table in (
        "basis_members", "basis_files", "destructions", "archive_transfers", "archive_checks", "archives",
        "archive_queue",
    ):  # fmt: skip
        op.drop_table(table)


def _packages() -> None:
    op.create_table(
        "archive_queue",
        sa.Column("case", word(26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("counter", word(200), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case", name=op.f("pk_archive_queue")),
    )
    op.create_index("ix_archive_queue_at", "archive_queue", ["at"], unique=False)
    op.create_table(
        "archives",
        sa.Column("id", word(26), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("code", word(200), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("klass", sa.String(length=40), nullable=False),
        sa.Column("year", sa.String(length=4), nullable=False),
        sa.Column("retain", sa.String(length=20), nullable=False),
        sa.Column("expires", word(40), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("authority_name", sa.Text(), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("matter_title", sa.Text(), nullable=False),
        sa.Column("case_number", word(200), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("checked", sa.String(length=12), nullable=False),
        sa.Column("check_due", word(40), nullable=False),
        sa.Column("made_at", word(40), nullable=False),
        sa.Column("file_key", word(200), nullable=False),
        sa.Column("digest", word(200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archives")),
        sa.UniqueConstraint("case", "version", name=op.f("uq_archives_case_version")),
        sa.UniqueConstraint("case", "case_version", name=op.f("uq_archives_case_case_version")),
    )
    op.create_index("ix_archives_case_number", "archives", ["case_number"], unique=False)
    op.create_index("ix_archives_check_due", "archives", ["check_due"], unique=False)
    op.create_index("ix_archives_code", "archives", ["code"], unique=False)
    op.create_index("ix_archives_expires_id", "archives", ["expires", "id"], unique=False)
    op.create_index("ix_archives_latest_id", "archives", ["latest", "id"], unique=False)
    op.create_index("ix_archives_state_id", "archives", ["state", "id"], unique=False)
    op.create_table(
        "archive_checks",
        sa.Column("id", word(26), nullable=False),
        sa.Column("archive", word(26), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["archive"], ["archives.id"], name=op.f("fk_archive_checks_archive_archives")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_checks")),
    )
    op.create_index("ix_archive_checks_archive", "archive_checks", ["archive"], unique=False)
    op.create_table(
        "archive_transfers",
        sa.Column("id", word(26), nullable=False),
        sa.Column("archive", word(26), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("settled_at", word(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["archive"], ["archives.id"], name=op.f("fk_archive_transfers_archive_archives")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_transfers")),
    )
    op.create_index("ix_archive_transfers_archive", "archive_transfers", ["archive"], unique=False)


def _lists() -> None:
    op.create_table(
        "destructions",
        sa.Column("id", word(26), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("by_id", word(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("settled_at", word(40), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("settled_by_id", word(200), nullable=False),
        sa.Column("settled_reason", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destructions")),
    )
    op.create_table(
        "basis_files",
        sa.Column("id", word(26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("line", sa.String(length=60), nullable=False),
        sa.Column("key_index", word(200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("natural", sa.Boolean(), nullable=False),
        sa.Column("updated_at", word(40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basis_files")),
        sa.UniqueConstraint("kind", "line", "key_index", name=op.f("uq_basis_files_kind_line_key_index")),
    )
    op.create_index("ix_basis_files_key_index", "basis_files", ["key_index"], unique=False)
    op.create_index("ix_basis_files_line_id", "basis_files", ["line", "id"], unique=False)
    op.create_table(
        "basis_members",
        sa.Column("file", word(26), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["file"], ["basis_files.id"], name=op.f("fk_basis_members_file_basis_files")),
        sa.PrimaryKeyConstraint("file", "case", name=op.f("pk_basis_members")),
    )
    op.create_index("ix_basis_members_case", "basis_members", ["case"], unique=False)
