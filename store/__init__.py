"""All that lasts: rule files and their history, SQL tables, category lists on disk, settings."""
