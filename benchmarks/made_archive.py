"""A large archive of films that do not exist, for measuring search: real files, made-up numbers.

Real: every film has a folder of its own, written in the archive's format (``film.json``, Parquet, embeddings, lines),
is listed in the catalogue, and indexes, columns and rows are brought up to date by ``Archive.refresh``. Emotions and
vectors of the patterns come from the program's own grammar and attributes.

Shortcuts: ``PATTERNS`` films are described from random records; a film's records and vectors are those of a pattern
with noise on every number outside of lists and of the emotion, so that no two segments are equal. Files are
not forced to the disk one by one, the catalogue is filled in one transaction, and a film has few shots, no tracks, no
moments, no measurements.
"""

from __future__ import annotations

import hashlib
import shutil
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive import Archive
from kuleshov.archive.catalog.catalog import Catalog
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.film.card import CARD, encode_card, make_card
from kuleshov.archive.film.folder import EMBEDDINGS, embedding_table, write_film
from kuleshov.archive.film.parquet import read_table, write_table
from kuleshov.archive.film.segment_tables import RECORD_TYPES, TABLES, read_spans
from kuleshov.archive.film.space_tables import SPACES, read_film_spaces, write_embeddings
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.grammar import load_grammar
from kuleshov.emotion.model import describe_emotion
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.records import (
    SEGMENT_UNITS,
    Analysis,
    ColorDescription,
    Embeddings,
    Film,
    Line,
    Pace,
    Provenance,
    Scene,
    Shot,
)

PATTERNS = 60
SCENES, SHOTS, LINES = 100, 4, 20  # of a film
NOISE = 0.03
COUNTRIES = ("France", "Japan", "Italy", "Soviet Union", "USA", "Germany", "Brazil", "India")
DIRECTORS = tuple(f"{one} {other}" for one in ("Anna", "Boris", "Chie", "Dario") for other in ("Abe", "Belov", "Costa"))
WORDS = (
    "never",
    "mind",
    "goodbye",
    "the",
    "train",
    "leaves",
    "at",
    "night",
    "who",
    "are",
    "you",
    "love",
    "run",
    "home",
)
COLORS = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "grey", "black", "teal")
#: Vectors of the visual space lie about so many centres, as pictures do.
DIMENSIONS, CENTRES, SPREAD = 512, 1000, 0.04
_SENSES = {"sound": 0.15, "people": 0.3, "dialogue": 0.3, "angle": 0.4, "heading": 1.0, "emotion": 1.0}  # share missing
#: Where numbers are not 0..1: log-normal by median and spread, or normal by mean and deviation.
_LOGNORMAL = {"motion_mean": (0.05, 1.0), "motion_median": (0.04, 1.0), "motion_p90": (0.1, 0.9), "shake": (0.002, 0.9)}
_NORMAL = {
    **{"loudness_lufs": (-26.0, 8.0), "loudness_max_lufs": (-16.0, 8.0), "level_dbfs": (-30.0, 8.0)},
    **{"pan": (0.0, 0.03), "tilt": (0.0, 0.02), "zoom": (0.0, 0.02), "roll": (0.0, 1.0), "warmth": (0.0, 0.7)},
    **{"luma_mean": (0.35, 0.18), "saturation": (0.15, 0.1), "pitch_hz": (180.0, 50.0), "tempo_bpm": (100.0, 25.0)},
    **{"loudness_slope": (0.0, 1.0), "luma_slope": (0.0, 0.02), "warmth_slope": (0.0, 0.02), "mode": (0.0, 0.5)},
    **{"roll_degrees": (0.0, 4.0), "pitch_degrees": (0.0, 12.0), "temperature_kelvin": (5500.0, 1500.0)},
    **{"colorfulness": (40.0, 20.0), "brightness_hz": (1500.0, 500.0), "valence": (0.0, 0.3)},
}


@dataclass(frozen=True)
class _Pattern:
    folder: Path
    analysis: Analysis
    vectors: dict[Unit, NDArray[np.float32]]
    tables: dict[Unit, Any]  # pyarrow.Table


def centres(seed: int = 1) -> NDArray[np.float32]:
    """Return the centres of the visual space, float32 ``[CENTRES, DIMENSIONS]`` of unit length."""
    return _unit(np.random.default_rng(seed).standard_normal((CENTRES, DIMENSIONS), dtype=np.float32))


