"""About two hundred queries for measuring the speed of search, of the kinds that people type."""

from __future__ import annotations

from itertools import cycle, product

_QUALITIES = ("dark", "bright", "warm", "muted", "close-up", "hand-held", "quiet", "loud", "static", "high contrast")
_MOODS = ("tense", "joyful", "sad", "lonely", "calm", "angry", "fearful", "tender", "chaotic", "romantic")
_FILTERS = (
    "1940s films",
    "films before 1930",
    "Japanese films",
    "films from Italy",
    "films by Anna Abe",
    "French films",
)
_LIMITS = (
    *("longer than 20 s", "longer than 150 s", "between 60 and 61 s", "louder than -20 LUFS", "in the first minute"),
    *("with more than 60 cuts per minute", "after 1:30:00", "shorter than 10 s"),
)


def queries() -> dict[str, list[str]]:
    """Return the queries of each kind; every one asks for scenes."""
    pairs = list(product(_QUALITIES, _MOODS))
    moods, filters, limits = cycle(_MOODS), cycle(_FILTERS), cycle(_LIMITS)
    return {
        "one quality": [f"{one} scenes" for one in (*_QUALITIES, *_MOODS)],
        "two to four qualities": [
            f"{quality}, {mood}, not {_QUALITIES[(place * 3 + 1) % 10]} scenes"
            if place % 2
            else f"very {quality} {mood} scenes"
            for place, (quality, mood) in enumerate(pairs[::3])
        ],
        "qualities and a limit": [f"{quality} {mood} scenes {next(limits)}" for quality, mood in pairs[1::4]],
        "a limit alone": [f"scenes {limit}" for limit in _LIMITS],
        "an order": [
            *("longest scenes", "shortest scenes", "loudest scenes", "darkest scenes", "brightest sad scenes"),
            *(f"most {mood} scenes" for mood in _MOODS),
            *(f"{mood} scenes, longest first" for mood in _MOODS[:5]),
        ],
        "within some films": [
            f"{next(moods)} {quality} scenes in {next(filters)}" for quality in (*_QUALITIES, *_QUALITIES)
        ],
        "films, a limit and an order": [
            f"{next(filters)}: {mood} scenes {next(limits)}, longest first" for mood in (*_MOODS, *_MOODS)
        ],
        "like a scene": [
            *(f'scenes like "Film {number}"@0:{number + 10}' for number in range(1, 11)),
            *(f'scenes like "Film {number}"@5:00 but {mood}' for number, mood in enumerate(_MOODS, start=11)),
            *(f'{quality} scenes like "Film {number}"@9:00' for number, quality in enumerate(_QUALITIES, start=31)),
        ],
        "nothing found": [
            *(
                "scenes longer than 10 hours",
                "extremely bright, extremely dark scenes",
                "films before 1800, sad scenes",
            ),
            *("very dark, very bright, very tense scenes", "scenes louder than 20 LUFS"),
        ],
    }


#: What is left to search by a vector: everything, about half, and less and less of it.
BESIDE_A_VECTOR = (
    *("", "scenes longer than 20 s", "dark scenes", "tense scenes", "warm, quiet scenes", "sad scenes in 1940s films"),
    *("films by Anna Abe", "scenes longer than 150 s", "scenes between 60 and 61 s in Japanese films"),
)
