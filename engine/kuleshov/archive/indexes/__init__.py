"""Kinds of vector index: each a file here and a line in ``kinds``."""
