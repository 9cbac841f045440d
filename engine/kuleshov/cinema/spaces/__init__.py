"""Vector spaces without networks: the look, sound and words of segments as vectors that can be compared.

A file is a space (``ends`` has two); ``blocks`` are their parts. Definitions: ``docs/similarity.md``.
"""
