"""Records as Arrow tables and back: the columns follow from the dataclasses, so a new field needs no change here.

A field that is a record becomes a struct, a list a list, a ``dict[str, X]`` a map. Every column may hold nulls
(``None``); NaN stays NaN. What comes back is validated by pydantic against the same dataclasses.
"""

from __future__ import annotations

import json
import types
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from kuleshov.records import Line, Segment

Record = TypeVar("Record", bound=Segment | Line)


def to_table(records: Sequence[Record], record_type: type[Record]) -> Any:
    """Return records as a ``pyarrow.Table``, one row each. Raises ``ValueError`` where a field holds another type."""
    import pyarrow as pa

    adapter = _adapter(record_type)
    # Through the validator, so that what would be refused on reading (None for a float) is refused on writing.
    checked = adapter.validate_python(adapter.dump_python(list(records), warnings=False))
    return pa.Table.from_pylist(adapter.dump_python(checked), schema=pa.schema(_arrow_fields(record_type)))


def from_table(table: Any, record_type: type[Record]) -> list[Record]:
    """Return the rows of a ``pyarrow.Table`` as records. Raises ``ValueError`` where a row is no such record."""
    rows = _python_values(table.to_struct_array().combine_chunks())
    records: list[Record] = _adapter(record_type).validate_python(rows)
    return records


def json_rows(table: Any) -> list[str]:
    """Return the rows of a ``pyarrow.Table``, each as JSON."""
    return [json.dumps(row) for row in _python_values(table.to_struct_array().combine_chunks())]


def from_json_rows(rows: Sequence[str], record_type: type[Record]) -> list[Record]:
    """Return what ``json_rows`` returned as records. Raises ``ValueError`` where one is no record."""
    records: list[Record] = _adapter(record_type).validate_json(f"[{','.join(rows)}]")
    return records


def _python_values(array: Any) -> list[Any]:
    """What ``array.to_pylist()`` returns, by columns instead of by cells: several times as fast on nested records."""
    import pyarrow as pa

    if pa.types.is_struct(array.type):
        names = [field.name for field in array.type]
        columns = [_python_values(child) for child in array.flatten()]
        values: list[Any] = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    elif pa.types.is_map(array.type):
        items = list(zip(_python_values(array.keys), _python_values(array.items), strict=True))
        values = [dict(items[start:end]) for start, end in pairwise(array.offsets.to_pylist())]
    elif pa.types.is_list(array.type):
        items = _python_values(array.values)
        values = [items[start:end] for start, end in pairwise(array.offsets.to_pylist())]
    else:
        return array.to_pylist()  # type: ignore[no-any-return]
    if array.null_count:
        values = [value if valid else None for value, valid in zip(values, array.is_valid().to_pylist(), strict=True)]
    return values


def _adapter(record_type: Any) -> Any:
    return _cached_adapter(record_type)


@cache
def _cached_adapter(record_type: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(list[record_type])


def _arrow_fields(record_type: Any) -> list[Any]:
    import pyarrow as pa

    hints = get_type_hints(record_type)
    return [pa.field(entry.name, _arrow_type(hints[entry.name])) for entry in fields(record_type)]


def _arrow_type(hint: Any) -> Any:
    import pyarrow as pa

    scalars = {float: pa.float64(), int: pa.int64(), bool: pa.bool_(), str: pa.string()}
    if hint in scalars:
        return scalars[hint]
    if is_dataclass(hint):
        return pa.struct(_arrow_fields(hint))
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return pa.string()
    if origin is list:
        return pa.list_(_arrow_type(arguments[0]))
    if origin is dict and arguments[0] is str:
        return pa.map_(pa.string(), _arrow_type(arguments[1]))
    if origin in (types.UnionType, Union) and len(arguments) == 2 and arguments[1] is types.NoneType:
        return _arrow_type(arguments[0])
    raise TypeError(f"a record field of type {hint} has no column type")
