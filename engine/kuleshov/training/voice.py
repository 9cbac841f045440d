"""Train the model of vocal emotion: ``python -m kuleshov.training.voice FOLDER MODEL.npz``.

FOLDER holds recordings named as the RAVDESS speech set names them (Livingstone & Russo, PLoS ONE 13(5), 2018):
``03-01-EE-II-SS-RR-AA.flac`` (or .wav), EE the emotion, AA the actor. Its licence (CC BY-NC-SA) holds for what is made
of it: keep the model to yourself.

The model is linear discriminant analysis with a shrunken covariance, of utterances standardised by speaker. How much
it is shrunken is chosen on speakers left out one at a time. It is judged on speakers it has not heard: one actor left
out at a time, the shrinkage chosen among the others alone; chance is 1 in 8.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.signal import Decimator, dialogue
from kuleshov.cinema.hearing.speech import VoiceSeries
from kuleshov.cinema.hearing.utterances import utterance_features, utterances
from kuleshov.cinema.hearing.voice import STEP_SECONDS, VoiceMeter
from kuleshov.media.audio import audio_blocks
from kuleshov.models.voice_emotion import VoiceEmotionModel, standardised

#: RAVDESS's emotions, by number from 1.
LABELS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")
#: How much of the covariance is replaced by a multiple of the identity: few recordings, many numbers. To choose from.
SHRINKAGES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
#: Where there are too few speakers to choose on.
USUAL_SHRINKAGE = 0.85
_NAME_PARTS = 7


@dataclass(frozen=True)
class Recordings:
    """``features`` float32 ``[n, d]``, ``labels`` and ``speakers`` int64 ``[n]``."""

    features: NDArray[np.float32]
    labels: NDArray[np.int64]
    speakers: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_]) -> Recordings:
        return Recordings(self.features[chosen], self.labels[chosen], self.speakers[chosen])

    def by_speaker(self) -> Recordings:
        """The same, standardised by speaker."""
        features = np.empty_like(self.features)
        for speaker in np.unique(self.speakers):
            own = self.speakers == speaker
            features[own] = standardised(self.features[own])
        return Recordings(features, self.labels, self.speakers)


def read_recordings(folder: Path) -> Recordings:
    """Hear all recordings of a folder and the folders in it. Raises ``ValueError`` if there is none of that name."""
    rows, labels, speakers = [], [], []
    for path in sorted([*folder.rglob("*.flac"), *folder.rglob("*.wav")]):
        parts = path.stem.split("-")
        if len(parts) != _NAME_PARTS or not all(part.isdigit() for part in parts):
            continue
        features = hear(path)
        if features is not None:
            rows.append(features)
            labels.append(int(parts[2]) - 1)
            speakers.append(int(parts[6]))
    if not rows:
        raise ValueError(f"{folder}: no recordings named 03-01-EE-II-SS-RR-AA.flac or .wav with speech in them")
    return Recordings(np.stack(rows), np.array(labels), np.array(speakers))


def hear(path: Path) -> NDArray[np.float32] | None:
    """Return the numbers of a recording of one utterance; ``None`` if nobody is heard speaking."""
    meter, thinner = VoiceMeter(cepstra=True), Decimator()
    for block in audio_blocks(path, stream_index=0, start_seconds=0):
        meter.push(thinner.push(dialogue(block.samples, block.layout)))
    count = len(meter.series["pitch"].values)
    series = {name: one.values[:count] for name, one in meter.series.items()}
    voice = VoiceSeries(np.asarray(np.arange(count) * STEP_SECONDS, dtype=np.float64), **series)
    found = utterances(voice)
    if not found or meter.cepstra is None:
        return None
    return utterance_features(voice, meter.cepstra, found[0][0], found[-1][1])


def fit(recordings: Recordings, *, name: str, shrinkage: float | None = None) -> VoiceEmotionModel:
    """Return the model of recordings that are standardised by speaker; its name ends in a hash of its weights.

    Without a ``shrinkage`` the one is taken that is best for speakers left out.
    """
    if shrinkage is None:
        shrinkage = best_shrinkage(recordings)
    classes = np.unique(recordings.labels)
    means = np.stack([recordings.features[recordings.labels == label].mean(axis=0) for label in classes])
    spread = recordings.features - means[np.searchsorted(classes, recordings.labels)]
    covariance = spread.T @ spread / max(1, len(spread) - len(classes))
    size = len(covariance)
    shrunken = (1 - shrinkage) * covariance + shrinkage * np.trace(covariance) / size * np.eye(size)
    weights = np.linalg.solve(shrunken, means.T)
    bias = -0.5 * np.einsum("kd,dk->k", means, weights)
    digest = hashlib.blake2b(weights.astype(np.float32).tobytes(), digest_size=6).hexdigest()
    return VoiceEmotionModel(
        f"{name}-{digest}",
        tuple(LABELS[label] for label in classes),
        weights.astype(np.float32),
        bias.astype(np.float32),
    )


def best_shrinkage(recordings: Recordings) -> float:
    """Return the shrinkage with the best accuracy on speakers left out; recordings are standardised by speaker."""
    speakers = np.unique(recordings.speakers).tolist()
    if len(speakers) < 2:
        return USUAL_SHRINKAGE

    def right(shrinkage: float) -> float:
        by_speaker = [_told(recordings, speaker, shrinkage=shrinkage) for speaker in speakers]
        return float(np.mean([np.mean(told == meant) for told, meant in by_speaker]))

    return max(SHRINKAGES, key=right)


def unheard_speakers(recordings: Recordings) -> dict[int, NDArray[np.int64]]:
    """Return of each speaker what was meant and what a model tells that was trained on the others: ``[8, 8]`` counts.

    Rows are what was meant, columns what was told, in the order of ``LABELS``.
    """
    own = recordings.by_speaker()
    confusions = {}
    for speaker in np.unique(own.speakers).tolist():
        counts = np.zeros((len(LABELS), len(LABELS)), np.int64)
        told, meant = _told(own, speaker)
        np.add.at(counts, (meant, told), 1)
        confusions[speaker] = counts
    return confusions


def share_right(confusion: NDArray[np.int64]) -> float:
    """Return the share that was told rightly, of counts ``[8, 8]``."""
    return float(np.trace(confusion) / max(1, confusion.sum()))


def _told(
    recordings: Recordings, speaker: int, *, shrinkage: float | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The labels that a model of the other speakers tells of one, and those that were meant."""
    model = fit(recordings.only(recordings.speakers != speaker), name="check", shrinkage=shrinkage)
    left_out = recordings.only(recordings.speakers == speaker)
    numbers = np.array([LABELS.index(label) for label in model.labels])
    return numbers[model.predict(left_out.features).argmax(axis=1)], left_out.labels


