"""Meters of sound, one idea a file: each takes contiguous samples block by block and keeps only its short series.

``analyze_audio`` runs them over a whole sound track. ``cinema.audio.sound`` describes shots and scenes by its tracks.
"""
