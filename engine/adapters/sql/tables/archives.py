"""Electronic archives: what waits for archiving, the packages, their checks and transfers, destructions, basis files.

Catalogues name people, and so do destruction lists: they are sealed. The key of a basis file is a blind index.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

archive_queue = sa.Table(
    "archive_queue",
    metadata,
    sa.Column("case", Id, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("counter", Key, nullable=False),
    sa.Column("item", sa.Integer, nullable=False),
    sa.Index("ix_archive_queue_at", "at"),
)

archives = sa.Table(
    "archives",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case", Id, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("case_version", sa.Integer, nullable=False),
    sa.Column("latest", sa.Boolean, nullable=False),
    sa.Column("code", Key, nullable=False),
    sa.Column("item", sa.Integer, nullable=False),
    sa.Column("klass", sa.String(40), nullable=False),
    sa.Column("year", sa.String(4), nullable=False),
    sa.Column("retain", sa.String(20), nullable=False),
    sa.Column("expires", Instant, nullable=False),
    sa.Column("district", sa.String(40), nullable=False),
    sa.Column("authority_name", sa.Text, nullable=False),
    sa.Column("matter", Key, nullable=False),
    sa.Column("matter_title", sa.Text, nullable=False),
    sa.Column("case_number", Key, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("checked", sa.String(12), nullable=False),
    sa.Column("check_due", Instant, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("file_key", Key, nullable=False),
    sa.Column("digest", Key, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("files", sa.Integer, nullable=False),
    sa.Column("missing", sa.Integer, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.UniqueConstraint("case", "version"),
    sa.UniqueConstraint("case", "case_version"),
    sa.Index("ix_archives_latest_id", "latest", "id"),
    sa.Index("ix_archives_state_id", "state", "id"),
    sa.Index("ix_archives_expires_id", "expires", "id"),
    sa.Index("ix_archives_check_due", "check_due"),
    sa.Index("ix_archives_code", "code"),
    sa.Index("ix_archives_case_number", "case_number"),
)

archive_checks = sa.Table(
    "archive_checks",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("archive", Id, sa.ForeignKey("archives.id"), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("phase", sa.String(20), nullable=False),
    sa.Column("result", sa.String(12), nullable=False),
    sa.Column("items", Document, nullable=False),
)

archive_transfers = sa.Table(
    "archive_transfers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("archive", Id, sa.ForeignKey("archives.id"), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("settled_at", Instant, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("receipt", Document, nullable=False),
)

destructions = sa.Table(
    "destructions",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("district", sa.String(40), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("by_id", Key, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("settled_at", Instant, nullable=False),
    sa.Column("settled_by", sa.Text, nullable=False),
    sa.Column("settled_by_id", Key, nullable=False),
    sa.Column("settled_reason", sa.Text, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
)

basis_files = sa.Table(
    "basis_files",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("line", sa.String(60), nullable=False),
    sa.Column("key_index", Key, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("natural", sa.Boolean, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.UniqueConstraint("kind", "line", "key_index"),
    sa.Index("ix_basis_files_key_index", "key_index"),
    sa.Index("ix_basis_files_line_id", "line", "id"),
)

basis_members = sa.Table(
    "basis_members",
    metadata,
    sa.Column("file", Id, sa.ForeignKey("basis_files.id"), primary_key=True),
    sa.Column("case", Id, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("district", sa.String(40), nullable=False),
    sa.Index("ix_basis_members_case", "case"),
)
