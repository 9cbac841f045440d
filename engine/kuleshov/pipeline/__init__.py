"""The analysis of one film or many, and everything that a user may set about it."""
