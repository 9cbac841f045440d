"""Shots that come again, and two copies of a film compared."""
