"""Shots grouped into scenes, and types of scenes."""
