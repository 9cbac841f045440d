"""What is likely to come next in a film: from how the films of the archive continue, or how a character speaks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.store import Archive
from kuleshov.emotion.transitions import ORDER, SPACE, STATES, StateSpace, TransitionModel
from kuleshov.errors import QueryError
from kuleshov.records import LINE_EMOTIONS, Line

#: Fewer steps than this are too few to estimate a probability.
_LEAST_STEPS = 20


@dataclass(frozen=True)
class Forecast:
    """The next state and its probabilities, largest first; ``steps`` are those that the model learned from.

    ``usual``: how often each state occurs at all. ``loss`` and ``usual_loss``: the mean negative log probability of
    this film's own steps, which are not learned from, by the model and by those shares; None where there are none.
    """

    history: tuple[str, ...]
    probabilities: dict[str, float]
    usual: dict[str, float]
    steps: int
    loss: float | None
    usual_loss: float | None
    actual: str | None  # what comes next in the film; None at its end

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def forecast(archive: Archive, film: FilmEntry, seconds: float) -> Forecast:
    """Return what the moment after the one at a time is likely to read as, learned from the archive's other films.

    Raises ``QueryError`` where the film has no moments, or the others are too few.
    """
    points = film_points(archive)
    if film.content_id not in points:
        raise QueryError(f"{film.title}: described before there were moments (ingest {film.source} again)")
    times, own = points.pop(film.content_id)
    if not points:
        raise QueryError("the archive has no other film to learn from")
    space = StateSpace.of(np.concatenate([values for _, values in points.values()]))
    learned = [space.states(values) for _, values in points.values()]
    known = np.isfinite(own).all(axis=1)
    states = space.states(own)
    here = int(np.searchsorted(times[known], seconds, side="right"))
    return _forecast(learned, states, here, kinds=STATES)


def speaker_forecast(archive: Archive, film: FilmEntry, seconds: float, *, speaker: str) -> Forecast:
    """Return which feeling a character's next line is likely to carry, learned from all the others' lines.

    Each line is the feeling that a trained reader of dialogue found likeliest in it; capitals make no other speaker.
    Raises ``QueryError`` where the film's lines name no such speaker, or no feeling was read in them.
    """
    asked = speaker.casefold()
    spoken = {entry.content_id: archive.analysis(entry.content_id).lines for entry in archive.films()}
    own = _by_speaker(spoken[film.content_id]).get(asked)
    if own is None:
        names = sorted({line.speaker for line in spoken[film.content_id] if line.speaker and line.emotion is not None})
        known = (
            f"those read are {', '.join(names)}" if names else "none of its lines was read for feeling with a speaker"
        )
        raise QueryError(f"{film.title}: no line of {speaker!r} with a feeling; {known}")
    learned = [
        [_feeling(line) for line in lines]
        for content_id, all_lines in spoken.items()
        for who, lines in _by_speaker(all_lines).items()
        if (content_id, who) != (film.content_id, asked)
    ]
    here = sum(line.start_seconds <= seconds for line in own)
    return _forecast(learned, [_feeling(line) for line in own], here, kinds=LINE_EMOTIONS)


def film_points(
    archive: Archive, films: Collection[str] | None = None
) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return the starts of the moments of each film, float64 ``[n]``, and their points, ``[n, 3]``, by content id."""
    points = {}
    for entry in archive.films():
        if films is None or entry.content_id in films:
            moments = archive.moments(entry.content_id, SPACE)
            if moments is not None:
                values = np.stack([moments.values[name] for name in SPACE], axis=1).astype(np.float64)
                points[entry.content_id] = (moments.start_seconds, values)
    return points


def _forecast(
    learned: Sequence[Sequence[str]], states: Sequence[str], here: int, *, kinds: tuple[str, ...]
) -> Forecast:
    steps = sum(max(len(sequence) - 1, 0) for sequence in learned)
    if steps < _LEAST_STEPS:
        raise QueryError(f"only {steps} steps to learn from in the archive; at least {_LEAST_STEPS} are needed")
    model, plain = (TransitionModel(kinds, order).learn(learned) for order in (ORDER, 0))
    history = tuple(states[:here][-ORDER:])
    chances = model.probabilities(history)
    enough = len(states) > 1
    return Forecast(
        history=history,
        probabilities=dict(sorted(chances.items(), key=lambda pair: -pair[1])),
        usual=plain.probabilities(()),
        steps=steps,
        loss=model.log_loss([states]) if enough else None,
        usual_loss=plain.log_loss([states]) if enough else None,
        actual=states[here] if here < len(states) else None,
    )


def _by_speaker(lines: Sequence[Line]) -> dict[str, list[Line]]:
    speakers: dict[str, list[Line]] = {}
    for line in lines:
        if line.speaker is not None and line.emotion is not None:
            speakers.setdefault(line.speaker.casefold(), []).append(line)
    return speakers


def _feeling(line: Line) -> str:
    if line.emotion is None:
        raise ValueError(f"line {line.index}: no feeling was read in it")
    probabilities = line.emotion.probabilities
    return max(probabilities, key=lambda name: probabilities[name])
