"""Real pictures as scenery: one from the middle of every stretch of the clips, by half of the material."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from construct.material import load, stretches

from moves.world import DENSITY, Grey

#: Clips whose pictures are seen while rules are set; all others are for the figures that are reported.
TUNING = ("libopenshot", "imageio", "mdn", "fillets", "mmaction2", "flyingchairs")
#: Too small to be scenery: enlarged it has no texture left.
_SMALL = ("transnetv2",)
_MOST = 4  # of one clip
_LEAST_TEXTURED = 0.3  # share of the picture that is not flat: nobody sees a camera move over a blank wall


def load_stills(data: Path, half: Literal["tuning", "reported"]) -> list[Grey]:
    """Return grey pictures float32 ``[396, 704]``; raises ``SystemExit`` where the material is missing."""
    chosen = {}
    for stretch in stretches(data):
        tuning = any(name in stretch.clip for name in TUNING)
        if any(name in stretch.clip for name in _SMALL):
            continue
        if tuning != (half == "tuning") or sum(stretch.clip == one.clip for one in chosen) >= _MOST:
            continue
        middle = (stretch.first + stretch.last) // 2
        chosen[replace(stretch, first=middle, last=middle)] = None
    width = round(2.2 * DENSITY)
    pictures = load(data, chosen, width, round(width * 9 / 16))
    stills = [cv2.cvtColor(each[0], cv2.COLOR_RGB2GRAY).astype(np.float32) for each in pictures.values() if each]
    stills = [still for still in stills if _textured(still) >= _LEAST_TEXTURED]
    if not stills:
        raise SystemExit(f"no clips of benchmarks/quality/construct/stretches.json under {data}")
    return stills


def _textured(still: Grey) -> float:
    """The share of a still's cells in which neighbouring pixels differ by three grey levels and more on average."""
    small = cv2.resize(still, (256, 144), interpolation=cv2.INTER_AREA)
    steps = np.abs(np.diff(small, axis=1))[:, :248].reshape(18, 8, 31, 8).mean(axis=(1, 3))
    return float((steps > 3).mean())
