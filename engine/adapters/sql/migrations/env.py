"""Alembic's environment: it runs on the connection, and in the transaction, that `schema.migrate` hands over."""

from alembic import context

from engine.adapters.sql.tables.metadata import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
