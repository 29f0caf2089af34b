"""Consents to the use of certificates, and the numbered list of certificates that changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_COUNTER = "certificate-changes"
_ENDED = "SELECT number, type, status, '' AS successor FROM certificates WHERE status IN ('注销', '撤销') ORDER BY id"
_REPLACED = """
    SELECT v.number AS number, c.type AS type, '变更' AS status, c.number AS successor
    FROM certificate_versions v JOIN certificates c ON c.id = v.certificate
    WHERE v.state = 'sealed' AND v.version < c.version ORDER BY v.certificate, v.version
"""


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables; what changed before has its place at the beginning of the list, without an instant."""
    op.create_table(
        "certificate_consents",
        sa.Column("id", word(26), nullable=False),
        sa.Column("code_index", word(200), nullable=False),
        sa.Column("certificate", word(26), nullable=False),
        sa.Column("department", word(26), nullable=False),
        sa.Column("department_name", sa.Text(), nullable=False),
        sa.Column("until", word(40), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("given_by", word(26), nullable=False),
        sa.Column("given_at", word(40), nullable=False),
        sa.Column("withdrawn_at", word(40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_consents")),
        sa.UniqueConstraint("code_index", name=op.f("uq_certificate_consents_code_index")),
    )
    op.create_index("ix_certificate_consents_certificate_id", "certificate_consents", ["certificate", "id"])
    changes = op.create_table(
        "certificate_changes",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("certificate_number", word(200), nullable=False),
        sa.Column("type", word(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("successor", word(200), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificate_changes")),
    )
    connection = op.get_bind()
    found = [*connection.execute(sa.text(_REPLACED)), *connection.execute(sa.text(_ENDED))]
    rows = [
        {"number": place, "certificate_number": row.number, "type": row.type, "kind": row.status,
         "successor": row.successor, "at": ""}
        for place, row in enumerate(found, 1)
    ]  # fmt: skip
    if rows:
        connection.execute(sa.insert(changes), rows)
        counters = sa.table("counters", sa.column("key"), sa.column("value"))
        connection.execute(sa.insert(counters), {"key": _COUNTER, "value": len(rows)})


def downgrade() -> None:
    """Drop the tables and the counter of changes."""
    op.drop_table("certificate_changes")
    op.drop_table("certificate_consents")
    op.execute(sa.text(f"DELETE FROM counters WHERE key = '{_COUNTER}'"))
