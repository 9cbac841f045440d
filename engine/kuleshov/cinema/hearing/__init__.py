"""Meters of sound, one idea a file: each takes contiguous samples block by block and keeps only its short series.

``listen`` drives them over a whole sound track. ``cinema.audio.sound`` tells from the tracks how a shot or scene
sounds.
"""
