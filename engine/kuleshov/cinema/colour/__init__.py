"""Colour, palettes, tinting and toning."""
