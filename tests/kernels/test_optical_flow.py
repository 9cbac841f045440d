"""Flow against an independent float64 reference of the same algorithm, and against movements that are known."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov import _cpu
from kuleshov.kernels import optical_flow
from kuleshov.kernels.optical_flow import MIN_TEXTURE, PATCH

SIZE = (144, 256)
SHIFTS = [(0.3, 0.2), (1, -0.5), (-3.4, 1.3), (6.2, -2.7), (-11.6, 3.3), (0, 12), (25, 2)]
#: What a movement may be wrong by, in pixels: the median over patches, and the share that is off by half a pixel
#: (patches at the edge that the picture came from find nothing right).
EXPECTED_ERROR = 0.15
EXPECTED_OUTLIERS = 0.05


@pytest.mark.parametrize(
    ("size", "motion"),
    [
        (SIZE, {"shift": (4.3, -1.2)}),
        ((64, 98), {"growth": 1.03}),
        ((90, 160), {"degrees": 2, "gain": 1.1}),
        ((50, 34), {"shift": (-2.5, 0.5)}),
        ((10, 130), {"shift": (1.5, 0)}),
        ((8, 8), {"shift": (0.5, 0.5)}),
        ((12, 6), {"shift": (1, 1)}),
        ((2, 2), {}),
    ],
)
def test_flow_agrees_with_its_reference(reference, assert_agrees, moved_texture, size, motion):
    frames = np.stack([moved_texture(size), moved_texture(size, **motion)])
    expected = reference.patch_flow(frames[0], frames[1])
    for name, got, values in zip(
        ("vectors", "textures", "matches"), _cpu.patch_flow(frames, None), expected, strict=True
    ):
        assert got.dtype == np.float32
        assert_agrees(f"flow {name}", got[1], values, size=size, motion=motion)
        assert not got[0].any()


def known_motion(batch, *, shift=(0, 0), growth=1.0, degrees=0.0):
    """The true vector of each patch's middle, ``[gh, gw, 2]``."""
    rows, columns = batch.height // PATCH, batch.width // PATCH
    y, x = ((np.arange(n) - (n - 1) / 2) * PATCH for n in (rows, columns))
    x, y = np.meshgrid(x, y)
    c, s = (growth * f(np.radians(degrees)) for f in (np.cos, np.sin))
    return np.stack([c * x - s * y + shift[0] - x, s * x + c * y + shift[1] - y], axis=-1)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "motion",
    [*({"shift": shift} for shift in SHIFTS), {"growth": 1.02}, {"growth": 0.96}, {"degrees": 1}, {"degrees": -2}],
    ids=str,
)
def test_flow_finds_known_motion(batch_of, moved_texture, motion, seed):
    batch = batch_of(np.stack([moved_texture(SIZE, seed=seed), moved_texture(SIZE, seed=seed, **motion)]))
    flow = optical_flow(batch)
    error = np.hypot(*np.moveaxis(flow.vectors[1] - known_motion(batch, **motion), -1, 0))[flow.valid[1]]
    assert flow.valid[1].mean() > 0.6
    assert np.median(error) < EXPECTED_ERROR
    assert (error > 0.5).mean() < EXPECTED_OUTLIERS


def test_flow_refuses_a_patch_whose_match_left_the_frame(batch_of, moved_texture):
    batch = batch_of(np.stack([moved_texture(SIZE), moved_texture(SIZE, shift=(-16, 0))]))
    flow = optical_flow(batch)
    assert flow.valid[1][:, :2].mean() < 0.25
    assert flow.valid[1][:, 2:].mean() > 0.8


def test_flow_refuses_most_patches_across_a_cut(batch_of, moved_texture):
    flow = optical_flow(batch_of(np.stack([moved_texture(SIZE, seed=1), moved_texture(SIZE, seed=2)])))
    assert (flow.texture[1] >= MIN_TEXTURE).mean() > 0.8
    assert flow.valid[1].mean() < 0.5


@pytest.mark.parametrize("gain", [0.8, 1.2])
def test_flicker_is_no_motion(batch_of, moved_texture, gain):
    frames = np.stack([moved_texture(SIZE, gain=0.75), moved_texture(SIZE, gain=0.75 * gain)])
    flow = optical_flow(batch_of(frames))
    assert flow.valid[1].mean() > 0.6
    assert flow.p90[1] * SIZE[1] / 25 < 0.1


def test_noise_is_little_motion(batch_of, moved_texture):
    still = np.stack([moved_texture(SIZE)] * 4).astype(np.float64)
    noisy = still + np.random.default_rng(0).normal(0, 1, still.shape)
    flow = optical_flow(batch_of(np.clip(np.rint(noisy), 0, 255).astype(np.uint8)))
    assert (flow.median * SIZE[1] / 25 < 0.1).all()


