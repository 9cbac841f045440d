"""Small checkpoints of image-text models for tests, as transformers writes them: real architectures, random weights.

One of them can tell colours: nothing is trained, but its text projection is solved so that the words of ``COLOURS``
("train", "a train") get the vectors that the network gives to pictures of those colours.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

COLOURS = {"train": (200, 30, 30), "boat": (30, 60, 200), "meadow": (40, 160, 50)}
WORDS = ["a", "an", "the", "at", "of", "in", "on", "and", "woman", "window", "dusk", "red", "blue", *COLOURS]
SIDE = 32
_MEAN, _DEVIATION = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]


def write_clip(folder: Path, *, knows_colours: bool = False, seed: int = 0, end: int | None = None) -> Path:
    """A CLIP of two small layers a tower; ``end``: an eos_token_id that it is configured with instead of its own."""
    import torch
    from transformers import CLIPConfig, CLIPModel

    vocabulary = _write_tokenizer(folder, start="<s>", end="</s>")
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    told = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1, "max_position_embeddings": 16}
    config = CLIPConfig(
        text_config={**sizes, **told, "vocab_size": vocabulary},
        vision_config={**sizes, "image_size": SIDE, "patch_size": 8},
        projection_dim=24,
        initializer_factor=5.0,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = CLIPModel(config).eval()
    _write_form(folder, size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}, do_center_crop=True)
    network.save_pretrained(folder)
    if knows_colours:
        _teach(folder, network)
    if end is not None:
        config_file = folder / "config.json"
        content = json.loads(config_file.read_text())
        content["text_config"]["eos_token_id"] = end
        config_file.write_text(json.dumps(content))
    return folder


def write_siglip(folder: Path, *, seed: int = 0) -> Path:
    import torch
    from transformers import SiglipConfig, SiglipModel

    vocabulary = _write_tokenizer(folder, start="", end="</s>")
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    told = {"bos_token_id": 1, "eos_token_id": 1, "pad_token_id": 1, "max_position_embeddings": 16}
    config = SiglipConfig(
        text_config={**sizes, **told, "vocab_size": vocabulary, "projection_size": 32},
        vision_config={**sizes, "image_size": SIDE, "patch_size": 8},
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = SiglipModel(config).eval()
    _write_form(folder, size={"height": SIDE, "width": SIDE})
    network.save_pretrained(folder)
    return folder


def write_xclip(folder: Path, *, frames: int = 4, seed: int = 0) -> Path:
    """A model of videos: its vectors are made of ``frames`` pictures."""
    import torch
    from transformers import XCLIPConfig, XCLIPModel

    vocabulary = _write_tokenizer(folder, start="<s>", end="</s>")
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    told = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1, "max_position_embeddings": 16}
    together = {"mit_hidden_size": 24, "mit_intermediate_size": 48, "mit_num_hidden_layers": 1}
    config = XCLIPConfig(
        text_config={**sizes, **told, "vocab_size": vocabulary},
        vision_config={
            **sizes,
            **together,
            "image_size": SIDE,
            "patch_size": 8,
            "num_frames": frames,
            "mit_num_attention_heads": 2,
        },
        projection_dim=24,
        prompt_num_attention_heads=2,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = XCLIPModel(config).eval()
    _write_form(folder, size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}, do_center_crop=True)
    network.save_pretrained(folder)
    return folder


def flat(colour: tuple[int, int, int], *, count: int = 1) -> np.ndarray:
    """``count`` pictures of one colour, as ``embed_images`` takes them: uint8 ``[count, 1, 3, SIDE, SIDE]``."""
    return np.broadcast_to(np.array(colour, np.uint8)[:, None, None], (count, 1, 3, SIDE, SIDE)).copy()


def _write_tokenizer(folder: Path, *, start: str, end: str) -> int:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {word: number for number, word in enumerate([start or "<s>", end, "<unk>", *WORDS])}
    tokens = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokens.pre_tokenizer = pre_tokenizers.Whitespace()
    tokens.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}".strip(),
        special_tokens=[(one, vocabulary[one]) for one in filter(None, (start, end))],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokens, eos_token=end, unk_token="<unk>", pad_token=end, model_max_length=16
    ).save_pretrained(folder)
    return len(vocabulary)


def _write_form(folder: Path, **form: Any) -> None:
    told = {"image_mean": _MEAN, "image_std": _DEVIATION, "do_resize": True, "do_rescale": True, "do_normalize": True}
    named = {"image_processor_type": "CLIPImageProcessor", "resample": 3, "rescale_factor": 1 / 255}
    (folder / "preprocessor_config.json").write_text(json.dumps({**named, **told, **form}))


def _teach(folder: Path, network: Any) -> None:
    """Solve for the text projection that gives each word of ``COLOURS`` the vector of its colour."""
    import torch

    from kuleshov.models.dual_encoder import DualEncoder

    opened = DualEncoder(str(folder), engine="torch")
    wanted = torch.from_numpy(opened.embed_images(np.concatenate([flat(colour) for colour in COLOURS.values()])))
    wanted = wanted.repeat(2, 1)
    tokens = opened._tokens([*COLOURS, *(f"a {word}" for word in COLOURS)])
    with torch.no_grad():
        said = network.text_model(**tokens).pooler_output
        network.text_projection.weight.copy_(torch.linalg.lstsq(said, wanted).solution.T)
    network.save_pretrained(folder)
