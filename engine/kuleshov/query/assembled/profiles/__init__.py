"""Profiles of reels, a TOML file each."""
