"""PostgreSQL's binary COPY, straight from and into NumPy arrays: millions of counts without a Python object for each.

Format: PostgreSQL documentation, COPY, "Binary Format". A row is a field count and, per field, its length and bytes;
rows whose fields all have fixed lengths are one structured array.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER: Final = b"\xff\xff"
_NULL: Final = -1
#: PostgreSQL counts days and microseconds from here.
_EPOCH: Final = np.datetime64("2000-01-01")

_FLOAT8_OID: Final = 701
_INT4_OID: Final = 23
_INT2_OID: Final = 21
_DATE_OID: Final = 1082
_VARCHAR_OID: Final = 1043
_SAME: Final = "same"

#: kind → (NumPy wire type, bytes)
_SCALARS: Final[Mapping[str, tuple[str, int]]] = {
    "bool": ("u1", 1),
    "int2": (">i2", 2),
    "int4": (">i4", 4),
    "int8": (">i8", 8),
    "float8": (">f8", 8),
    "date": (">i4", 4),
    "timestamptz": (">i8", 8),
}
_ARRAYS: Final[Mapping[str, tuple[str, int, int]]] = {
    "float8[]": (">f8", 8, _FLOAT8_OID),
    "int4[]": (">i4", 4, _INT4_OID),
    "int2[]": (">i2", 2, _INT2_OID),
    "date[]": (">i4", 4, _DATE_OID),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of rows to be written. `values` (n,) or, for arrays, (n, k); where `null` (n,) is True: NULL.

    Kinds: bool, int2, int4, int8, float8, date (datetime64[D]), timestamptz (datetime64[us], UTC), float8[], int4[],
    int2[], date[]; "same": bytes (1,) that stand in every row (`same_text`, `same_texts`), never in the first column.
    """

    name: str
    kind: str
    values: NDArray[Any]
    null: NDArray[np.bool_] | None = None


def same_text(name: str, text: str) -> Column:
    """A column with the same text in every row."""
    return _same(name, text.encode())


def same_texts(name: str, texts: Sequence[str]) -> Column:
    """A column with the same array of `varchar` in every row."""
    items = [text.encode() for text in texts]
    head = np.array([1, 0, _VARCHAR_OID, len(items), 1] if items else [0, 0, _VARCHAR_OID], ">i4").tobytes()
    return _same(name, head + b"".join(len(item).to_bytes(4, "big") + item for item in items))


def _same(name: str, raw: bytes) -> Column:
    field = len(raw).to_bytes(4, "big") + raw
    return Column(name, _SAME, np.frombuffer(field, f"V{len(field)}"))


def _to_wire(kind: str, values: NDArray[Any]) -> NDArray[Any]:
    base = kind.removesuffix("[]")
    if base == "date":
        return (values.astype("datetime64[D]") - _EPOCH).astype(np.int32)
    if base == "timestamptz":
        return (values.astype("datetime64[us]") - _EPOCH.astype("datetime64[us]")).astype(np.int64)
    return values


def _from_wire(kind: str, values: NDArray[Any]) -> NDArray[Any]:
    base = kind.removesuffix("[]")
    if base == "date":
        return _EPOCH + values.astype(np.int64).astype("timedelta64[D]")
    if base == "timestamptz":
        return _EPOCH.astype("datetime64[us]") + values.astype(np.int64).astype("timedelta64[us]")
    if base == "bool":
        return values.astype(bool)
    return values.astype(values.dtype.newbyteorder("="))


def _field(name: str, kind: str, width: int, *, null: bool) -> list[Any]:
    if null:
        return [(f"{name}.len", ">i4")]
    if kind in _SCALARS:
        return [(f"{name}.len", ">i4"), (name, _SCALARS[kind][0])]
    wire, _, _ = _ARRAYS[kind]
    head = [(f"{name}.{part}", ">i4") for part in ("len", "ndim", "flags", "oid")]
    if width == 0:
        return head
    return [*head, (f"{name}.dim", ">i4"), (f"{name}.lower", ">i4"), (name, [("len", ">i4"), ("v", wire)], (width,))]


def _block(columns: Sequence[Column], rows: NDArray[np.intp], nulls: Sequence[bool]) -> bytes:
    fields: list[Any] = [("fields", ">i2")]
    for column, null in zip(columns, nulls, strict=True):
        if column.kind == _SAME:
            fields.append((column.name, column.values.dtype))
            continue
        width = column.values.shape[1] if column.kind in _ARRAYS else 0
        fields += _field(column.name, column.kind, width, null=null)
    out = np.zeros(len(rows), dtype=np.dtype(fields))
    out["fields"] = len(columns)
    for column, null in zip(columns, nulls, strict=True):
        name, kind = column.name, column.kind
        if kind == _SAME:
            out[name] = column.values[0]
        elif null:
            out[f"{name}.len"] = _NULL
        elif kind in _SCALARS:
            out[f"{name}.len"] = _SCALARS[kind][1]
            out[name] = _to_wire(kind, column.values[rows])
        else:
            _, size, oid = _ARRAYS[kind]
            width = column.values.shape[1]
            out[f"{name}.len"] = 12 if width == 0 else 20 + width * (4 + size)
            out[f"{name}.oid"] = oid
            if width:
                out[f"{name}.ndim"] = 1
                out[f"{name}.dim"] = width
                out[f"{name}.lower"] = 1
                out[name]["len"] = size
                out[name]["v"] = _to_wire(kind, column.values[rows])
    return out.tobytes()


