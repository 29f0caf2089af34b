"""The certificate register, its versions, the counters numbers are drawn from, and the numbers given up."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

certificates = sa.Table(
    "certificates",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", Key, nullable=False, unique=True),
    sa.Column("type", Key, nullable=False),
    sa.Column("holder_code_index", Key, nullable=False, index=True),
    sa.Column("holder_name", sa.Text, nullable=False),
    sa.Column("authority", sa.String(60), nullable=False),
    sa.Column("district", sa.String(40), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("issued_on", Instant, nullable=False),
    sa.Column("valid_to", Instant, nullable=False),
    sa.Column("locked_by", Id, nullable=False),
    sa.Column("matter", Key, nullable=False),
    sa.Column("case", Id, nullable=False, index=True),
    sa.Column("document", Document, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("ix_certificates_type_status_valid_to", "type", "status", "valid_to"),
)

certificate_versions = sa.Table(
    "certificate_versions",
    metadata,
    sa.Column("certificate", Id, sa.ForeignKey("certificates.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("number", Key, nullable=False, index=True),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("case", Id, nullable=False, index=True),
    sa.Column("ordered_at", Instant, nullable=False),
    sa.Column("document", Document, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("file_key", Key, nullable=False),
    sa.Column("digest", Key, nullable=False),
    sa.Column("second", sa.Boolean, nullable=False),
    sa.Column("sealed_at", Instant, nullable=False),
    sa.Column("legal_key", Key, nullable=False, server_default=""),
    sa.Column("legal_digest", Key, nullable=False, server_default=""),
    sa.Column("identifier", Key, nullable=False, server_default="", index=True),
    sa.Column("copy_key", Key, nullable=False, server_default=""),
    sa.Column("copy_digest", Key, nullable=False, server_default=""),
    sa.Column("copy_legal_key", Key, nullable=False, server_default=""),
    sa.Column("copy_legal_digest", Key, nullable=False, server_default=""),
)

certificate_items = sa.Table(
    "certificate_items",
    metadata,
    sa.Column("certificate", Id, sa.ForeignKey("certificates.id"), primary_key=True),
    sa.Column("name", Key, primary_key=True),
    sa.Column("value_index", Key, primary_key=True),
    sa.Index("ix_certificate_items_name_value_index", "name", "value_index"),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("key", Key, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

voided_numbers = sa.Table(
    "voided_numbers",
    metadata,
    sa.Column("number", Key, primary_key=True),
    sa.Column("certificate", Id, nullable=False),
    sa.Column("case", Id, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
