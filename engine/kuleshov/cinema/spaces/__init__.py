"""Spaces without networks: what stretches of a film look, sound and read like, as vectors to be compared.

A file is a space (``ends`` two); ``blocks`` is what they are made of. Definitions: ``docs/similarity.md``.
"""
