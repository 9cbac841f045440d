"""What is asked to be in the picture, in words, for an image-text model: "a train at dusk"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureQuery:
    """A wish for what is in the picture: ``text`` as a model is asked, ``words`` as typed.

    ``unknown``: what of it nothing else understands. ``model``: who looks, "" as long as nobody does:
    ``query.matching.picture_match`` finds out. ``weight``: what it counts of the score.
    """

    text: str
    words: str
    unknown: tuple[str, ...] = ()
    model: str = ""
    weight: float = 1.0
