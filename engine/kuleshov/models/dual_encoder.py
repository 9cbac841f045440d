"""Image-text and video-text checkpoints of the transformers library: CLIP, SigLIP, X-CLIP and similar ones.

The default loader of ``image_text``. It loads any architecture of transformers with ``get_text_features`` and one of
``get_image_features`` and ``get_video_features``. Code in a checkpoint is never run.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError
from kuleshov.models.checkpoints import find_checkpoint
from kuleshov.models.image_text import Engine, PictureForm, Precision, check_pictures, torch_dtype, unit_rows
from kuleshov.models.picture_tower import open_tower, picture_tower, pooled

#: Trained on lower-case texts padded to full length, with attention to the padding (Zhai et al., 2023).
_PADDED = ("siglip",)
_TEXTS_AT_ONCE = 64
#: Two texts that must have different vectors.
_DIFFERENT_TEXTS = ("a train", "a woman at a window")
_LEAST_APART = 1e-6


class DualEncoder:
    """A checkpoint in memory; see ``ImageTextModel``. ``name``: a folder or a name that ``find_checkpoint`` knows.

    Raises ``ModelError`` if it is unavailable, is none for pictures and texts, or its parts do not fit each other.
    """

    def __init__(
        self, name: str, *, device: str = "cpu", precision: Precision = "auto", engine: Engine = "auto"
    ) -> None:
        checkpoint = find_checkpoint(name)
        self.identity, self.source = checkpoint.identity, checkpoint.source
        dtype = torch_dtype(precision, device=device)
        self._device = device
        self._network, self._tokenizer = _load(checkpoint.folder, dtype=dtype, device=device)
        config = self._network.config
        self._padded = config.model_type in _PADDED
        text = config.get_text_config()
        _check_end(text, self._tokenizer, where=checkpoint.folder)
        limits = (getattr(text, "max_position_embeddings", None), self._tokenizer.model_max_length)
        self._most_tokens = int(min(limit for limit in limits if limit))
        self._accepted = set(inspect.signature(self._network.get_text_features).parameters)
        self.form = picture_form(checkpoint.folder)
        video = not hasattr(self._network, "get_image_features")
        self.frames = int(config.vision_config.num_frames) if video else 1
        one, other = self.embed_texts(_DIFFERENT_TEXTS)
        if float(np.abs(one - other).max()) < _LEAST_APART:
            raise ModelError(
                f"{checkpoint.folder}: different texts get the same vector: the tokenizer is not this model's"
            )
        self.dimensions = len(one)
        tower = picture_tower(self._network, self.form, video=video)
        self._run = open_tower(tower, engine=engine, device=device, dtype=dtype, frames=self.frames)
        self.computed = self._run.name

    def embed_images(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        check_pictures(pictures, frames=self.frames, form=self.form)
        if not len(pictures):
            return np.empty((0, self.dimensions), dtype=np.float32)
        vectors = self._run(pictures)
        if vectors.shape != (len(pictures), self.dimensions):
            raise ModelError(
                f"{self.identity}: pictures get vectors {vectors.shape[1:]}, texts ({self.dimensions},): "
                "they do not share a space"
            )
        return vectors

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        parts = []
        with torch.inference_mode():
            for first in range(0, len(texts), _TEXTS_AT_ONCE):
                given = self._tokens(texts[first : first + _TEXTS_AT_ONCE])
                parts.append(unit_rows(pooled(self._network.get_text_features(**given))).cpu().numpy())
        return np.concatenate(parts) if parts else np.empty((0, self.dimensions), dtype=np.float32)

    def _tokens(self, texts: Sequence[str]) -> Mapping[str, Any]:
        wanted = [text.lower() for text in texts] if self._padded else list(texts)
        tokens = self._tokenizer(
            wanted,
            padding="max_length" if self._padded else True,
            truncation=True,
            max_length=self._most_tokens,
            return_tensors="pt",
        )
        used = {"input_ids"} if self._padded else self._accepted
        return {name: value.to(self._device) for name, value in tokens.items() if name in used}


def picture_form(folder: Path) -> PictureForm:
    """Return the configuration of the checkpoint's own picture processor. Raises ``ModelError``."""
    try:
        file = folder / "preprocessor_config.json"
        if file.is_file():
            config = json.loads(file.read_text(encoding="utf-8"))
        else:
            file = folder / "processor_config.json"
            config = json.loads(file.read_text(encoding="utf-8"))["image_processor"]
        size, crop = config["size"], config.get("crop_size")
        mean, deviation = (tuple(float(number) for number in config[f"image_{which}"]) for which in ("mean", "std"))
        centred = bool(config.get("do_center_crop", False))
        if not centred and not (isinstance(size, dict) and "height" in size):
            raise ModelError(f"{file}: resizes without cropping to one size; such networks can't be fed")
        if not centred:
            return PictureForm(int(size["width"]), int(size["height"]), mean, deviation)
        width, height = _sides(crop if crop is not None else size)
        if isinstance(size, dict) and "height" in size:
            if _sides(size) == (width, height):
                return PictureForm(width, height, mean, deviation)
            raise ModelError(f"{file}: squeezes to {size} and crops that; such networks can't be fed")
        edge = size["shortest_edge"] if isinstance(size, dict) else size
        return PictureForm(width, height, mean, deviation, centre=(width / edge, height / edge))
    except (OSError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(f"{folder}: how it takes pictures can't be read: {error!r} (fetch it again)") from error


def _sides(size: Any) -> tuple[int, int]:
    if isinstance(size, dict):
        return int(size["width"]), int(size["height"])
    return int(size), int(size)


def _check_end(text: Any, tokenizer: Any, *, where: Path) -> None:
    """CLIP reads a text's vector at its end token: without one, all texts would get the same vector."""
    end, words = getattr(text, "eos_token_id", None), getattr(text, "vocab_size", None)
    if end is not None and words is not None and not 0 <= end < words:
        raise ModelError(
            f"{where}: eos_token_id {end} lies outside the vocabulary of {words}: all texts would get one vector "
            "(mend text_config in config.json)"
        )
    if words is not None and len(tokenizer) > words:
        raise ModelError(f"{where}: the tokenizer knows {len(tokenizer)} tokens, the network {words}: they don't fit")


def _load(folder: Path, *, dtype: Any, device: str) -> tuple[Any, Any]:
    try:
        from transformers import AutoModel, AutoTokenizer
    except ImportError as error:
        raise ModelError(f"image-text models can't be loaded: {error} (pip install 'kuleshov[sight]')") from error
    try:
        with _quietly():
            network, loaded = AutoModel.from_pretrained(
                folder, dtype=dtype, local_files_only=True, output_loading_info=True
            )
            network = network.to(device).eval()
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # transformers, safetensors and tokenizers raise many types for damaged files
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(f"{folder}: no checkpoint that transformers can load: {reason} (fetch it again)") from error
    if missing := sorted(loaded["missing_keys"]):
        raise ModelError(f"{folder}: {len(missing)} of the network's weights are not in it, as {missing[0]}")
    kind = network.config.model_type
    if kind == "siglip2":
        raise ModelError(f"{folder}: takes patches of varying shape; choose a SigLIP 2 of one size (patch16-224, ...)")
    sees = any(hasattr(network, f"get_{what}_features") for what in ("image", "video"))
    if not (sees and hasattr(network, "get_text_features")):
        raise ModelError(f"{folder}: a {kind} is no model of pictures and texts in one space (CLIP, SigLIP, ...)")
    return network.requires_grad_(False), tokenizer


@contextmanager
def _quietly() -> Iterator[None]:
    """Suppress transformers' messages and progress bars while it loads."""
    import transformers.utils.logging

    logging: Any = transformers.utils.logging
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
