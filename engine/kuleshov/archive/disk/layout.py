"""The paths in an archive folder, its manifest, and whether a folder is an archive."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from kuleshov.archive.disk.durable import TEMPORARY, explained, replace_file, sync_folder
from kuleshov.errors import ArchiveError
from kuleshov.records import Unit

#: Version of the files under ``films/``. Grows when a file changes so that an older Kuleshov would misread it.
ARCHIVE_SCHEMA_VERSION = 1
ARCHIVE_FORMAT = "kuleshov-archive"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Layout:
    """The paths below one archive folder."""

    root: Path

    @property
    def manifest(self) -> Path:
        return self.root / "archive.json"

    @property
    def films(self) -> Path:
        return self.root / "films"

    @property
    def removed(self) -> Path:
        """Films that were removed and can be restored."""
        return self.root / "removed"

    @property
    def catalog(self) -> Path:
        return self.root / "catalog.sqlite"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def norms(self) -> Path:
        return self.root / "norms.json"

    def affect_index(self, unit: Unit) -> Path:
        return self.root / "index" / f"{unit}-affect"

    def columns(self, unit: Unit) -> Path:
        return self.root / "index" / "columns" / unit

    def rows(self, unit: Unit) -> Path:
        return self.root / "index" / "rows" / unit

    def space_index(self, unit: Unit, space: str, model: str) -> Path:
        """Return the folder of the index of a space's vectors by one model."""
        words = re.sub(r"[^A-Za-z0-9]+", "-", model).strip("-")[:40]
        folder = f"{words}-{blake2b(model.encode(), digest_size=4).hexdigest()}"
        return self.root / "index" / f"{unit}-{space}" / folder

    def film(self, content_id: str, pipeline_id: str) -> Path:
        """Return the folder of a description. Raises ``ArchiveError`` for ids that can't be part of a file name."""
        for name in (content_id, pipeline_id):
            if not _ID.fullmatch(name):
                raise ArchiveError(
                    f"{name!r} is no id: only letters, digits, '.', '_' and '-', first a letter or digit"
                )
        return self.films / folder_name(content_id, pipeline_id)

    def create(self) -> None:
        """Make an empty archive; an existing folder must be empty. Raises ``ArchiveError``."""
        self._refuse_file()
        with explained(self.root, "an archive can't be made here"):
            if self.root.is_dir() and any(path.name != TEMPORARY + self.manifest.name for path in self.root.iterdir()):
                raise ArchiveError(f"{self.root}: not empty and no archive (name another folder, or empty this one)")
            self.root.mkdir(parents=True, exist_ok=True)
            manifest = {"format": ARCHIVE_FORMAT, "schema_version": ARCHIVE_SCHEMA_VERSION}
            replace_file(self.manifest, (json.dumps(manifest, indent=2) + "\n").encode())
            sync_folder(self.root.parent)

    def setting(self, name: str) -> dict[str, Any]:
        """Return a table of the manifest, empty where there is none. Raises ``ArchiveError``."""
        values: dict[str, Any] = self._manifest().get(name, {})
        return values

    def change_setting(self, name: str, values: dict[str, Any]) -> None:
        """Replace a table of the manifest. Raises ``ArchiveError``."""
        manifest = {**self._manifest(), name: values}
        with explained(self.manifest, "can't be written"):
            replace_file(self.manifest, (json.dumps(manifest, indent=2) + "\n").encode())

    def verify(self) -> None:
        """Raise ``ArchiveError`` unless the folder is an archive that this version reads."""
        self._refuse_file()
        if not self.root.exists():
            raise ArchiveError(f"{self.root}: no archive there (make one: kuleshov ingest FILM --archive {self.root})")
        manifest = self._manifest()
        if manifest.get("format") != ARCHIVE_FORMAT:
            raise ArchiveError(f"{self.manifest}: not the manifest of a Kuleshov archive (name another folder)")
        check_schema_version(self.manifest, manifest.get("schema_version"))

    def _manifest(self) -> dict[str, Any]:
        with explained(self.manifest, "can't be read"):
            try:
                manifest = json.loads(self.manifest.read_bytes())
            except FileNotFoundError:
                raise ArchiveError(
                    f"{self.root}: a folder, but no archive: archive.json is missing (name the archive's own folder)"
                ) from None
            except ValueError as error:
                raise ArchiveError(f"{self.manifest}: damaged: {error} (restore it from a copy)") from error
        if not isinstance(manifest, dict):
            raise ArchiveError(f"{self.manifest}: not the manifest of a Kuleshov archive (name another folder)")
        return manifest

    def _refuse_file(self) -> None:
        if self.root.exists() and not self.root.is_dir():
            raise ArchiveError(f"{self.root}: a file, but an archive is a folder (name another path)")


def folder_name(content_id: str, pipeline_id: str) -> str:
    """Return the name of the folder that holds one description of one film."""
    return f"{content_id}-{pipeline_id}"


def reindex_remedy(root: Path) -> str:
    """Return the remedy for a catalogue or index that can't be used."""
    return f"rebuild it from the films: kuleshov reindex --archive {root}"


def check_schema_version(path: Path, version: object) -> None:
    """Raise ``ArchiveError`` unless files of this version can be read."""
    if version == ARCHIVE_SCHEMA_VERSION:
        return
    if isinstance(version, int) and version > ARCHIVE_SCHEMA_VERSION:
        reason = f"schema version {version}, made by a newer Kuleshov; this one reads {ARCHIVE_SCHEMA_VERSION}"
        raise ArchiveError(f"{path}: {reason} (upgrade Kuleshov)")
    raise ArchiveError(f"{path}: unknown schema version {version!r}; this Kuleshov reads {ARCHIVE_SCHEMA_VERSION}")
