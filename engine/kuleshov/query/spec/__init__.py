"""A query as data."""
