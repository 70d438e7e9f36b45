"""Run by Alembic: takes the connection of `migrate`, whose transaction is open already."""

from __future__ import annotations

from alembic import context

from connector.db.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
