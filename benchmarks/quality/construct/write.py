"""Films to files: H.264, with ``NN.truth.json``, ``NN.distractors.json`` and ``NN.meta.json`` beside ``NN.mp4``."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from .film import TICKS, Drawing, Spec, plan, ticks

QUALITY = {"lowbit": "40"}  # constant rate factor of x264
USUAL_QUALITY = "20"


def write_film(spec: Spec, data: Path, folder: Path, name: str) -> Counter[str]:
    """Draw and encode one film; returns how many transitions and distractors of every type it has."""
    import av

    drawing = Drawing(plan(spec, data), data)
    base, times = Fraction(1, TICKS) if spec.rate is None else 1 / spec.rate, ticks(spec, len(drawing.pairs))
    count = 0
    with av.open(str(folder / f"{name}.mp4"), "w") as container:
        # x264's macroblock tree does not give the same bits every time.
        options = {"preset": "veryfast", "crf": QUALITY.get(spec.look, USUAL_QUALITY), "x264-params": "mbtree=0"}
        stream: Any = container.add_stream("libx264", rate=spec.rate or 25, options=options)
        stream.width, stream.height, stream.pix_fmt = spec.width, spec.height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = base
        for count, picture in enumerate(drawing.frames(), 1):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = times[count - 1], base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    events = drawing.plan
    meta = {
        "look": spec.look,
        "rate": str(spec.rate or "variable"),
        "frames": count,
        "seed": list(spec.seed),
        "shots": [asdict(shot) for shot in events.shots],
    }
    for kind, content in (("truth", events.truth), ("distractors", events.distractors), ("meta", meta)):
        (folder / f"{name}.{kind}.json").write_text(json.dumps(content, indent=1) + "\n")
    return Counter(str(each["type"]) for each in (*events.truth, *events.distractors))