def test_noise_alone_is_no_texture(batch_of):
    noisy = 128 + np.random.default_rng(0).normal(0, 2, (2, *SIZE))
    flow = optical_flow(batch_of(np.rint(noisy).astype(np.uint8)))
    assert not flow.valid.any()
    for name in ("mean", "median", "p90"):
        assert not getattr(flow, name).any()


def test_flat_and_still_frames_have_no_motion(batch_of, moved_texture):
    flat = optical_flow(batch_of(np.full((3, *SIZE), 90, np.uint8)))
    assert not flat.vectors.any()
    assert not flat.valid.any()
    still = optical_flow(batch_of(np.stack([moved_texture(SIZE)] * 3)))
    assert not still.vectors.any()
    assert still.valid[1:].mean() > 0.9


def test_an_edge_alone_does_not_pin_the_motion_down(batch_of):
    frames = np.full((2, *SIZE), 60, np.uint8)
    frames[:, 70:] = 180
    assert not optical_flow(batch_of(frames)).valid.any()


@pytest.mark.parametrize("shift", SHIFTS)
def test_speeds_in_frame_widths_per_second(batch_of, moved_texture, shift):
    step_seconds = 0.1
    frames = np.stack([moved_texture(SIZE), moved_texture(SIZE, shift=shift)])
    flow = optical_flow(batch_of(frames, pts_seconds=np.array([2.0, 2.0 + step_seconds])))
    pixel = SIZE[1] * step_seconds
    for speed in (flow.mean, flow.median, flow.p90):
        assert speed[1] * pixel == pytest.approx(np.hypot(*shift), abs=0.2 + 0.05 * np.hypot(*shift))


def test_blur_is_less_sharp_where_it_is(batch_of, moved_texture):
    sharp = moved_texture(SIZE).astype(np.float64)
    soft = sharp.copy()
    for _ in range(6):
        soft = (soft + np.roll(soft, 1, 0) + np.roll(soft, 1, 1) + np.roll(soft, (1, 1), (0, 1))) / 4
    left = np.where(np.arange(SIZE[1]) < 128, soft, sharp)
    frames = np.rint(np.stack([sharp, left, left])).astype(np.uint8)  # told a frame late
    cells = optical_flow(batch_of(frames)).sharpness.reshape(3, 3, 4)
    assert (cells[1] > 1.5).all()
    assert (cells[2, :, 0] < cells[1, :, 0] - 0.25).all()
    np.testing.assert_allclose(cells[2, :, 3], cells[1, :, 3], atol=0.05)


def test_the_summary_follows_from_the_vectors(assert_agrees, batch_of, moved_texture):
    times = np.array([0.0, 0.04, 0.14, 0.15])
    motions = [(0, 0), (2, 1), (3, -1), (3.5, -1)]
    batch = batch_of(np.stack([moved_texture(SIZE, shift=shift) for shift in motions]), pts_seconds=times)
    flow = optical_flow(batch)
    for n in (1, 2, 3):
        speed = np.hypot(*np.moveaxis(flow.vectors[n].astype(np.float64), -1, 0))[flow.valid[n]]
        speed /= SIZE[1] * (times[n] - times[n - 1])
        for name, expected in (("mean", speed.mean()), ("median", np.median(speed)), ("p90", np.quantile(speed, 0.9))):
            assert_agrees("flow summary", getattr(flow, name)[n], expected, name=name, frame=n)
        assert flow.median[n] == pytest.approx(
            np.hypot(*np.subtract(motions[n], motions[n - 1])) / SIZE[1] / (times[n] - times[n - 1]), rel=0.05
        )


def test_batches_do_not_show_in_the_flow(batch_of, moved_texture):
    batch = batch_of(np.stack([moved_texture(SIZE, shift=(n, 0.3 * n)) for n in range(6)]))
    whole = optical_flow(batch)
    parts = [optical_flow(batch[:2]), optical_flow(batch[2:3], previous=batch[:2])]
    parts.append(optical_flow(batch[3:], previous=batch[2:3]))
    for name in ("vectors", "texture", "valid", "mean", "median", "p90", "sharpness"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        np.testing.assert_allclose(joined, getattr(whole, name), rtol=1e-5, err_msg=name)
    assert not whole.valid[0].any()


def test_flow_of_no_frames(batch_of):
    flow = optical_flow(batch_of(np.zeros((0, 32, 32), np.uint8)))
    assert flow.vectors.shape == (0, 4, 4, 2)
    assert flow.mean.shape == (0,)
    assert flow.sharpness.shape == (0, 12)
