"""A segment's emotion in a sentence: the strongest claims with the reasons for and against them.

It says "reads as" and "likely evokes", never that anybody feels; and "hints at" if no mood is strong.
"""

from __future__ import annotations

from kuleshov.records import Emotion, Reason

#: The number of reasons for and against (F25 of the film grammar).
FOR, AGAINST = 3, 2
#: Dimensions nearer to 0, and reasons that add less, are not mentioned.
_LEAST_SCORE, _LEAST_PART = 0.1, 0.01
#: Words for a low and a high dimension; dominance has only its number.
_WORDS = {
    "valence": ("unpleasant", "pleasant"),
    "arousal": ("low in energy", "high in energy"),
    "tension": ("relaxed", "tense"),
}


def sentence(emotion: Emotion) -> str:
    """Return one or two sentences on an emotion, with its confidence."""
    if emotion.confidence == 0:
        return "Nothing was measured that it could be read from."
    scores = {name: getattr(emotion, name) for name in _WORDS}
    parts = [
        f"{_WORDS[name][value > 0]} ({name} {value:+.2f})"
        for name, value in scores.items()
        if abs(value) >= _LEAST_SCORE
    ]
    reads = f"Reads as {_joined(parts)}" if parts else "Reads as neither pleasant nor unpleasant, tense nor relaxed"
    if emotion.strong:
        mood = max(emotion.strong, key=lambda name: emotion.moods[name])
        claim = f"likely evokes {mood} ({emotion.moods[mood]:+.2f})"
    else:
        mood = max(emotion.moods, key=lambda name: emotion.moods[name])
        claim = f"hints at {mood} ({emotion.moods[mood]:+.2f}), but too few cues agree for more"
        if emotion.moods[mood] < _LEAST_SCORE:
            claim = "no mood stands out"
    reasons_for, reasons_against = sides(emotion, mood)
    because = f": {'; '.join(reason.text for reason in reasons_for)}" if reasons_for else ""
    against = f". Against it: {'; '.join(reason.text for reason in reasons_against)}" if reasons_against else ""
    return f"{reads}; {claim}{because}{against}. (Evoked, from technique; confidence {emotion.confidence:.2f}.)"


def sides(emotion: Emotion, score: str) -> tuple[list[Reason], list[Reason]]:
    """Return the reasons that add most to a score, and those that subtract most, the largest first."""

    def part(reason: Reason) -> float:
        return reason.contributions.get(score, 0.0)

    ordered = sorted(emotion.reasons, key=part, reverse=True)
    return (
        [reason for reason in ordered if part(reason) >= _LEAST_PART][:FOR],
        [reason for reason in reversed(ordered) if part(reason) <= -_LEAST_PART][:AGAINST],
    )


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
