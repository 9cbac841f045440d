"""Checked reading of definition files (TOML) that people edit: attributes and grammars.

Every broken rule becomes one line that names the file, the entry, the rule, the value, and what is allowed:
``my.toml: cues.motion.spread: must be a number above 0, got -1``.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Collection, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

from kuleshov.errors import GrammarError


def read_text(path: Path | None, *, package: str, packaged: str) -> tuple[str, str]:
    """Return the name and text of a definition file; ``None`` means the one that is packaged with Kuleshov.

    Raises ``GrammarError`` if the file is missing or is not UTF-8 text.
    """
    if path is None:
        return packaged, resources.files(package).joinpath(packaged).read_text(encoding="utf-8")
    try:
        return str(path), path.read_text(encoding="utf-8")
    except OSError as error:
        raise GrammarError(f"{path}: can't be read: {error.strerror or error}; give a TOML file that exists") from error
    except UnicodeDecodeError as error:
        raise GrammarError(
            f"{path}: is not UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8"
        ) from error


def parse_toml(text: str, *, file: str) -> dict[str, Any]:
    """Return the content of a definition file, unchecked. Raises ``GrammarError`` if it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GrammarError(f"{file}: is not valid TOML: {error}") from error


class Entry:
    """One table of a definition file, read key by key.

    Reading a key marks it as known; ``close()`` then refuses the keys that were not read, so that a misspelt setting is
    an error.
    """

    def __init__(self, table: Mapping[str, Any], *, file: str, where: str = "") -> None:
        self.file = file
        self.where = where
        self._table = table
        self._known: list[str] = []

    @classmethod
    def parse(cls, text: str, *, file: str) -> Entry:
        """Return the whole file as an entry. Raises ``GrammarError`` if it is not TOML."""
        return cls(parse_toml(text, file=file), file=file)

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def refuse(self, key: str, rule: str) -> NoReturn:
        """Raise ``GrammarError`` for ``key`` of this entry (an empty key means the entry itself)."""
        raise GrammarError(f"{self.file}: {'.'.join(part for part in (self.where, key) if part)}: {rule}")

    def text(self, key: str, *, default: str | None = None) -> str:
        """Return a non-empty text; without a default the key is required."""
        value = self._get(key, default, "a text")
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, f"must be a text that is not empty, got {value!r}")
        return value

    def number(self, key: str, *, default: float | None = None, above: float = -math.inf) -> float:
        """Return a finite number above ``above``; without a default the key is required."""
        value = self._get(key, default, "a number")
        rule = "a number" if above == -math.inf else f"a number above {above:g}"
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= above:
            self.refuse(key, f"must be {rule}, got {value!r}")
        return float(value)

    def optional_number(self, key: str) -> float | None:
        """Return a finite number, ``None`` if the key is missing."""
        self._known.append(key)
        return self.number(key) if key in self else None

    def flag(self, key: str) -> bool:
        """Return true or false; false if the key is missing."""
        value = self._get(key, False, "true or false")
        if not isinstance(value, bool):
            self.refuse(key, f"must be true or false, got {value!r}")
        return value

    def choice(self, key: str, allowed: Collection[str], *, default: str | None = None) -> str:
        """Return one of ``allowed``; without a default the key is required."""
        value = self._get(key, default, f"one of {', '.join(allowed)}")
        if not isinstance(value, str) or value not in allowed:
            self.refuse(key, f"{value!r} is unknown; allowed: {', '.join(allowed)}")
        return value

    def texts(self, key: str) -> list[str]:
        """Return a list of texts, at least one."""
        value = self._get(key, None, "a list of texts")
        if not isinstance(value, list) or not value or not all(isinstance(text, str) and text for text in value):
            self.refuse(key, f"must be a list of texts, got {value!r}")
        return list(value)

    def whole_numbers(self, key: str, *, count: int) -> list[int]:
        """Return a list of ``count`` whole numbers."""
        value = self._get(key, None, f"a list of {count} whole numbers")
        if not isinstance(value, list) or len(value) != count or not all(type(number) is int for number in value):
            self.refuse(key, f"must be a list of {count} whole numbers, got {value!r}")
        return value

    def allow(self, key: str) -> None:
        """Mark an optional key as known."""
        self._known.append(key)

    def entry(self, key: str) -> Entry:
        """Return the table under ``key``, which is required."""
        value = self._get(key, None, "a table")
        if not isinstance(value, dict):
            self.refuse(key, f"must be a table, got {value!r}")
        return Entry(value, file=self.file, where=f"{self.where}.{key}" if self.where else key)

    def entries(self, key: str) -> dict[str, Entry]:
        """Return the named tables under ``key``, at least one, in the order of the file."""
        table = self.entry(key)
        if not table._table:
            self.refuse(key, "must have at least one entry, got none")
        return {name: table.entry(name) for name in table._table}

    def close(self) -> None:
        """Refuse the keys that were not read."""
        for key in self._table:
            if key not in self._known:
                self.refuse(key, f"unknown setting; allowed: {', '.join(dict.fromkeys(self._known))}")

    def _get(self, key: str, default: object, kind: str) -> Any:
        self._known.append(key)
        if key not in self._table and default is None:
            self.refuse(key, f"is missing; it must be {kind}")
        return self._table.get(key, default)
