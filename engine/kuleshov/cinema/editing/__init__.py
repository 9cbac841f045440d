"""Shot lengths, pace and tempo."""
