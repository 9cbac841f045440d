"""What an analysis is asked for, and what it reports on the way: job, settings, user shots, progress, notes."""
