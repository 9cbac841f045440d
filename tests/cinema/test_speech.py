"""How people speak: recordings whose sentences are known, and voices made for the purpose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kuleshov.cinema.hearing.signal import VOICE_RATE, Decimator
from kuleshov.cinema.hearing.speech import VoiceSeries, screams, shouted, syllables, whispered
from kuleshov.cinema.hearing.utterances import FEATURES, utterance_features, utterances
from kuleshov.cinema.hearing.voice import STEP_SECONDS, VoiceMeter
from kuleshov.media.audio import audio_blocks
from kuleshov.models.voice_activity import CHUNK, VoiceActivity

Samples = NDArray[np.float32]
SYLLABLES = 7  # "Kids are talking by the door", "Dogs are sitting by the door"


def recording(data: Path, name: str) -> Samples:
    thinner = Decimator()
    path = data / f"speech/ravdess_16k_actors01-06/{name}.flac"
    return np.concatenate([thinner.push(b.samples[0]) for b in audio_blocks(path, stream_index=0, start_seconds=0)])


def voice_of(samples: Samples) -> VoiceSeries:
    meter = VoiceMeter()
    meter.push(samples)
    count = len(meter.series["pitch"].values)
    series = {name: one.values[:count] for name, one in meter.series.items()}
    return VoiceSeries(np.arange(count) * STEP_SECONDS, **series)


def whispering(samples: Samples) -> Samples:
    """The same words in a whisper: the vocal tract (linear prediction of 32 ms) over noise instead of the voice."""
    from scipy.linalg import solve_toeplitz
    from scipy.signal import lfilter

    generator, window = np.random.default_rng(0), np.hanning(CHUNK)
    out = np.zeros(len(samples) + CHUNK)
    for start in range(0, len(samples) - CHUNK, CHUNK // 2):
        part = samples[start : start + CHUNK] * window
        lags = np.correlate(part, part, "full")[CHUNK - 1 : CHUNK + 16]
        lags[0] = lags[0] * 1.0001 + 1e-9
        tract = np.concatenate(([1.0], -solve_toeplitz(lags[:-1], lags[1:])))
        power = np.sqrt(np.mean(lfilter(tract, [1], part) ** 2))
        out[start : start + CHUNK] += lfilter([1], tract, generator.standard_normal(CHUNK) * power) * window
    return out[: len(samples)].astype(np.float32)


def test_the_network_says_the_same_in_pieces(data: Path) -> None:
    samples = recording(data, "03-01-01-01-01-01-01")
    whole = VoiceActivity().push(samples)
    pieces = VoiceActivity()
    likely = np.concatenate([pieces.push(part) for part in np.split(samples, [7, 1000, 20_011])])
    np.testing.assert_allclose(likely, whole, atol=1e-5)
    assert 0.25 < (whole > 0.5).mean() < 0.6
    assert (VoiceActivity().push(np.random.default_rng(0).standard_normal(VOICE_RATE).astype(np.float32)) < 0.5).all()


def test_syllables_are_counted(data: Path) -> None:
    names = [
        f"03-01-0{emotion}-01-0{words}-01-{actor}"
        for actor in ("01", "02", "04")
        for emotion in (1, 4)
        for words in (1, 2)
    ]
    counts = [len(syllables(voice_of(recording(data, name)))) for name in names]
    assert np.mean(counts) == pytest.approx(SYLLABLES, abs=0.7)
    assert np.mean([abs(count - SYLLABLES) <= 1 for count in counts]) >= 0.75


@pytest.mark.parametrize("hertz", [90.0, 220.0, 600.0, 1200.0])
def test_pitch_is_that_of_the_tone(hertz: float) -> None:
    time = np.arange(VOICE_RATE) / VOICE_RATE
    wave = sum(np.sin(2 * np.pi * hertz * k * time) / k for k in range(1, 6))
    meter = VoiceMeter()
    meter.push((0.1 * wave).astype(np.float32))
    np.testing.assert_allclose(meter.series["pitch"].values, hertz, rtol=0.01)
    assert meter.series["voicing"].values.min() > 0.9


def test_a_whisper_is_told_from_the_same_words_spoken(data: Path) -> None:
    for name in ("03-01-01-01-01-01-01", "03-01-03-01-02-01-02"):
        samples = recording(data, name)
        spoken, hushed = voice_of(samples), voice_of(whispering(samples))
        assert whispered(hushed).sum() / hushed.speaks.sum() > 0.8
        assert whispered(spoken).sum() / spoken.speaks.sum() < 0.3


def test_shouting_is_told_from_calm_speech_of_the_same_person(data: Path) -> None:
    calm = [recording(data, f"03-01-0{e}-01-0{s}-0{r}-01") for e in (1, 4) for s in (1, 2) for r in (1, 2)]
    angry = recording(data, "03-01-05-02-01-01-01")
    voice = voice_of(np.concatenate((*calm, angry)))
    begins = len(np.concatenate(calm)) / VOICE_RATE
    loud = voice.seconds >= begins
    assert shouted(voice)[loud].sum() / voice.speaks[loud].sum() > 0.5
    assert shouted(voice)[~loud].sum() / voice.speaks[~loud].sum() < 0.1


def made(seconds: float, **values: float) -> VoiceSeries:
    count = round(seconds / STEP_SECONDS)
    usual = {"activity": 0.2, "pitch": 200.0, "voicing": 0.8, "level": -30.0, "press": -11.0} | values
    return VoiceSeries(
        np.arange(count) * STEP_SECONDS, **{name: np.full(count, value, np.float32) for name, value in usual.items()}
    )


def test_a_scream_is_high_loud_pressed_long_and_no_music() -> None:
    scream = {"pitch": 900.0, "level": -10.0, "press": 6.0}
    quiet = np.zeros(round(1 / STEP_SECONDS), np.float32)
    ((seconds, lasts),) = screams(made(1, **scream), loud_dbfs=-15, music=quiet)
    assert (seconds, lasts) == (0.0, pytest.approx(1, abs=0.04))
    for without in ({"pitch": 300.0}, {"level": -20.0}, {"press": -8.0}, {"voicing": 0.2}):
        assert screams(made(1, **(scream | without)), loud_dbfs=-15, music=quiet) == []
    assert screams(made(1, **scream), loud_dbfs=-15, music=quiet + 1) == []
    assert screams(made(0.3, **scream), loud_dbfs=-15, music=quiet[:9]) == []


def test_utterances_end_at_pauses_and_are_told_in_numbers() -> None:
    voice = made(20, activity=0.9)
    pause = (voice.seconds > 3) & (voice.seconds < 4)
    voice = VoiceSeries(
        voice.seconds,
        np.where(pause, 0, voice.activity),
        *(getattr(voice, n) for n in ("pitch", "voicing", "level", "press")),
    )
    found = utterances(voice)
    assert [round((end - first) * STEP_SECONDS) for first, end in found] == [3, 5, 5, 5]
    cepstra = np.random.default_rng(0).standard_normal((len(voice.seconds), 20)).astype(np.float32)
    numbers = utterance_features(voice, cepstra, *found[0])
    assert numbers.shape == (FEATURES,)
    assert np.isfinite(numbers).all()
    assert utterances(made(2, activity=0.1)) == []
