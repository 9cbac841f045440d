"""The whole pipeline on a machine that looks to our code as if it had a GPU: its results are those of the CPU.

The kernels run under emulation, the decoding library is the recorded stand-in; everything between is the real thing.
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.doctor import examine
from kuleshov.pipeline.ingest import ingest
from kuleshov.pipeline.job.settings import Settings
from kuleshov.records import to_json

SMALL = {"shots": "cascade", "analysis_width": 32}


def pictures(count, *, shot_frames=30):
    """Shots of textured places, each panned over."""
    values = np.random.default_rng(7)
    worlds = values.integers(0, 256, (count // shot_frames + 1, 9, 40, 3)).repeat(4, axis=1).repeat(4, axis=2)
    frames = (np.roll(worlds[n // shot_frames], n % shot_frames, axis=1)[:32, :48] for n in range(count))
    return [frame.astype(np.uint8) for frame in frames]


@pytest.fixture
def film(tmp_path, make_film):
    """Three batches of frames, small ones: the emulation is slow."""
    return make_film(tmp_path / "film.mp4", pictures(150))


@pytest.fixture
def short_film(tmp_path, make_film):
    return make_film(tmp_path / "short.mp4", pictures(8))


@pytest.fixture
def gpu(monkeypatch):
    spec = importlib.util.spec_from_file_location("gpu_stand_in", Path(__file__).parents[1] / "gpu_stand_in.py")
    stand_in = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(stand_in)
    return lambda: stand_in.install(monkeypatch)


def describe(path, **settings):
    with Pipeline(Settings(**SMALL, **settings)) as pipeline:
        return pipeline.describe(path)


def test_a_film_is_described_as_on_the_cpu(gpu, film):
    expected = describe(film, device="cpu")
    on, _ = gpu()
    found = describe(film)
    assert found.analysis.provenance.device == "cuda:0"
    assert found.analysis.provenance.device_reason == "auto: Stand-in GPU"
    assert found.analysis.provenance.decoder.startswith("nvdec: PyNvVideoCodec 2.2.4")
    assert "shrink_and_count_8" in on.launches
    for name, series in expected.tracks.items():
        np.testing.assert_array_equal(found.tracks[name].values, series.values, err_msg=name)
    for what in ("film", "shots", "scenes"):
        got, want = getattr(found.analysis, what), getattr(expected.analysis, what)
        assert got == want
    assert to_json(found.analysis)["provenance"]["pipeline_id"] == expected.analysis.provenance.pipeline_id


def test_hardly_any_frame_is_copied_to_the_host(gpu, short_film):
    on, _ = gpu()
    described = describe(short_film)
    frames = described.analysis.film.frame_count
    # Histograms, sums, differences, the numbers of the flow, and thumbnails of 32x18: nothing else may cross.
    counted = 4 * 2048 + 4 * 256 + 8 * 3 + 8 + 8 + 8 * 16 + 4 * 16 + 3 * 32 * 18
    # But for one small luma a second, whose upright lines are looked at; the film is shorter than that.
    size = described.analysis.provenance.analysis_width * described.analysis.provenance.analysis_height
    assert on.fetched_bytes == frames * counted + size


def test_batches_are_measured_while_the_next_is_decoded(gpu, film, monkeypatch):
    on, _ = gpu()
    order = []
    fetch = on.fetch

    def watched_fetch(arrays):
        if "luma" in arrays:  # a frame for its upright lines
            return fetch(arrays)
        number = sum(event.startswith("launched") for event in order)
        order.append(f"launched {number}")
        got = fetch(arrays)
        result = got.result
        got.result = lambda: order.append(f"derived {number}") or result()
        return got

    monkeypatch.setattr(on, "fetch", watched_fetch)
    describe(film)  # 175 frames: two batches of 64 and the rest
    assert order == ["launched 0", "launched 1", "derived 0", "launched 2", "derived 1", "derived 2"]


def test_several_films_at_once_and_on_the_cpu_those_that_nvdec_can_not_decode(gpu, short_film, tmp_path, make_film):
    gpu()
    folder = tmp_path / "reel"
    folder.mkdir()
    for number in range(3):
        copy = folder / f"{number}.mp4"
        shutil.copy(short_film, copy)
        copy.write_bytes(copy.read_bytes() + bytes([number]))  # another content id
    make_film(folder / "prores.mov", pictures(8), codec="prores_ks", pixel_format="yuv422p10le")
    (folder / "broken.mp4").write_bytes(b"noise" * 100)
    with Archive.open(tmp_path / "archive", create=True) as store:
        done = {outcome.path.name: outcome for outcome in ingest([folder], store, settings=Settings(**SMALL))}
        assert {name: outcome.outcome for name, outcome in done.items()} == {
            "0.mp4": "added",
            "1.mp4": "added",
            "2.mp4": "added",
            "prores.mov": "added",
            "broken.mp4": "failed",
        }
        devices = {entry.title: store.analysis(entry.content_id).provenance for entry in store.films()}
        assert {title: each.device for title, each in devices.items()} == {
            "0": "cuda:0",
            "1": "cuda:0",
            "2": "cuda:0",
            "prores": "cpu",
        }
        assert devices["prores"].device_reason.endswith("for this film the CPU: NVDEC has no decoder for prores")
        again = [outcome.outcome for outcome in ingest([folder], store, settings=Settings(**SMALL))]
        assert sorted(again) == ["failed", "present", "present", "present", "present"]
        assert store.check() == []


def test_two_copies_that_are_described_at_once_are_one_film(gpu, short_film, tmp_path):
    gpu()
    copies = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    for copy in copies:
        shutil.copy(short_film, copy)
    reports = []
    with Archive.open(tmp_path / "archive", create=True) as store:
        done = list(ingest(copies, store, settings=Settings(**SMALL), watch=reports.append))
        assert sorted(outcome.outcome for outcome in done) == ["added", "present"]
        assert len({outcome.content_id for outcome in done}) == len(store.films()) == 1
        assert store.check() == []
    assert {report.path for report in reports if report.stage == "pictures"} == set(copies)


def test_doctor_reports_the_gpu_and_its_decoder(gpu, tmp_path):
    gpu()
    findings = {finding.name: finding for finding in examine(tmp_path / "archive").findings}
    assert findings["device cuda:0"].detail == "auto: Stand-in GPU"
    assert findings["decoder nvdec"].works
    assert "7 engines" in findings["decoder nvdec"].detail


def test_doctor_reports_why_there_is_no_gpu(tmp_path, monkeypatch):
    from kuleshov import device

    monkeypatch.setattr(device, "why_not_cuda", lambda index: "no NVIDIA driver (gone)")
    findings = {finding.name: finding for finding in examine(tmp_path / "archive").findings}
    assert findings["device cpu"].detail == "auto: no NVIDIA driver (gone)"
    assert not findings["decoder nvdec"].works