def make_archive(folder: Path, *, scenes: int, seed: int = 1) -> None:
    """Make an archive of about so many scenes in a folder that is not there yet; in batches of films, indexed last."""
    Archive.open(folder, create=True).close()
    layout = Layout(folder)
    rng = np.random.default_rng(seed)
    patterns = [_pattern(folder.with_name(f"{folder.name}-pattern"), rng, number) for number in range(PATTERNS)]
    catalog, visual = Catalog.for_writing(layout.catalog), centres(seed)
    with catalog.transaction():
        for number in range(-(-scenes // SCENES)):
            _put_film(layout, catalog, patterns[number % PATTERNS], rng, number=number, visual=visual)
    catalog.close()
    for pattern in patterns:
        shutil.rmtree(pattern.folder)
    patterns[0].folder.parent.rmdir()


@contextmanager
def made_film(place: Path, number: int) -> Iterator[Callable[[Archive], bool]]:
    """Make one film more, and give what adds it to an archive by the archive's own way."""
    rng = np.random.default_rng(number)
    pattern = _pattern(place, rng, number)
    seen = Embeddings("visual", "made", {"scene": centres()[rng.integers(CENTRES, size=SCENES)]})
    yield lambda archive: archive.add(pattern.analysis, Tracks(), pattern.vectors, VECTOR_NAMES, embeddings=[seen])
    shutil.rmtree(place)


def made_scene(rng: np.random.Generator) -> Scene:
    """Return one made-up scene with its emotion."""
    (scene,) = _segments(Scene, 1, rng)
    (emotion,) = describe_emotion([scene], grammar=load_grammar(None))
    return replace(scene, emotion=emotion)


def _put_film(
    layout: Layout,
    catalog: Catalog,
    pattern: _Pattern,
    rng: np.random.Generator,
    *,
    number: int,
    visual: NDArray[np.float32],
) -> None:
    """Inside a transaction: write one film's folder and list it."""
    film = _film(number, pattern.analysis.film.duration_seconds)
    analysis = replace(pattern.analysis, film=film)
    card = make_card(analysis, VECTOR_NAMES, added_at=f"2026-01-01T00:00:00.{number:06d}", spaces=["visual"])
    there = layout.films / card.entry.folder_name
    there.mkdir()
    for file in pattern.folder.iterdir():
        if file.name not in (CARD, EMBEDDINGS, *TABLES.values()):
            shutil.copyfile(file, there / file.name)
    (there / CARD).write_bytes(encode_card(card))
    for unit, table in pattern.tables.items():
        with (there / TABLES[RECORD_TYPES[unit]]).open("wb") as file:
            write_table(file, _noisy(rng, table))
    vectors = {unit: np.clip(one + _noise(rng, one.shape), -1, 1) for unit, one in pattern.vectors.items()}
    near = visual[rng.integers(CENTRES, size=SCENES)]
    seen = _unit(near + rng.standard_normal(near.shape, dtype=np.float32) * np.float32(SPREAD))
    with (there / EMBEDDINGS).open("wb") as file:
        write_table(file, embedding_table(vectors, VECTOR_NAMES))
    with (there / SPACES).open("wb") as file:
        write_embeddings(file, [Embeddings("visual", "made", {"scene": seen})])
    spans = {unit: read_spans(there, unit) for unit in SEGMENT_UNITS}
    catalog.put(card.entry, VECTOR_NAMES, spans, read_film_spaces(there), size_bytes=card.film.size_bytes)


def _noisy(rng: np.random.Generator, table: Any) -> Any:
    """Return shots or scenes with other numbers, but the same times, by which queries name scenes."""
    arrays = [
        column.combine_chunks()
        if name in ("start_seconds", "end_seconds", "emotion")
        else _noisy_array(rng, column.combine_chunks())
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    return type(table).from_arrays(arrays, schema=table.schema)


def _noisy_array(rng: np.random.Generator, array: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(array.type):
        return pc.multiply(array, pa.array(1.0 + _noise(rng, (len(array),)).astype(np.float64)))
    if pa.types.is_struct(array.type):
        parts = [_noisy_array(rng, array.field(number)) for number in range(array.type.num_fields)]
        return pa.StructArray.from_arrays(parts, fields=list(array.type), mask=array.is_null())
    return array


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _noise(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(NOISE)


def _pattern(place: Path, rng: np.random.Generator, number: int) -> _Pattern:
    """Describe one made-up film by the archive's own writers."""
    shots, scenes = _segments(Shot, SHOTS, rng), _segments(Scene, SCENES, rng)
    grammar = load_grammar(None)
    shots, scenes = (
        [
            replace(one, emotion=emotion)
            for one, emotion in zip(some, describe_emotion(some, grammar=grammar), strict=True)
        ]
        for some in (shots, scenes)
    )
    seconds = scenes[-1].end_seconds
    starts = np.sort(rng.uniform(0, seconds - 3, LINES)).tolist()
    lines = [
        Line(index, start, start + 2, "speech", " ".join(rng.choice(WORDS, 6)), None, None)
        for index, start in enumerate(starts)
    ]
    provenance = Provenance(1, "0.1.0", "made", "cpu", "asked for", "pyav", "cascade", {}, {}, 256, 144)
    analysis = Analysis(_film(number, seconds), shots, scenes, provenance, lines)
    vectors: dict[Unit, NDArray[np.float32]] = {
        "shot": affect_vectors(shots, shots=shots),
        "scene": affect_vectors(scenes, shots=shots),
    }
    folder = place / str(number)
    folder.mkdir(parents=True)
    write_film(folder, make_card(analysis, VECTOR_NAMES, added_at=""), analysis, Tracks(), vectors)
    tables = {unit: read_table(folder / TABLES[RECORD_TYPES[unit]]) for unit in SEGMENT_UNITS}
    return _Pattern(folder, analysis, vectors, tables)


def _segments(kind: type[Any], count: int, rng: np.random.Generator) -> list[Any]:
    ends = np.cumsum(rng.lognormal(3.8, 0.7, count)).round(2).tolist()
    made = []
    for index, (start, end) in enumerate(zip([0.0, *ends], ends, strict=False)):
        segment = _made(kind, rng)
        length = (end - start) if kind is Shot else (end - start) / float(rng.lognormal(2, 0.6) + 1)
        pace = Pace(length, length * 1.5, 4.0, length, 60 / length, 60.0)
        changes = {"index": index, "start_frame": round(start * 24), "end_frame": round(end * 24), "pace": pace}
        changes |= {"start_seconds": start, "end_seconds": end, "matter": "picture", "emotion": None}
        if kind is Scene:
            changes |= {"first_shot": 0, "end_shot": SHOTS, "editing": None}
        made.append(replace(segment, **changes))
    return made


def _made(kind: Any, rng: np.random.Generator, name: str = "") -> Any:
    """Return a made-up value of a type: a record, a number, a choice or a list of them."""
    if is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{one.name: _made(hints[one.name], rng, one.name) for one in fields(kind)})
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        missing = rng.random() < _SENSES.get(name, 0.1)
        return None if missing else _made(arguments[0], rng, name)
    if origin is Literal:
        return arguments[int(rng.integers(len(arguments)))]
    if origin in (list, dict):
        return [_made(arguments[0], rng) for _ in range(int(rng.integers(3)))] if origin is list else {}
    made = {
        float: lambda: _number(rng, name),
        int: lambda: int(rng.integers(6)),
        bool: lambda: bool(rng.random() < 0.2),
        str: lambda: str(rng.choice(COLORS)),
    }
    return made[kind]()


def _number(rng: np.random.Generator, name: str) -> float:
    if name in _NORMAL:
        return float(rng.normal(*_NORMAL[name]))
    if name in _LOGNORMAL:
        median, spread = _LOGNORMAL[name]
        return median * float(rng.lognormal(0, spread))
    return float(rng.beta(1, 3))


_hints = cache(get_type_hints)


def _film(number: int, seconds: float) -> Film:
    return Film(
        content_id=hashlib.blake2b(str(number).encode(), digest_size=16).hexdigest(),
        title=f"Film {number}",
        source=f"/films/{number}.mkv",
        container="matroska",
        duration_seconds=seconds,
        frame_count=round(seconds * 24),
        width=1920,
        height=1080,
        coded_width=1920,
        coded_height=1088,
        frame_rate=24.0,
        frame_rate_exact="24/1",
        variable_frame_rate=False,
        sample_aspect_ratio="1:1",
        rotation_degrees=0,
        interlaced=False,
        codec="h264",
        pixel_format="yuv420p",
        bit_depth=8,
        color=ColorDescription("bt709", "tv", "bt709", "bt709"),
        picture_area=(0, 0, 1920, 1080),
        video_stream_index=0,
        video_stream_count=1,
        audio_tracks=[],
        subtitle_tracks=[],
        size_bytes=1,
        year=1920 + number % 100,
        director=DIRECTORS[number % len(DIRECTORS)],
        country=COUNTRIES[number % len(COUNTRIES)],
    )
