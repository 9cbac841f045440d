"""The SQLite catalogue: which films there are, and committing new ones."""
