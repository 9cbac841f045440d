"""A user's own shot lists, read from what other programs write, and small edits; both divide a film anew."""
