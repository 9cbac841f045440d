"""The kinds of vector index by name, and how an archive chooses one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, get_type_hints

from kuleshov.archive.disk.layout import Layout
from kuleshov.errors import ArchiveError

AUTO = "auto"
#: The kinds of vector index, each with its module and class.
KINDS = {
    "flat": "flat:FlatIndex",
    "ivf-sq8": "inverted:SQ8Index",
    "ivf-rabitq": "inverted:RaBitQIndex",
    "sharded": "sharded:ShardedIndex",
    "device": "device:DeviceIndex",
    "milvus": "milvus:MilvusIndex",
}
#: Kinds of former versions: an archive with such a setting gets the default.
_FORMER_KINDS = ("ivf-pq",)
_TABLE = "index"  # of the archive's manifest


@dataclass(frozen=True)
class IndexSettings:
    """``kind``: one of ``KINDS``, or ``auto``: by the number of vectors; docs/scale.md says what each costs.

    ``auto`` is ``flat`` up to ``flat_rows`` vectors, ``ivf-sq8`` up to ``inverted_rows``, above that ``sharded``.
    Where a filter leaves less than ``exact_share`` of the vectors all of them are compared, whatever the kind, because
    inverted lists silently lose results there; also below ``exact_rows``, because that takes no time.
    ``sharded`` starts another shard, of the kind ``shard_kind``, after ``shard_rows``.
    ``milvus`` is the address of a Milvus server, for that kind.
    """

    kind: str = AUTO
    flat_rows: int = 1_000_000
    inverted_rows: int = 20_000_000
    exact_share: float = 0.05
    exact_rows: int = 50_000
    shard_rows: int = 5_000_000
    shard_kind: str = "ivf-rabitq"
    milvus: str = ""

    def __post_init__(self) -> None:
        known = ", ".join([AUTO, *KINDS])
        if self.kind not in (AUTO, *KINDS):
            raise ArchiveError(f"index kind {self.kind!r} is none of {known}")
        if self.shard_kind not in KINDS or self.shard_kind in ("sharded", "milvus"):
            raise ArchiveError(f"shard_kind {self.shard_kind!r} is no kind of index that can be a shard")
        if (
            min(self.flat_rows, self.inverted_rows, self.exact_rows) < 0
            or self.shard_rows < 1
            or not 0 <= self.exact_share <= 1
        ):
            raise ArchiveError("index settings: numbers of rows are 0 or more, exact_share is 0..1")
        if self.kind == "milvus" and not self.milvus:
            raise ArchiveError("index kind milvus: no server is named (milvus=http://HOST:19530)")

    def kind_for(self, rows: int) -> str:
        """Return the kind of index for so many vectors."""
        if self.kind != AUTO:
            return self.kind
        if rows <= self.flat_rows:
            return "flat"
        return "ivf-sq8" if rows <= self.inverted_rows else "sharded"

    def to_json(self) -> dict[str, Any]:
        """Return what differs from the defaults."""
        defaults = asdict(IndexSettings())
        return {name: value for name, value in asdict(self).items() if value != defaults[name]}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> IndexSettings:
        """Return settings by name; unknown names, of a newer version, are ignored. Raises ``ArchiveError``."""
        types = get_type_hints(cls)
        known = {name: values[name] for name in types if name in values and values[name] not in _FORMER_KINDS}
        for name, value in known.items():
            wanted = (int, float) if types[name] is float else types[name]
            if not isinstance(value, wanted) or isinstance(value, bool):
                raise ArchiveError(f"index setting {name}: {value!r} is no {types[name].__name__}")
        return cls(**known)

    def changed(self, texts: Mapping[str, str]) -> IndexSettings:
        """Return these settings with some as typed (``{"flat_rows": "100000"}``). Raises ``ArchiveError``."""
        types = get_type_hints(type(self))
        values = asdict(self)
        for name, text in texts.items():
            if name not in types:
                raise ArchiveError(f"index setting {name!r} is none of {', '.join(types)}")
            try:
                values[name] = types[name](text)
            except ValueError:
                raise ArchiveError(f"index setting {name}: {text!r} is no {types[name].__name__}") from None
        return IndexSettings(**values)


def read_settings(layout: Layout) -> IndexSettings:
    """Return how an archive's vectors are indexed. Raises ``ArchiveError``."""
    return IndexSettings.from_json(layout.setting(_TABLE))


def change_settings(layout: Layout, settings: IndexSettings) -> None:
    """Record in the manifest how the archive's vectors are indexed from now on. Raises ``ArchiveError``."""
    layout.change_setting(_TABLE, settings.to_json())
