"""Pictures of films as vectors of ViT-B/32, end to end: CPU time of ours and of a plain loop over transformers.

Both decode a film, take a frame every half second, prepare it for the network and run the network on batches, on one
thread, in turn in one process; the shortest CPU time of the rounds is reported, because other work on the machine only
adds. The plain loop is what a user would write: PyAV, ``AutoProcessor`` on PIL pictures, the model. Ours looks for
black bars first. Weights are random: this measures speed, and whether both give the same vectors for the same frames
(films with bars can't). The network is converted for OpenVINO before the clock starts; that time is reported
separately.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from footage import SIZES, sized_film
from numpy.typing import NDArray

from kuleshov.decode.cpu import CpuDecoder
from kuleshov.decode.frame_taps import FullFrame, TimeGrid
from kuleshov.media.probe import probe
from kuleshov.models.dual_encoder import DualEncoder
from kuleshov.models.image_text import Engine
from kuleshov.pipeline.stages.key_frames import network_picture

_PER_SECOND = 2.0
Vectors = NDArray[np.float32]


class PlainLoop:
    """The loop that a user of transformers would write."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModel, AutoProcessor

        self.network = AutoModel.from_pretrained(folder).eval()
        self.processor = AutoProcessor.from_pretrained(folder)

    def __call__(self, film: Path, *, batch: int) -> Vectors:
        return np.concatenate([self._embed(some) for some in _batches(self._pictures(film), batch)])

    def _pictures(self, film: Path) -> Iterator[Any]:
        import av

        times = TimeGrid(per_second=_PER_SECOND)
        with av.open(str(film)) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            for frame in container.decode(stream):
                if times.selects(frame.time):
                    yield frame.to_image()

    def _embed(self, pictures: list[Any]) -> Vectors:
        import torch

        with torch.inference_mode():
            given = self.processor(images=pictures, return_tensors="pt")
            features = self.network.get_image_features(**given).pooler_output
            return (features / features.norm(dim=-1, keepdim=True)).numpy()


class Ours:
    """Our decoder, kernels and engine."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.model = DualEncoder(str(folder), engine=engine)

    def __call__(self, film: Path, *, batch: int) -> Vectors:
        tap = FrameTaker(self.model, batch)
        CpuDecoder(probe(film), threads=1, tap=tap).run_tap()
        return tap.finish()


class FrameTaker:
    """Takes the same frames as the plain loop, and passes them to the model when a batch is full."""

    def __init__(self, model: DualEncoder, batch: int) -> None:
        self.model, self.batch, self.times = model, batch, TimeGrid(per_second=_PER_SECOND)
        self.taken: list[NDArray[np.uint8]] = []
        self.vectors: list[Vectors] = []

    def wants_frame(self, seconds: float) -> bool:
        return self.times.selects(seconds)

    def take_frame(self, frame: FullFrame) -> None:
        self.taken.append(network_picture(frame, self.model.form))
        if len(self.taken) == self.batch:
            self._embed()

    def finish(self) -> Vectors:
        if self.taken:
            self._embed()
        return np.concatenate(self.vectors)

    def _embed(self) -> None:
        self.vectors.append(self.model.embed_images(np.stack(self.taken)[:, None]))
        self.taken.clear()


def random_checkpoint(folder: Path) -> Path:
    """Write CLIP ViT-B/32 with random weights, its picture processor and a tokenizer of a few words."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import (
        CLIPConfig,
        CLIPImageProcessorPil,
        CLIPModel,
        PreTrainedTokenizerFast,
    )

    torch.manual_seed(0)
    CLIPModel(CLIPConfig(text_config={"eos_token_id": 1, "bos_token_id": 0, "pad_token_id": 1})).save_pretrained(folder)
    tokens = Tokenizer(models.WordLevel({"<s>": 0, "</s>": 1, "<unk>": 2, "train": 3, "woman": 4}, unk_token="<unk>"))
    tokens.pre_tokenizer = pre_tokenizers.Whitespace()
    tokens.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokens, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="</s>"
    ).save_pretrained(folder)
    CLIPImageProcessorPil().save_pretrained(folder)
    return folder


def measured(ways: dict[str, Callable[..., Vectors]], film: Path, *, batch: int, rounds: int) -> dict[str, Any]:
    least: dict[str, float] = {}
    found: dict[str, Vectors] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            began = process_time()
            found[name] = way(film, batch=batch)
            least[name] = min(least.get(name, np.inf), process_time() - began)
    plain = found["plain loop"]
    return {
        name: {
            "pictures": len(vectors),
            "pictures_per_cpu_second": round(len(vectors) / least[name], 2),
            "of_plain": round(least["plain loop"] / least[name], 2),
            "cosine_to_plain": {
                "least": round(float((vectors * plain).sum(axis=1).min()), 5),
                "mean": round(float((vectors * plain).sum(axis=1).mean()), 5),
            },
        }
        for name, vectors in found.items()
    }


def _batches(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while some := list(islice(items, size)):
        yield some


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("films", nargs="*", type=Path, help="films to measure on instead of the made ones")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--batches", nargs="*", type=int, default=[1, 8, 32])
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    films = {film.name: film for film in arguments.films} or {name: sized_film(name) for name in SIZES}
    loads = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory() as scratch:
        folder = random_checkpoint(Path(scratch))
        ways: dict[str, Callable[..., Vectors]] = {
            "plain loop": PlainLoop(folder),
            "ours, torch": Ours(folder, "torch"),
        }
        translated = None
        if find_spec("openvino") is not None:
            ways["ours, OpenVINO"] = fast = Ours(folder, "openvino")
            began = process_time()
            fast.model.embed_images(np.zeros((1, 1, 3, 224, 224), np.uint8))
            translated = round(process_time() - began, 1)
    runs = []
    for name, film in films.items():
        for batch in arguments.batches:
            figures = measured(ways, film, batch=batch, rounds=arguments.rounds)
            loads.append(os.getloadavg()[0])
            runs.append({"film": name, "batch": batch, "ways": figures})
            print(name, "batch", batch)
            for way, figure in figures.items():
                print(f"  {way:16}", json.dumps(figure), flush=True)
    result = {
        "network": "CLIP ViT-B/32, random weights, float32, one thread",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {min(loads):.1f} to {max(loads):.1f}",
        "versions": {name: version(name) for name in ("torch", "transformers", "av")},
        "openvino_translation_cpu_seconds": translated,
        "rounds": arguments.rounds,
        "runs": runs,
    }
    print(result["machine"], "translation for OpenVINO:", translated, "s")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
