"""Alembic's entry: runs the migrations on the connection that the ledger hands over, in its transaction."""

from alembic import context

# SQLite can roll DDL back, but Alembic takes it for an engine that cannot unless it is told.
context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
