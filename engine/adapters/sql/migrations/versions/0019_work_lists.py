"""Work lists by stored sort keys, the search's index, saved views, reminders, bulk runs and hand-overs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_CHUNK = 1000
_TASK_INDEXES = {
    "mine": ("state", "claimed_by", "rank", "case", "task"),
    "group": ("state", "after", "claimed_by", "role", "district", "rank", "case", "task"),
    "group_everywhere": ("state", "after", "claimed_by", "role", "rank", "case", "task"),
    "district": ("state", "after", "district", "rank", "case", "task"),
    "place": ("state", "after", "place", "rank", "case", "task"),
    "everywhere": ("state", "after", "rank", "case", "task"),
    "matter": ("state", "matter", "rank", "case", "task"),
    "done": ("closed_by", "closed_at", "case", "task"),
}
_CASE_INDEXES = (
    ("received_at",), ("district", "received_at"), ("matter", "received_at"), ("district", "matter", "received_at"),
    ("status", "received_at"), ("district", "status", "received_at"), ("closed", "received_at"),
)  # fmt: skip
_TABLES = ("changeovers", "bulk_runs", "saved_views", "case_index", "task_marks")


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables, and fill what the lists read from the cases and tasks that are there."""
    for name in ("matter", "place", "status", "channel"):
        op.add_column("tasks", sa.Column(name, word(200), nullable=False, server_default=""))
    op.add_column("tasks", sa.Column("rank", word(200), nullable=False, server_default="9999-12-31.9"))
    op.add_column("tasks", sa.Column("risk", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tasks", sa.Column("after", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name, columns in _TASK_INDEXES.items():
        op.create_index(f"ix_tasks_{name}", "tasks", list(columns))
    _lists()
    _own()
    _filled()


def downgrade() -> None:
    """Drop them."""
    for table in _TABLES:
        op.drop_table(table)
    for name in _TASK_INDEXES:
        op.drop_index(f"ix_tasks_{name}", "tasks")
    for name in ("matter", "place", "status", "channel", "rank", "risk", "after"):
        op.drop_column("tasks", name)


def _lists() -> None:
    op.create_table(
        "task_marks",
        sa.Column("case", word(26), nullable=False),
        sa.Column("task", word(200), nullable=False),
        sa.Column("mark", word(200), nullable=False),
        sa.Column("district", word(200), nullable=False),
        sa.Column("rank", word(200), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_task_marks_case_cases")),
        sa.PrimaryKeyConstraint("case", "task", "mark", name=op.f("pk_task_marks")),
    )
    op.create_index("ix_task_marks_mark_district_rank", "task_marks", ["mark", "district", "rank", "case", "task"])
    op.create_index("ix_task_marks_mark_rank", "task_marks", ["mark", "rank", "case", "task"])
    op.create_table(
        "case_index",
        sa.Column("case", word(26), nullable=False),
        sa.Column("number", word(200), nullable=False),
        sa.Column("received_at", word(40), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("district", word(200), nullable=False),
        sa.Column("status", word(200), nullable=False),
        sa.Column("certificate_number", word(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("grams", sa.Text().with_variant(sa.ARRAY(sa.Text()), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_index_case_cases")),
        sa.PrimaryKeyConstraint("case", name=op.f("pk_case_index")),
    )
    for columns in _CASE_INDEXES:
        op.create_index(f"ix_case_index_{'_'.join(columns)}", "case_index", [*columns, "case"])
    op.create_index("ix_case_index_number", "case_index", ["number"])
    op.create_index("ix_case_index_certificate_number", "case_index", ["certificate_number"])
    op.create_index("ix_case_index_grams", "case_index", ["grams"], postgresql_using="gin")


def _own() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", word(26), nullable=False),
        sa.Column("account", word(26), nullable=False),
        sa.Column("name", word(200), nullable=False),
        sa.Column("arrangement", sa.Text(), nullable=False),
        sa.Column("usual", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("account", "name", name=op.f("uq_saved_views_account_name")),
    )
    op.create_table(
        "bulk_runs",
        sa.Column("id", word(26), nullable=False),
        sa.Column("account", word(26), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_runs")),
    )
    op.create_index("ix_bulk_runs_account_at", "bulk_runs", ["account", "at"])
    op.create_table(
        "changeovers",
        sa.Column("id", word(26), nullable=False),
        sa.Column("district", word(200), nullable=False),
        sa.Column("giver", word(26), nullable=False),
        sa.Column("taker", word(26), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changeovers")),
    )
    op.create_index("ix_changeovers_giver_at", "changeovers", ["giver", "at"])
    op.create_index("ix_changeovers_taker_state_at", "changeovers", ["taker", "state", "at"])
    op.create_index("ix_changeovers_district_at", "changeovers", ["district", "at"])


def _filled() -> None:
    """Sort keys without the risk, which the next commit of a case brings; the search's lines in full."""
    connection = op.get_bind()
    op.execute(
        'UPDATE tasks SET rank = substr(due, 1, 10) || \'.9\', "after" = (step LIKE \'after.%\'), '
        'matter = (SELECT c.matter FROM cases c WHERE c.id = tasks."case"), '
        'place = (SELECT c.district FROM cases c WHERE c.id = tasks."case"), '
        'status = (SELECT c.status FROM cases c WHERE c.id = tasks."case")'
    )
    op.execute(
        'INSERT INTO task_marks ("case", task, mark, district, rank) '
        "SELECT \"case\", task, 'after:' || role, district, rank FROM tasks WHERE \"after\" AND state <> 'closed'"
    )
    from engine.model.grams import grams, plain

    last = ""
    table = sa.table(
        "case_index",
        *(sa.column(name) for name in ("case", "number", "received_at", "closed", "matter", "district", "status",
                                       "certificate_number", "text")),
        sa.column("grams", sa.Text().with_variant(sa.ARRAY(sa.Text()), "postgresql")),
    )  # fmt: skip
    while rows := connection.execute(
        sa.text(
            "SELECT id, number, received_at, closed_at, matter, matter_title, district, status, certificate_number, "
            "subject_name, summary FROM cases WHERE id > :last ORDER BY id LIMIT :chunk"
        ),
        {"last": last, "chunk": _CHUNK},
    ).all():
        told = []
        for row in rows:
            text = plain("\n".join((row.subject_name, row.summary, row.matter_title, row.district)))
            told.append({
                "case": row.id, "number": row.number, "received_at": row.received_at, "closed": bool(row.closed_at),
                "matter": row.matter, "district": row.district, "status": row.status,
                "certificate_number": row.certificate_number, "text": text,
                "grams": list(grams(text)) if connection.dialect.name == "postgresql" else "",
            })  # fmt: skip
        connection.execute(sa.insert(table), told)
        last = rows[-1].id
