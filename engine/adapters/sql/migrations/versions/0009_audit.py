"""Audit: the log and activity of each entry, roll-ups of what was done, who saw what, the changes a case is folded
from, and how far the regular verification is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


# What the program writes itself for new entries (engine.model.activity), for those that are there already.
_FILED = """
UPDATE audit_entries SET
  log = CASE WHEN trail LIKE 'account:%' OR trail LIKE 'login:%' OR trail = 'keys' OR trail LIKE 'keys:%'
             THEN 'security' ELSE 'operation' END,
  activity = CASE
    WHEN trail LIKE 'case:%' THEN 'case'
    WHEN trail LIKE 'matter:%' THEN 'matter'
    WHEN trail LIKE 'guard:%' OR trail LIKE 'freeze:%' OR trail LIKE 'recall:%' THEN 'safeguard'
    WHEN trail LIKE 'login:%' OR what LIKE '登录失败%' THEN 'failure'
    WHEN trail LIKE 'account:%' AND (what = '登录' OR what = '退出') THEN 'session'
    WHEN trail LIKE 'account:%' AND what LIKE '%令牌%' THEN 'token'
    WHEN trail LIKE 'account:%' THEN 'account'
    WHEN trail = 'keys' OR trail LIKE 'keys:%' THEN 'keys'
    ELSE 'other' END
WHERE log = ''
"""


def upgrade() -> None:
    """Bring the tables and the columns."""
    op.add_column("audit_entries", sa.Column("log", word(10), nullable=False, server_default=""))
    op.add_column("audit_entries", sa.Column("activity", word(20), nullable=False, server_default=""))
    op.execute(sa.text(_FILED))
    op.create_index("ix_audit_entries_log_at_id", "audit_entries", ["log", "at", "id", "what"])
    op.create_index("ix_audit_entries_activity_at_id", "audit_entries", ["activity", "at", "id"])
    op.create_table(
        "activity_hours",
        sa.Column("hour", word(13), nullable=False),
        sa.Column("actor", word(200), nullable=False),
        sa.Column("activity", word(20), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "actor", "activity", name=op.f("pk_activity_hours")),
    )
    op.create_index("ix_activity_hours_activity_hour", "activity_hours", ["activity", "hour"])
    op.create_table(
        "data_views",
        sa.Column("hour", word(13), nullable=False),
        sa.Column("account", word(200), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("subject", word(200), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "account", "case", name=op.f("pk_data_views")),
    )
    op.create_index("ix_data_views_case_hour", "data_views", ["case", "hour"])
    op.create_table(
        "token_uses",
        sa.Column("day", word(10), nullable=False),
        sa.Column("account", word(26), nullable=False),
        sa.Column("name", word(200), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", "account", "name", name=op.f("pk_token_uses")),
    )
    op.create_table(
        "case_changes",
        sa.Column("case", word(26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_changes_case_cases")),
        sa.PrimaryKeyConstraint("case", "version", name=op.f("pk_case_changes")),
    )
    op.create_table(
        "audit_runs",
        sa.Column("name", word(200), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("next_at", word(40), nullable=False),
        sa.Column("lease_until", word(40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_runs")),
    )
    op.create_index("ix_case_subjects_name_case", "case_subjects", ["name", "case"])
    op.create_index("ix_cases_hash_received_at", "cases", ["hash", "received_at"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_cases_hash_received_at", "cases")
    op.drop_index("ix_case_subjects_name_case", "case_subjects")
    for table in ("audit_runs", "case_changes", "token_uses", "data_views", "activity_hours"):
        op.drop_table(table)
    op.drop_index("ix_audit_entries_activity_at_id", "audit_entries")
    op.drop_index("ix_audit_entries_log_at_id", "audit_entries")
    with op.batch_alter_table("audit_entries") as table:
        table.drop_column("activity")
        table.drop_column("log")
