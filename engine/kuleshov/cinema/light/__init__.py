"""Lighting, switches of light, features of thumbnails."""
