"""Messages with their marks, preferences and deliveries; ratings of the service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def word(size: int) -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on every database."""
    return sa.String(size).with_variant(sa.String(size, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    _messages()
    _deliveries()
    _ratings()


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "ratings", "message_rounds", "message_deliveries", "message_preferences", "message_marks", "messages",
    ):  # fmt: skip
        op.drop_table(name)


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", word(26), nullable=False),
        sa.Column("event", word(200), nullable=False),
        sa.Column("address", word(200), nullable=False),
        sa.Column("rule", sa.String(60), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outward", sa.Text(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("statutory", sa.Boolean(), nullable=False),
        sa.Column("contact", word(26), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("link", sa.String(40), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("event", "address", name=op.f("uq_messages_event_address")),
    )
    op.create_index("ix_messages_address_at_id", "messages", ["address", "at", "id"])
    op.create_table(
        "message_marks",
        sa.Column("account", word(26), nullable=False),
        sa.Column("event", word(200), nullable=False),
        sa.Column("read_at", word(40), nullable=False),
        sa.Column("archived_at", word(40), nullable=False),
        sa.PrimaryKeyConstraint("account", "event", name=op.f("pk_message_marks")),
    )
    op.create_table(
        "message_preferences",
        sa.Column("account", word(26), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_message_preferences")),
    )


def _deliveries() -> None:
    op.create_table(
        "message_deliveries",
        sa.Column("event", word(200), nullable=False),
        sa.Column("account", word(26), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("id", word(26), nullable=False),
        sa.Column("message", word(26), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("ripe", word(40), nullable=False),
        sa.Column("done_at", word(40), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event", "account", "channel", name=op.f("pk_message_deliveries")),
        sa.UniqueConstraint("id", name=op.f("uq_message_deliveries_id")),
    )
    op.create_index("ix_message_deliveries_at_id", "message_deliveries", ["at", "id"])
    op.create_index(
        "ix_message_deliveries_account_channel_state", "message_deliveries", ["account", "channel", "state", "at"]
    )
    op.create_index("ix_message_deliveries_state_at", "message_deliveries", ["state", "at", "id"])
    op.create_table(
        "message_rounds",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("done_to", word(40), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_message_rounds")),
    )


def _ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", word(26), nullable=False),
        sa.Column("case", word(26), nullable=False),
        sa.Column("point", sa.String(20), nullable=False),
        sa.Column("matter", word(200), nullable=False),
        sa.Column("district", sa.String(40), nullable=False),
        sa.Column("authority", sa.String(60), nullable=False),
        sa.Column("at", word(40), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due", word(40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("case", "point", name=op.f("uq_ratings_case_point")),
    )
    op.create_index("ix_ratings_state_district_due", "ratings", ["state", "district", "due"])
    op.create_index("ix_ratings_state_due", "ratings", ["state", "due"])
    op.create_index("ix_ratings_at_matter_district_score", "ratings", ["at", "matter", "district", "score"])
