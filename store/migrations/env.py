"""How Alembic runs the steps: on the connection, and in the transaction, that store/upgrade.py holds."""

from alembic import context

from store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
