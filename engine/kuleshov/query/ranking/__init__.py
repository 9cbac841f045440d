"""The order in which hits are shown."""
