"""Small descriptions of films that do not exist, made from a seed: valid, all different, quick to store."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kuleshov.archive import Archive
from kuleshov.archive.film.card import make_card
from kuleshov.archive.film.folder import write_film
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.cinema.dialogue.speakers import describe_speakers
from kuleshov.cinema.tracks import Tracks
from kuleshov.records import (
    MOODS,
    Analysis,
    AudioTrack,
    Camera,
    Color,
    ColorDescription,
    Dialogue,
    Emotion,
    Film,
    Lighting,
    Line,
    LineEmotion,
    Pace,
    PaletteColor,
    Provenance,
    Reason,
    Scene,
    SceneType,
    Shot,
    Sound,
    SoundEvent,
    SubtitleTrack,
    Transition,
)

VECTOR_NAMES = ("long_take", "bright", "moving", "valence", "tension", "mood_joy")


@dataclass(frozen=True)
class Description:
    """All that an archive stores of a film."""

    analysis: Analysis
    tracks: Tracks
    vectors: dict[Unit, NDArray[np.float32]]
    vector_names: tuple[str, ...]

    @property
    def content_id(self) -> str:
        return self.analysis.film.content_id

    def add_to(self, archive: Archive) -> bool:
        return archive.add(self.analysis, self.tracks, self.vectors, self.vector_names)

    def put_into(self, archive: Path, *, added_at: str) -> None:
        """Make the film's folder, whole, in an archive whose catalogue does not know of it."""
        card = make_card(self.analysis, self.vector_names, added_at=added_at)
        folder = archive / "films" / card.entry.folder_name
        folder.mkdir(parents=True)
        write_film(folder, card, self.analysis, self.tracks, self.vectors)

    def is_in(self, archive: Archive) -> bool:
        """Whether exactly this description comes back."""
        if not archive.has(self.content_id, self.analysis.provenance.pipeline_id):
            return False
        tracks = archive.tracks(self.content_id)
        assert same(archive.analysis(self.content_id), self.analysis)
        assert same_tracks(tracks, self.tracks)
        return True


def same(left: object, right: object) -> bool:
    """Whether two records are equal, NaN being equal to NaN."""
    return repr(asdict(left)) == repr(asdict(right))  # type: ignore[call-overload]


def same_tracks(left: Tracks, right: Tracks) -> bool:
    """Whether two sets of tracks are equal bit for bit, and in the same order."""
    return [
        (t.name, t.unit, t.seconds.dtype, t.values.dtype, t.seconds.tobytes(), t.values.tobytes())
        for t in left.values()
    ] == [
        (t.name, t.unit, t.seconds.dtype, t.values.dtype, t.seconds.tobytes(), t.values.tobytes())
        for t in right.values()
    ]


def describe(
    name: str, *, shots: int = 4, scenes: int = 2, pipeline: str = "p1", names: tuple[str, ...] = VECTOR_NAMES
) -> Description:
    """Describe an imagined film; name and pipeline alone decide every number in it."""
    rng = np.random.default_rng(list(f"{name}/{pipeline}".encode("utf-8", "surrogateescape")))
    length_seconds = 2.0
    said = LineEmotion({"fear": 0.75, "joy": 0.25}, -0.5, 0.25, 0.0)
    lines = [
        Line(0, 0.5, 1.5, "speech", "Кто там? Nobody.", "ANNA", said),
        Line(1, 1.5, 2.0, "sound", "thunder", None, None),
    ]
    analysis = Analysis(
        film=_film(name, frames=shots * 50, seconds=shots * length_seconds),
        shots=[_shot(rng, i, length_seconds) for i in range(shots)],
        scenes=[_scene(rng, i, scenes, shots, length_seconds) for i in range(scenes)],
        provenance=Provenance(1, "0.1.0", pipeline, "cpu", "asked for", "pyav", "cascade", {}, {"av": "18"}, 256, 144),
        lines=lines,
        speakers=describe_speakers(lines),
    )
    seconds = np.arange(shots * 50) / 25
    tracks = Tracks()
    tracks.add("luma_mean", unit="", seconds=seconds, values=rng.random(len(seconds)))
    tracks.add("flow_mean", unit="widths/s", seconds=seconds, values=np.where(seconds < 0.1, np.nan, seconds))
    tracks.add("loudness_momentary", unit="LUFS", seconds=[], values=[])
    vectors: dict[Unit, NDArray[np.float32]] = {
        unit: rng.uniform(-1, 1, (count, len(names))).astype(np.float32)
        for unit, count in (("shot", shots), ("scene", scenes))
    }
    vectors["shot"][:1, -1:] = np.nan
    return Description(analysis, tracks, vectors, names)


