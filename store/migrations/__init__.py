"""The steps that bring a database of any version to this one's tables; Alembic runs them for store/upgrade.py."""
