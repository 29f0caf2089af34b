"""All tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create every table."""
    _matters()
    _accounts()
    _drafts()
    _cases()
    _certificates()
    _effects()


def downgrade() -> None:
    """Drop every table."""
    for table in (
        "tasks",
        "parked_answers",
        "matter_current",
        "certificate_versions",
        "certificate_items",
        "case_subjects",
        "case_events",
        "voided_numbers",
        "submissions",
        "sign_in_failures",
        "sessions",
        "reservations",
        "reference_data",
        "outbox",
        "matter_versions",
        "matter_history",
        "fact_cache",
        "due_jobs",
        "drafts",
        "counters",
        "consents",
        "certificates",
        "cases",
        "case_readings",
        "bans",
        "audit_entries",
        "api_tokens",
        "accounts",
    ):
        op.drop_table(table)


def _matters() -> None:
    op.create_table(
        "matter_history",
        sa.Column("id", word(26), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("hash", word(200), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_history")),
    )
    op.create_index(op.f("ix_matter_history_matter"), "matter_history", ["matter"], unique=False)
    op.create_table(
        "matter_versions",
        sa.Column("hash", word(200), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", word(40), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_matter_versions")),
    )
    op.create_index(op.f("ix_matter_versions_matter"), "matter_versions", ["matter"], unique=False)
    op.create_table(
        "reference_data",
        sa.Column("name", word(200), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_reference_data")),
    )
    op.create_table(
        "matter_current",
        sa.Column("matter", word(200), nullable=False),
        sa.Column("hash", word(200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("since", word(40), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hash"], ["matter_versions.hash"], name=op.f("fk_matter_current_hash_matter_versions")
        ),
        sa.PrimaryKeyConstraint("matter", name=op.f("pk_matter_current")),
    )


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", word(26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("login", word(200), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", word(40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("kind", "login", name=op.f("uq_accounts_kind_login")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account", word(26), nullable=False),
        sa.Column("name", word(200), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("expires_at", word(40), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("account", "name", name=op.f("uq_api_tokens_account_name")),
    )
    op.create_table(
        "case_readings",
        sa.Column("account", word(26), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "case", name=op.f("pk_case_readings")),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account", word(26), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", word(40), nullable=False),
        sa.Column("expires_at", word(40), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_account"), "sessions", ["account"], unique=False)
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_table(
        "sign_in_failures",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("login", word(200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("until", word(40), nullable=False),
        sa.PrimaryKeyConstraint("kind", "login", name=op.f("pk_sign_in_failures")),
    )


def _drafts() -> None:
    op.create_table(
        "consents",
        sa.Column("id", word(26), nullable=False),
        sa.Column("draft", word(26), nullable=False),
        sa.Column("account", word(200), nullable=False),
        sa.Column("fact", word(200), nullable=False),
        sa.Column("source", word(200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("given_at", word(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_account_given_at", "consents", ["account", "given_at"], unique=False)
    op.create_index("ix_consents_draft", "consents", ["draft"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", word(26), nullable=False),
        sa.Column("account", word(200), nullable=False),
        sa.Column("subject_index", word(200), nullable=False),
        sa.Column("case", sa.String(length=26), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", word(40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_account_updated_at", "drafts", ["account", "updated_at"], unique=False)
    op.create_table(
        "parked_answers",
        sa.Column("id", word(26), nullable=False),
        sa.Column("draft", word(26), nullable=False),
        sa.Column("parked_at", word(40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["drafts.id"], name=op.f("fk_parked_answers_draft_drafts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_answers")),
    )
    op.create_index("ix_parked_answers_draft", "parked_answers", ["draft"], unique=False)


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", word(26), nullable=False),
        sa.Column("number", word(200), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("matter_title", sa.Text(), nullable=False),
        sa.Column("hash", word(200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("account", word(200), nullable=False),
        sa.Column("subject_code_index", word(200), nullable=False),
        sa.Column("subject_name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("received_at", word(40), nullable=False),
        sa.Column("due", word(40), nullable=False),
        sa.Column("closed_at", word(40), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("decided_at", word(40), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("certificate_number", word(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    op.create_index("ix_cases_account_received_at", "cases", ["account", "received_at"], unique=False)
    op.create_index("ix_cases_matter_received_at", "cases", ["matter", "received_at"], unique=False)
    op.create_index("ix_cases_received_at_id", "cases", ["received_at", "id"], unique=False)
    op.create_index("ix_cases_status_received_at", "cases", ["status", "received_at"], unique=False)
    op.create_table(
        "reservations",
        sa.Column("key", word(200), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("certificate", word(26), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reservations")),
    )
    op.create_index(op.f("ix_reservations_case"), "reservations", ["case"], unique=False)
    op.create_index(op.f("ix_reservations_certificate"), "reservations", ["certificate"], unique=False)
    op.create_table(
        "submissions",
        sa.Column("draft", word(26), nullable=False),
        sa.Column("account", word(200), nullable=False),
        sa.Column("key", word(200), nullable=True),
        sa.Column("case", word(26), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.PrimaryKeyConstraint("draft", name=op.f("pk_submissions")),
        sa.UniqueConstraint("account", "key", name=op.f("uq_submissions_account_key")),
    )
    op.create_table(
        "case_events",
        sa.Column("case", word(26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_events_case_cases")),
        sa.PrimaryKeyConstraint("case", "seq", name=op.f("pk_case_events")),
    )
    op.create_table(
        "case_subjects",
        sa.Column("case", word(26), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("code_index", word(200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_subjects_case_cases")),
        sa.PrimaryKeyConstraint("case", "place", name=op.f("pk_case_subjects")),
    )
    op.create_index("ix_case_subjects_code_index_case", "case_subjects", ["code_index", "case"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("case", word(26), nullable=False),
        sa.Column("task", word(200), nullable=False),
        sa.Column("step", word(200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("due", word(40), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("barred", sa.Text(), nullable=False),
        sa.Column("claimed_by", word(200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", word(40), nullable=False),
        sa.Column("closed_at", word(40), nullable=False),
        sa.Column("closed_by", word(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_tasks_case_cases")),
        sa.PrimaryKeyConstraint("case", "task", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_claimed_by_state_due", "tasks", ["claimed_by", "state", "due"], unique=False)
    op.create_index("ix_tasks_state_district_role_due", "tasks", ["state", "district", "role", "due"], unique=False)


def _certificates() -> None:
    op.create_table(
        "bans",
        sa.Column("id", word(26), nullable=False),
        sa.Column("code_index", word(200), nullable=False),
        sa.Column("line", sa.String(length=60), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("since", word(40), nullable=False),
        sa.Column("until", word(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bans")),
    )
    op.create_index("ix_bans_code_index_line", "bans", ["code_index", "line"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("id", word(26), nullable=False),
        sa.Column("number", word(200), nullable=False),
        sa.Column("type", word(200), nullable=False),
        sa.Column("holder_code_index", word(200), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("issued_on", word(40), nullable=False),
        sa.Column("valid_to", word(40), nullable=False),
        sa.Column("locked_by", word(26), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
    )
    op.create_index(op.f("ix_certificates_case"), "certificates", ["case"], unique=False)
    op.create_index(op.f("ix_certificates_holder_code_index"), "certificates", ["holder_code_index"], unique=False)
    op.create_index(
        "ix_certificates_type_status_valid_to", "certificates", ["type", "status", "valid_to"], unique=False
    )
    op.create_table(
        "counters",
        sa.Column("key", word(200), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_counters")),
    )
    op.create_table(
        "voided_numbers",
        sa.Column("number", word(200), nullable=False),
        sa.Column("certificate", word(26), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_voided_numbers")),
    )
    op.create_table(
        "certificate_items",
        sa.Column("certificate", word(26), nullable=False),
        sa.Column("name", word(200), nullable=False),
        sa.Column("value_index", word(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate"], ["certificates.id"], name=op.f("fk_certificate_items_certificate_certificates")
        ),
        sa.PrimaryKeyConstraint("certificate", "name", "value_index", name=op.f("pk_certificate_items")),
    )
    op.create_index("ix_certificate_items_name_value_index", "certificate_items", ["name", "value_index"], unique=False)
    op.create_table(
        "certificate_versions",
        sa.Column("certificate", word(26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", word(200), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("ordered_at", word(40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("file_key", word(200), nullable=False),
        sa.Column("digest", word(200), nullable=False),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.Column("sealed_at", word(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate"], ["certificates.id"], name=op.f("fk_certificate_versions_certificate_certificates")
        ),
        sa.PrimaryKeyConstraint("certificate", "version", name=op.f("pk_certificate_versions")),
    )
    op.create_index(op.f("ix_certificate_versions_case"), "certificate_versions", ["case"], unique=False)
    op.create_index(op.f("ix_certificate_versions_number"), "certificate_versions", ["number"], unique=False)


def _effects() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", word(26), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("actor", word(200), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("case", "counter", name=op.f("uq_audit_entries_case_counter")),
        sa.UniqueConstraint("number", name=op.f("uq_audit_entries_number")),
    )
    op.create_table(
        "due_jobs",
        sa.Column("case", word(26), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case", "what", name=op.f("pk_due_jobs")),
    )
    op.create_index("ix_due_jobs_state_at", "due_jobs", ["state", "at"], unique=False)
    op.create_table(
        "fact_cache",
        sa.Column("source", word(200), nullable=False),
        sa.Column("arguments", word(200), nullable=False),
        sa.Column("fetched_at", word(40), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "arguments", name=op.f("pk_fact_cache")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", word(26), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("to", word(200), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("key", word(200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", word(40), nullable=False),
        sa.Column("next_at", word(40), nullable=False),
        sa.Column("lease", word(200), nullable=False),
        sa.Column("lease_until", word(40), nullable=False),
        sa.Column("done_at", word(40), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_case_to_kind_seq", "outbox", ["case", "to", "kind", "seq"], unique=False)
    op.create_index("ix_outbox_state_next_at", "outbox", ["state", "next_at"], unique=False)
