"""Frames from films, on the CPU or a GPU."""
