"""A user's own shots: shot lists written by other programs, and small edits of detected shots."""
