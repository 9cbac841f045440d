"""Finding the checkpoint of an image-text model: a folder, a package that ships it, the hub's cache, or the hub."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from kuleshov.errors import ModelError

_CONFIG = "config.json"
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
_SMALL = ("*.json", "*.txt", "*.model")  # configuration and tokenizer
_PIECE = 1 << 20  # bytes that are hashed at once
#: Files of a folder that define what the model computes, those of the tokenizer included.
_DEFINING = (*_WEIGHTS, _CONFIG, "*processor_config.json", "tokenizer*.json", "vocab.*", "merges.txt", "*.model")


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint as transformers writes it. ``source`` opens it again; ``identity`` changes with its content."""

    folder: Path
    source: str
    identity: str


def find_checkpoint(name: str) -> Checkpoint:
    """Return the checkpoint of that name. Raises ``ModelError`` if there is none.

    In this order: a folder, an installed package of that name with a checkpoint in it, the hub's cache, the hub itself,
    as far as the network and ``HF_HUB_OFFLINE`` allow.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not is_checkpoint(folder):
            raise ModelError(f"{folder}: no checkpoint of an image-text model: it must have {_CONFIG} and weights")
        return _checkpoint(folder.resolve(), str(folder.resolve()), folder.resolve().name)
    if folder.is_absolute() or name.startswith((".", "~")):
        raise ModelError(f"{name}: there is no such folder (name a folder with a checkpoint, or a model on the hub)")
    shipped = _shipped(name)
    if shipped is not None:
        return _checkpoint(shipped, name, name)
    return _checkpoint(_from_hub(name), name, name)


def is_checkpoint(folder: Path) -> bool:
    """Whether a folder has a configuration and weights."""
    return (folder / _CONFIG).is_file() and any(any(folder.glob(pattern)) for pattern in _WEIGHTS)


def cached_checkpoint(name: str) -> Path | None:
    """Return the folder of a model in the hub's cache, without the network; ``None`` if it is not there."""
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(name, local_files_only=True))
    except Exception:  # not in the cache, or no name of the hub; huggingface_hub's exceptions have no common base
        return None
    return folder if is_checkpoint(folder) else None


def first_cached(names: Sequence[str]) -> str:
    """Return the first of these models that is in the hub's cache. Raises ``ModelError`` if none is."""
    if find_spec("transformers") is None:
        raise ModelError("image-text models need the package transformers (pip install 'kuleshov[sight]')")
    for name in names:
        if cached_checkpoint(name) is not None:
            return name
    raise ModelError(f"no image-text model is in the hub's cache (name a folder or a model on the hub, as {names[0]})")


def _shipped(name: str) -> Path | None:
    """The checkpoint in an installed package: its folder, or the one folder in it that has one."""
    if not name.isidentifier():
        return None
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(spec.submodule_search_locations[0])
    return next((file.parent for file in sorted(package.rglob(_CONFIG)) if is_checkpoint(file.parent)), None)


def _from_hub(name: str) -> Path:
    try:
        from huggingface_hub import HfApi, snapshot_download
    except ImportError as error:
        raise ModelError(f"image-text models can't be loaded: {error} (pip install 'kuleshov[sight]')") from error
    cached = cached_checkpoint(name)
    if cached is not None:
        return cached
    try:
        files = HfApi().list_repo_files(name)
        weights = next(pattern for pattern in _WEIGHTS if any(Path(file).match(pattern) for file in files))
        folder = Path(snapshot_download(name, allow_patterns=[*_SMALL, weights], ignore_patterns="*/*"))
    except Exception as error:  # no network, no such name, a hub that refuses: each of another type
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(
            f"{name!r}: no folder, no installed package, not in the hub's cache, and the hub can't be asked: {reason} "
            "(name a folder with the checkpoint, or fetch it where there is a network: hf download NAME)"
        ) from error
    if not is_checkpoint(folder):
        raise ModelError(f"{name!r}: on the hub this is no checkpoint for transformers")
    return folder


def _checkpoint(folder: Path, source: str, name: str) -> Checkpoint:
    digest = hashlib.blake2b(digest_size=6)
    for file in sorted({file for pattern in _DEFINING for file in folder.glob(pattern)}):
        digest.update(file.name.encode())
        with file.open("rb") as content:
            while piece := content.read(_PIECE):
                digest.update(piece)
    return Checkpoint(folder, source, f"{name} {digest.hexdigest()}")
