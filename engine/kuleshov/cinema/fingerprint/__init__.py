"""Repeated shots, and two copies of a film compared."""
