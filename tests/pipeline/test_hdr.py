"""A real clip mastered as PQ, HLG and wide-gamut SDR measures as its SDR original does."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.settings import Settings
from kuleshov.records import Analysis

# The other way round than kuleshov.media.tone, from the standards: BT.2087, ST 2084, BT.2100.
TO_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
PQ, HLG, SDR_2020 = (9, 16, 9), (9, 18, 9), (9, 14, 9)  # H.273: matrix, transfer, primaries


def pq(nits: np.ndarray) -> np.ndarray:
    y = (nits / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375


def hlg(nits: np.ndarray) -> np.ndarray:
    shown = nits / 1000
    luminance = np.maximum(shown @ np.array([0.2627, 0.6780, 0.0593]), 1e-9)
    scene = shown * luminance[..., None] ** (1 / 1.2 - 1)
    curve = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), curve)


def mastered(rgb: np.ndarray, coding: tuple[int, int, int] | None) -> np.ndarray:
    """Signals R'G'B' of SDR pictures on a display whose white is 203 cd/m2."""
    if coding is None:
        return rgb
    light = np.maximum(rgb**2.4 @ TO_2020.T, 0)
    return pq(203 * light) if coding == PQ else hlg(203 * light) if coding == HLG else light ** (1 / 2.4)


def planes(signal: np.ndarray, *, wide: bool) -> list[np.ndarray]:
    """Limited-range Y, Cb, Cr of 10 bits, 4:2:0."""
    red, blue = (0.2627, 0.0593) if wide else (0.2126, 0.0722)
    y = signal @ np.array([red, 1 - red - blue, blue])
    halves = [(signal[..., 2] - y) / (2 - 2 * blue), (signal[..., 0] - y) / (2 - 2 * red)]
    small = [half.reshape(half.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3)) for half in halves]
    codes = [64 + 876 * y, *(512 + 896 * half for half in small)]
    return [np.rint(code).clip(0, 1023).astype(np.uint16) for code in codes]


def write(path: Path, frames: np.ndarray, coding: tuple[int, int, int] | None) -> Path:
    import av

    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=25, options={"crf": "6", "profile": "high10"})
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p10le"
        context = stream.codec_context
        context.colorspace, context.color_trc, context.color_primaries = coding or (1, 1, 1)
        context.color_range = 1
        for number, rgb in enumerate(frames):
            frame = av.VideoFrame(frames.shape[2], frames.shape[1], "yuv420p10le")
            for plane, codes in zip(frame.planes, planes(mastered(rgb, coding), wide=coding is not None), strict=True):
                rows = np.zeros((plane.height, plane.line_size // 2), dtype=np.uint16)
                rows[:, : plane.width] = codes
                plane.update(rows.tobytes())
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def masters(data, tmp_path_factory) -> dict[str, Analysis]:
    import av

    folder = tmp_path_factory.mktemp("masters")
    with av.open(str(data / "video/moviepy/big_buck_bunny_0_30.webm")) as container:
        shown = [frame.to_ndarray(format="rgb24", width=320, height=180) for frame in container.decode(video=0)]
    frames = np.stack(shown[320:340]) / 255
    pipeline = Pipeline(Settings(device="cpu", shots="off"))
    made = {"sdr": None, "pq": PQ, "hlg": HLG, "wide": SDR_2020}
    return {
        name: pipeline.describe(write(folder / f"{name}.mkv", frames, coding)).analysis for name, coding in made.items()
    }


#: How far a measure may be from that of the SDR original: 8-bit code values of PQ are coarser, and the colour table
#: interpolates. About twice what this clip shows, which is bright and saturated.
TOLERANCES = {
    "lighting.luma_mean": 0.005,
    "lighting.contrast": 0.003,
    "lighting.contrast_range": 0.02,
    "lighting.dark_share": 0.004,
    "lighting.bright_share": 0.01,
    "lighting.key_value": 0.003,
    "lighting.light_edges": 0.004,
    "color.saturation": 0.006,
    "color.warmth": 0.02,
    "color.colorfulness": 2.0,
    "color.temperature_kelvin": 60.0,
    "camera.motion_mean": 0.002,
}


def number(analysis: Analysis, path: str) -> float:
    sense, name = path.split(".")
    return float(getattr(getattr(analysis.shots[0], sense), name))


@pytest.mark.parametrize("name", ["pq", "hlg", "wide"])
def test_a_master_measures_as_the_original(masters, name):
    for path, tolerance in TOLERANCES.items():
        assert number(masters[name], path) == pytest.approx(number(masters["sdr"], path), abs=tolerance), path
    shots = [masters[each].shots[0] for each in (name, "sdr")]
    colors = [{color.name for color in shot.color.palette if color.share > 0.1} for shot in shots]
    assert colors[0] == colors[1]


@pytest.mark.parametrize(("name", "note"), [("pq", "PQ pictures: "), ("hlg", "HLG pictures: "), ("wide", "BT.2020 ")])
def test_the_mapping_is_in_the_provenance(masters, name, note):
    assert any(each.startswith(note) for each in masters[name].provenance.notes)
    assert not masters["sdr"].provenance.notes
    assert masters["pq"].film.color.transfer == "smpte2084"


def test_without_it_hdr_would_measure_otherwise(masters, monkeypatch):
    """The tolerances tell: code values taken as they are miss most of them."""
    monkeypatch.setattr("kuleshov.pipeline.stages.frames.tone_map", lambda batch: batch)
    path = Path(masters["pq"].film.source)
    unmapped = Pipeline(Settings(device="cpu", shots="off")).describe(path).analysis
    missed = [p for p, t in TOLERANCES.items() if abs(number(unmapped, p) - number(masters["sdr"], p)) > t]
    assert len(missed) >= 8
