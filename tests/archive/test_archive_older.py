"""Films that were described before there were some of today's fields: they are read, what is new is unmeasured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.archive.film.segment_tables import read_measures
from kuleshov.cinema.attributes.measures import MEASURES

OLD_SOUND = ("loudness_lufs", "loudness_max_lufs", "loudness_slope", "silence_share", "events")


def made_older(file: Path) -> None:
    """Rewrite a film's shots or scenes as version 0.1 wrote them: little about sound, nothing about its borders."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(file)
    at = table.schema.get_field_index("sound")
    sound = table["sound"].combine_chunks()
    arrays = [sound.field(name) for name in OLD_SOUND]
    fields = [sound.type.field(name) for name in OLD_SOUND]
    old = pa.StructArray.from_arrays(arrays, fields=fields, mask=sound.is_null())
    metadata = table.schema.metadata
    table = table.set_column(at, "sound", old)
    table = table.drop_columns([name for name in ("sound_border_in",) if name in table.column_names])
    pq.write_table(table.replace_schema_metadata(metadata), file, write_page_checksum=True)


def test_an_older_film_is_read_and_what_is_new_is_unmeasured(folder: Path, two_films: list[Any]) -> None:
    film = two_films[0]
    film_folder = folder / "films" / f"{film.content_id}-p1"
    for name in ("shots.parquet", "scenes.parquet"):
        made_older(film_folder / name)
    with Archive.open(folder) as archive:
        archive.reindex()
        assert archive.check() == []
        shots = archive.analysis(film.content_id).shots
    assert [shot.sound.loudness_max_lufs if shot.sound else None for shot in shots] == [
        shot.sound.loudness_max_lufs if shot.sound else None for shot in film.analysis.shots
    ]
    heard = [shot.sound for shot in shots if shot.sound]
    assert heard
    assert all((sound.music_share, sound.voice, sound.timbre) == (None, None, None) for sound in heard)
    measures = read_measures(film_folder, "shot")
    paths = [measure.path for measure in MEASURES]
    assert np.isnan(measures[:, paths.index("sound.voice.pitch_hz")]).all()
    assert measures[:, paths.index("sound.loudness_max_lufs")] == pytest.approx(
        [shot.sound.loudness_max_lufs if shot.sound else np.nan for shot in film.analysis.shots], nan_ok=True
    )
