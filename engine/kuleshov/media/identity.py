"""A film's identity: a hash of its content, so that a renamed or copied file is the same film."""

from __future__ import annotations

import hashlib
from pathlib import Path

_DIGEST_BYTES = 16
_BLOCK_BYTES = 1 << 22


def content_id(path: Path) -> str:
    """Return the film's identity: 32 hex digits of BLAKE2b over the whole file. Raises ``OSError``."""
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
