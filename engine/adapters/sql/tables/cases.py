"""Cases and what one commit projects beside them: events, tasks, reservations, submissions.

Codes of subjects and reservation keys are stored as blind indexes; answers, facts and subjects that may not lie
in the clear are in `sealed`.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

_STOPPED = sa.text("stopped_at <> ''")  # only the cases whose clocks stand

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", Key, nullable=False, unique=True),
    sa.Column("matter", Key, nullable=False),
    sa.Column("matter_title", sa.Text, nullable=False),
    sa.Column("hash", Key, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("district", sa.String(40), nullable=False),
    sa.Column("authority", sa.String(60), nullable=False),
    sa.Column("account", Key, nullable=False),
    sa.Column("subject_code_index", Key, nullable=False),
    sa.Column("subject_name", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("due", Instant, nullable=False),
    sa.Column("closed_at", Instant, nullable=False),
    sa.Column("automatic", sa.Boolean, nullable=False),
    sa.Column("decided_at", Instant, nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("task", sa.Text, nullable=False),
    sa.Column("certificate_number", Key, nullable=False),
    sa.Column("stopped_at", Instant, nullable=False, server_default=""),
    sa.Column("clock_level", sa.String(10), nullable=False, server_default=""),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("document", Document, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Index("ix_cases_account_received_at", "account", "received_at"),
    sa.Index("ix_cases_status_received_at", "status", "received_at"),
    sa.Index("ix_cases_matter_received_at", "matter", "received_at"),
    sa.Index("ix_cases_received_at_id", "received_at", "id"),
    sa.Index("ix_cases_hash_received_at", "hash", "received_at"),
    sa.Index("ix_cases_matter_decided_at_id", "matter", "decided_at", "id"),
    sa.Index("ix_cases_matter_district_decided_at_id", "matter", "district", "decided_at", "id"),
    sa.Index("ix_cases_stopped_at", "stopped_at", sqlite_where=_STOPPED, postgresql_where=_STOPPED),
)

case_subjects = sa.Table(
    "case_subjects",
    metadata,
    sa.Column("case", Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("code_index", Key, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Index("ix_case_subjects_code_index_case", "code_index", "case"),
    sa.Index("ix_case_subjects_name_case", "name", "case"),
)

case_events = sa.Table(
    "case_events",
    metadata,
    sa.Column("case", Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("actor", Document, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("event", Document, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
)

tasks = sa.Table(
    "tasks",
    metadata,
    sa.Column("case", Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("task", Key, primary_key=True),
    sa.Column("step", Key, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("district", sa.String(40), nullable=False),
    sa.Column("due", Instant, nullable=False),
    sa.Column("people", sa.Integer, nullable=False),
    sa.Column("barred", Document, nullable=False),
    sa.Column("claimed_by", Key, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("closed_at", Instant, nullable=False),
    sa.Column("closed_by", Key, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    # Of the case, kept with its tasks so that every list is read along an index; `engine.adapters.sql.work`.
    sa.Column("rank", Key, nullable=False, default="9999-12-31.9"),
    sa.Column("risk", sa.Integer, nullable=False, default=0),
    sa.Column("after", sa.Boolean, nullable=False, default=False),
    sa.Column("matter", Key, nullable=False, default=""),
    sa.Column("place", Key, nullable=False, default=""),
    sa.Column("elsewhere", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.Column("status", Key, nullable=False, default=""),
    sa.Column("channel", Key, nullable=False, default=""),
    sa.Index("ix_tasks_state_district_role_due", "state", "district", "role", "due"),
    sa.Index("ix_tasks_claimed_by_state_due", "claimed_by", "state", "due"),
    sa.Index("ix_tasks_mine", "state", "claimed_by", "rank", "case", "task"),
    sa.Index("ix_tasks_group", "state", "after", "claimed_by", "role", "district", "rank", "case", "task"),
    sa.Index("ix_tasks_group_everywhere", "state", "after", "claimed_by", "role", "rank", "case", "task"),
    sa.Index("ix_tasks_district", "state", "after", "district", "rank", "case", "task"),
    sa.Index("ix_tasks_place", "state", "after", "place", "rank", "case", "task"),
    sa.Index("ix_tasks_elsewhere", "state", "after", "elsewhere", "place", "rank", "case", "task"),
    sa.Index("ix_tasks_everywhere", "state", "after", "rank", "case", "task"),
    sa.Index("ix_tasks_matter", "state", "matter", "rank", "case", "task"),
    sa.Index("ix_tasks_done", "closed_by", "closed_at", "case", "task"),
)

reservations = sa.Table(
    "reservations",
    metadata,
    sa.Column("key", Key, primary_key=True),
    sa.Column("case", Id, nullable=False, index=True),
    sa.Column("certificate", Id, nullable=False, index=True),
)

submissions = sa.Table(
    "submissions",
    metadata,
    sa.Column("draft", Id, primary_key=True),
    sa.Column("account", Key, nullable=False),
    sa.Column("key", Key, nullable=True),
    sa.Column("case", Id, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("account", "key"),
)