def _report(confusions: dict[int, NDArray[np.int64]], *, classes: int) -> str:
    shares = {speaker: share_right(counts) for speaker, counts in confusions.items()}
    lines = [f"speaker {speaker:02}, not heard in training: {share:.3f} right" for speaker, share in shares.items()]
    lines.append(f"mean {np.mean(list(shares.values())):.3f}; chance {1 / classes:.3f}")
    lines.append("meant (rows), told (columns)".ljust(30) + " ".join(label[:5].rjust(5) for label in LABELS))
    for label, counts in zip(LABELS, np.sum(list(confusions.values()), axis=0), strict=True):
        lines.append(label.ljust(30) + " ".join(f"{count:5}" for count in counts))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m kuleshov.training.voice", description=__doc__)
    parser.add_argument("folder", type=Path, help="recordings named as RAVDESS names them")
    parser.add_argument("model", type=Path, help="file to write")
    options = parser.parse_args(arguments)
    recordings = read_recordings(options.folder)
    if len(np.unique(recordings.speakers)) > 1:
        print(_report(unheard_speakers(recordings), classes=len(np.unique(recordings.labels))))
    fit(recordings.by_speaker(), name="voice-lda").save(options.model)
    print(f"{options.model}: trained on {len(recordings.labels)} recordings")


if __name__ == "__main__":
    main()