def _film(name: str, *, frames: int, seconds: float) -> Film:
    return Film(
        content_id=hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest(),
        title=name,
        source=f"/films/{name}.mkv",
        container="matroska",
        duration_seconds=seconds,
        frame_count=frames,
        width=1920,
        height=1080,
        coded_width=1920,
        coded_height=1088,
        frame_rate=25.0,
        frame_rate_exact="25/1",
        variable_frame_rate=False,
        sample_aspect_ratio="1:1",
        rotation_degrees=0,
        interlaced=False,
        codec="h264",
        pixel_format="yuv420p",
        bit_depth=8,
        color=ColorDescription("bt709", "tv", "bt709", "bt709"),
        picture_area=(0, 140, 1920, 800),
        video_stream_index=0,
        video_stream_count=1,
        audio_tracks=[AudioTrack(1, "aac", 2, "stereo", 48_000, "ru")],
        subtitle_tracks=[SubtitleTrack(2, "subrip", None, True)],
        size_bytes=123_456,
    )


def _segment(rng: np.random.Generator, index: int, start_seconds: float, end_seconds: float) -> dict[str, object]:
    a, b, c, d, e, f, g, h = (float(x) for x in rng.random(8))
    silent = index % 2 == 1
    return {
        "index": index,
        "start_frame": round(start_seconds * 25),
        "end_frame": round(end_seconds * 25),
        "start_seconds": start_seconds,
        "end_seconds": end_seconds,
        "lighting": Lighting("low", a * b, a, b, c, d, e, f),
        "color": Color(a, b, False, [PaletteColor("teal", "#008080", 0.6), PaletteColor("orange", "#ff8000", 0.4)]),
        "camera": Camera("slow", a, b, c, d, e, f, g),
        "pace": Pace(end_seconds - start_seconds, 7.4, 3.0, 2.5, 20 * h, 60.0),
        "sound": None if silent else Sound(None, -20 * a, b, 0.5, [SoundEvent("cut_to_silence", 1.5, 30.0)]),
        "dialogue": None if silent else Dialogue(2, 9, 2.5, 0.4, 1, 0, "Кто там? Nobody.", "ru"),
        "emotion": Emotion(
            a,
            b,
            c,
            dict(zip(MOODS, rng.uniform(-1, 1, len(MOODS)).tolist(), strict=True)),
            ["joy"],
            0.9,
            [Reason("long_take", 0.5, "a long take", {"tension": 0.25}), Reason("bright", a, "", {"joy": b, "awe": c})],
        ),
    }


def _shot(rng: np.random.Generator, index: int, length_seconds: float) -> Shot:
    start = index * length_seconds
    transition = Transition("cut" if index else "start", index * 50, index * 50, 0.9)
    return Shot(transition_in=transition, **_segment(rng, index, start, start + length_seconds))  # type: ignore[arg-type]


def _scene(rng: np.random.Generator, index: int, scenes: int, shots: int, length_seconds: float) -> Scene:
    first, end = (shots * i // scenes for i in (index, index + 1))
    segment = _segment(rng, index, first * length_seconds, end * length_seconds)
    kind = SceneType("montage", float(rng.random()), "short shots") if index % 2 else None
    return Scene(first_shot=first, end_shot=end, type=kind, **segment)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def make_description() -> Callable[..., Description]:
    """``describe`` for tests: ``make_description(name, shots=4, scenes=2, pipeline="p1", names=...)``."""
    return describe


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder, in memory where the system has such: thousands of forced writes are waited for here."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as path:
        yield Path(path)


@pytest.fixture
def folder(place: Path) -> Path:
    """Where a test's archive goes; nothing is there yet."""
    return place / "archive"


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Description]]:
    """An archive that no test may change, and the two descriptions that it holds, indexed."""
    folder = tmp_path_factory.mktemp("stored") / "archive"
    descriptions = [describe("Strike", shots=5), describe("By the Law", shots=3, scenes=1)]
    with Archive.open(folder, create=True) as archive:
        for description in descriptions:
            assert description.add_to(archive)
        archive.refresh()
    return folder, descriptions


@pytest.fixture
def two_films(folder: Path, stored: tuple[Path, list[Description]]) -> list[Description]:
    """The descriptions that an archive at ``folder`` holds, indexed: a copy of ``stored``."""
    shutil.copytree(stored[0], folder)
    return stored[1]
