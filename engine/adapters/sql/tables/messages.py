"""Messages by whom they are for, marks of who read them, what went outward, and ratings of the service.

A message to a role is one row however many hold the role: a commit writes a constant number of rows, and whoever takes
the role later, or gives it up, sees the right ones. What a person did with it is a mark.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.metadata import Document, Id, Instant, Key, metadata

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("event", Key, nullable=False),
    sa.Column("address", Key, nullable=False),
    sa.Column("rule", sa.String(60), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("outward", sa.Text, nullable=False),
    sa.Column("channels", Document, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("statutory", sa.Boolean, nullable=False),
    sa.Column("contact", Id, nullable=False),
    sa.Column("case", Id, nullable=False),
    sa.Column("link", sa.String(40), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("event", "address"),
    sa.Index("ix_messages_address_at_id", "address", "at", "id"),
)

message_marks = sa.Table(
    "message_marks",
    metadata,
    sa.Column("account", Id, primary_key=True),
    sa.Column("event", Key, primary_key=True),
    sa.Column("read_at", Instant, nullable=False),
    sa.Column("archived_at", Instant, nullable=False),
)

message_preferences = sa.Table(
    "message_preferences",
    metadata,
    sa.Column("account", Id, primary_key=True),
    sa.Column("document", Document, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
)

message_deliveries = sa.Table(
    "message_deliveries",
    metadata,
    sa.Column("event", Key, primary_key=True),
    sa.Column("account", Id, primary_key=True),
    sa.Column("channel", sa.String(20), primary_key=True),
    sa.Column("id", Id, nullable=False, unique=True),
    sa.Column("message", Id, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("ripe", Instant, nullable=False),
    sa.Column("done_at", Instant, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Index("ix_message_deliveries_at_id", "at", "id"),
    sa.Index("ix_message_deliveries_account_channel_state", "account", "channel", "state", "at"),
    sa.Index("ix_message_deliveries_state_at", "state", "at", "id"),
)

message_rounds = sa.Table(
    "message_rounds",
    metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("done_to", Instant, nullable=False),
)

ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case", Id, nullable=False),
    sa.Column("point", sa.String(20), nullable=False),
    sa.Column("matter", Key, nullable=False),
    sa.Column("district", sa.String(40), nullable=False),
    sa.Column("authority", sa.String(60), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("due", Instant, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("document", Document, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.UniqueConstraint("case", "point"),
    sa.Index("ix_ratings_state_district_due", "state", "district", "due"),
    sa.Index("ix_ratings_state_due", "state", "due"),
    sa.Index("ix_ratings_at_matter_district_score", "at", "matter", "district", "score"),
)
