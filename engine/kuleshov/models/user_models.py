"""The folder of networks trained by the user, and their files.

A trained network is one ``.safetensors`` file in the user's folder of models, found by its name. Its header has, as
JSON under ``kuleshov``, how it was made: data and their licences, figures, versions, date.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kuleshov.errors import ModelError

FOLDER_VARIABLE = "KULESHOV_MODELS"


@dataclass(frozen=True, eq=False)
class TrainedFile:
    """The content of a file: a network's tensors by name, its card, and its identity."""

    path: Path
    tensors: dict[str, Any]
    card: dict[str, Any]
    identity: str  # "dialogue-emotion 3f2a91c07d55": 12 hex digits of the file's content


def models_folder() -> Path:
    """Return the folder of trained networks: ``KULESHOV_MODELS``, or the platform's place for an application's data."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("kuleshov", appauthor=False) / "models"


def write_trained(path: Path, tensors: Mapping[str, Any], card: Mapping[str, Any]) -> None:
    """Write a network and its card; an existing file is replaced atomically."""
    from safetensors.torch import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    contiguous = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    save_file(contiguous, temporary, metadata={"kuleshov": json.dumps(dict(card), sort_keys=True)})
    temporary.replace(path)


def read_trained(path: Path, *, kind: str, version: int) -> TrainedFile:
    """Return a network that was trained as ``kind``. Raises ``ModelError`` if the file is missing or another."""
    try:
        from safetensors import safe_open
    except ImportError as error:
        raise ModelError(f"{path}: can't be read: {error} (pip install 'kuleshov[text]')") from error
    try:
        with safe_open(path, framework="pt") as file:
            card = json.loads((file.metadata() or {}).get("kuleshov", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        digest = hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
    except Exception as error:  # safetensors raises its own bare exception for a damaged file
        raise ModelError(f"{path}: no trained network can be read from it: {error} (train it again)") from error
    if (card.get("kind"), card.get("version")) != (kind, version):
        stated = f"{card.get('kind')!r} version {card.get('version')!r}"
        raise ModelError(f"{path}: holds {stated}, not {kind!r} version {version} (train it again)")
    return TrainedFile(path, tensors, card, f"{kind} {digest}")
