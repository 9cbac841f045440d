"""Durable writes, locks, SQLite connections, the layout of an archive's folder."""
