"""Which sound is heard and which subtitles are read: by flags, by titles where there are none, told truthfully."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.media.probe import probe
from kuleshov.media.track_choice import audio_choice_notes, choose_audio_track, ranked_text_tracks, set_aside
from kuleshov.records import AudioTrack, SubtitleTrack


def sounds(*tracks: str) -> list[AudioTrack]:
    """Tracks as ``"flag flag: title"``."""
    return [
        AudioTrack(number, "aac", 2, "stereo", 48_000, None, title or None, flags.split())
        for number, (flags, _, title) in enumerate((track.partition(": ") for track in tracks), start=1)
    ]


@pytest.mark.parametrize(
    ("tracks", "number", "why"),
    [
        (["", "default"], 2, "flagged as default"),
        (["default", "default"], 1, "the first: flags and titles don't tell them apart"),
        (["", "", ""], 1, "the first: flags"),
        (["comment", "original"], 2, "no commentary"),
        (["comment default", ""], 2, "no commentary"),
        (["default: Director's Commentary", "default: Stereo"], 2, "no commentary"),
        ([": Kommentar des Regisseurs", ""], 2, "no commentary"),
        (["default: Commentary by the crew", ": Commentaire audio", ": 5.1"], 3, "no commentary"),
        (["visual_impaired", "", "default"], 3, "no audio description, flagged as default"),
        ([": English Descriptive Audio", ": English"], 2, "no audio description"),
        (["descriptions", "hearing_impaired", ""], 3, "no audio description, not for the hearing impaired"),
        (["clean_effects", ""], 2, "no effects alone"),
        ([": M&E", ": Mono mix"], 2, "no effects alone"),
        (["default dub", "original"], 1, "flagged as default"),
        (["dub", "original"], 2, "in the original language"),
        ([": Deutsch (Synchronfassung)", ": English"], 2, "not dubbed"),
        (["default dub", "default original"], 2, "in the original language"),
        (["default", "default", "comment default"], 1, "no commentary, the first of those"),
        ([": Complete commuter sounds", ": Stereo"], 1, "the first: flags"),
    ],
)
def test_which_sound_is_heard(tracks: list[str], number: int, why: str) -> None:
    given = sounds(*tracks)
    chosen = choose_audio_track(given)
    assert chosen is given[number - 1]
    (note,) = audio_choice_notes(given)
    assert note.startswith(f"sound track {number}: heard of {len(tracks)} tracks: it is {why}")


def test_a_commentary_that_is_all_there_is_is_told() -> None:
    assert audio_choice_notes(sounds("comment")) == ["sound track 1: it is commentary, there is no other"]
    both = audio_choice_notes(sounds(": Commentary 1", ": Commentary 2"))
    assert both[1] == "sound track 1: it is commentary, there is no other"
    assert audio_choice_notes(sounds("default")) == []
    assert audio_choice_notes([]) == []


def texts(*tracks: str) -> list[SubtitleTrack]:
    return [
        SubtitleTrack(number, "subrip", None, True, title or None, flags.split())
        for number, (flags, _, title) in enumerate((track.partition(": ") for track in tracks), start=1)
    ]


@pytest.mark.parametrize(
    ("tracks", "ranked", "why"),
    [
        (["forced", "default"], [2], "of 2 text tracks: it is no forced"),
        (["forced default", ""], [2], "no forced"),
        (["default: English [Forced]", ": English"], [2], "no forced"),
        ([": Signs & Songs", ": Full"], [2], "no forced"),
        (["", "default", ""], [2, 1, 3], "of 3 text tracks: it is flagged as default"),
        (["default", "default hearing_impaired"], [1, 2], "the first: flags"),
        (["hearing_impaired", "default"], [2, 1], "flagged as default"),
        (["comment", ": Commentary subs", "original", ""], [3, 4], "no commentary, in the original language"),
        ([": Karaoke", ""], [2], "no lyrics"),
        (["forced"], [], ""),
        ([""], [1], ""),
    ],
)
def test_which_subtitles_are_read(tracks: list[str], ranked: list[int], why: str) -> None:
    order, reason = ranked_text_tracks(texts(*tracks))
    assert [track.stream_index for track in order] == ranked
    assert why in reason
    assert bool(reason) == (len(tracks) > 1)


def test_pictures_are_no_text() -> None:
    pgs = SubtitleTrack(1, "hdmv_pgs_subtitle", None, False, None, ["default"])
    assert ranked_text_tracks([pgs]) == ([], "")
    assert set_aside(pgs) == ""
    assert set_aside(texts("forced")[0]) == "forced: foreign words and signs only"


@pytest.mark.parametrize(
    ("ending", "aside"),
    [("mkv", "comment"), ("mp4", "comment"), ("mov", "comment"), ("nut", "comment"), ("ts", "visual_impaired")],
)
def test_flags_and_titles_as_files_hold_them(tmp_path: Path, ending: str, aside: str) -> None:
    """A silent commentary first, then the film's sound; each container keeps what it can of flags and titles."""
    import av
    from av.stream import Disposition

    path = tmp_path / f"film.{ending}"
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        tracks: list[Any] = [container.add_stream("aac", rate=48_000, layout="mono") for _ in range(2)]
        tracks[0].disposition, tracks[1].disposition = Disposition[aside], Disposition.default
        tracks[0].metadata["language"] = tracks[1].metadata["language"] = "eng"
        tracks[0].metadata["title"] = tracks[0].metadata["handler_name"] = "Director's commentary"
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 9 * number, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for track in tracks:
            block = av.AudioFrame.from_ndarray(np.zeros((1, 9600), np.float32), format="fltp", layout="mono")
            block.sample_rate = 48_000
            container.mux(track.encode(block))
            container.mux(track.encode(None))
    found = probe(path).audio_tracks
    assert len(found) == 2
    chosen = choose_audio_track(found)
    assert chosen is found[1], found


def test_a_track_without_decoder_is_told(tmp_path: Path, make_film: Any) -> None:
    """The codec's name in the header made one that nobody knows."""
    from kuleshov.pipeline.stages.sound import SoundStage

    frames = [np.full((48, 64, 3), 20 * number, np.uint8) for number in range(6)]
    path = make_film(tmp_path / "film.mkv", frames, sound=np.zeros((1, 9600), np.float32))
    path.write_bytes(path.read_bytes().replace(b"A_AAC", b"A_QQQ"))
    info = probe(path)
    assert info.audio_tracks == ()
    sound, notes = SoundStage(None).measure(info)
    assert sound.loudness is None
    assert notes == ["sound track 1: there, not heard (no decoder for it)"]