class Writer:
    """Rows into one table. `rows` may be called many times, each with arrays of its own width."""

    def __init__(self, copy: Any, names: Sequence[str]) -> None:
        self._copy = copy
        self._names = list(names)
        self.written = 0

    def rows(self, columns: Sequence[Column]) -> None:
        """Write the rows of `columns`, which must be the table's in the order given to `writing`."""
        if [column.name for column in columns] != self._names:
            message = f"columns {[c.name for c in columns]} are not {self._names}"
            raise ValueError(message)
        total = len(columns[0].values)
        if total == 0:
            return
        pattern = np.zeros(total, dtype=np.int64)
        for bit, column in enumerate(columns):
            if column.null is not None:
                pattern |= column.null.astype(np.int64) << bit
        for present in np.unique(pattern):
            nulls = [bool(present >> bit & 1) for bit in range(len(columns))]
            self._copy.write(_block(columns, np.flatnonzero(pattern == present), nulls))
        self.written += total


@contextmanager
def writing(table: str, names: Sequence[str]) -> Iterator[Writer]:
    """One COPY into `table`; leaving the block ends it. One statement, however many rows."""
    listed = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN (FORMAT BINARY)') as copy:
        copy.write(_HEADER)
        yield Writer(copy, names)
        copy.write(_TRAILER)


def read(
    query: str, params: Sequence[Any], columns: Sequence[tuple[str, str]], widths: Mapping[str, int] | None = None
) -> dict[str, NDArray[Any]]:
    """The rows of `query` as one array per column. `columns`: (name, kind) in the order of the SELECT.

    Nothing may be NULL (COALESCE it); every array column must have the length that `widths` names. One statement.
    """
    widths = widths or {}
    fields: list[Any] = [("fields", ">i2")]
    for name, kind in columns:
        fields += _field(name, kind, widths.get(name, 0), null=False)
    row = np.dtype(fields)
    with connection.cursor() as cursor:
        statement = cursor.mogrify(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", params)
        with cursor.copy(statement) as copy:
            raw = b"".join(copy)
    body = memoryview(raw)[len(_HEADER) : len(raw) - len(_TRAILER)]
    if len(body) % row.itemsize:
        message = "a row is NULL somewhere or has an array of another length"
        raise ValueError(message)
    table = np.frombuffer(body, dtype=row)
    if len(table) and (table["fields"] != len(columns)).any():
        message = "a row is NULL somewhere or has an array of another length"
        raise ValueError(message)
    out: dict[str, NDArray[Any]] = {}
    for name, kind in columns:
        if kind in _ARRAYS and widths.get(name, 0) == 0:
            out[name] = np.zeros((len(table), 0))
        else:
            out[name] = _from_wire(kind, table[name]["v"] if kind in _ARRAYS else table[name])
    return out


#: What PostgreSQL sends in front of the numbers of an array, and bytes of each with its length.
_HEAD: Final = 20
_NUMBER: Final = 12


def arrays(raw: bytes, width: int) -> NDArray[np.float64]:
    """(k, width): arrays of `width` numbers each, none of them NULL, one behind the other as `array_send` writes."""
    row = np.dtype(
        {
            "names": ["v"],
            "formats": [
                (np.dtype({"names": ["v"], "formats": [">f8"], "offsets": [4], "itemsize": _NUMBER}), (width,))
            ],
            "offsets": [_HEAD],
            "itemsize": _HEAD + width * _NUMBER,
        }
    )
    if len(raw) % row.itemsize:
        message = "an array has a NULL in it"
        raise ValueError(message)
    numbers: NDArray[np.float64] = np.frombuffer(raw, row)["v"]["v"].astype(np.float64)
    return numbers


def timestamps(moment: datetime, count: int) -> NDArray[np.datetime64]:
    """`count` times the same moment, as `timestamptz` columns want it."""
    return np.full(count, np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us"))


def moment(stamp: np.datetime64) -> datetime:
    """A moment of a `timestamptz` column as an aware datetime."""
    value: datetime = stamp.astype("datetime64[us]").item()
    return value.replace(tzinfo=UTC)
