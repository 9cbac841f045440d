"""Attributes of a shot or scene: nameable qualities, -1..1."""
