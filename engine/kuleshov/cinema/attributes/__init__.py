"""Nameable qualities of a shot or scene, -1..1."""
