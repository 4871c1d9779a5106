"""Repair the values of a row that the target cannot store, and list what was repaired."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tui.domain.text import repair_text
from tui.store.moving.movable import Kind, MoveFailed, RowValues, Table

_MOST_LISTED = 1_000
_MARK_BYTES = 24
"""Bytes at the end of a shortened text that keep it apart from others."""


class DamagedText(str):
    """Text of a file that was not valid UTF-8, with what could be read of it."""

    __slots__ = ()


def decode_text(data: bytes) -> str:
    """Return a text of a file, whatever stands in its place; what is damaged can be recognised."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return DamagedText(data.decode(errors="replace"))


@dataclass(slots=True)
class Repairs:
    """What was changed on the way, because the target cannot store it as it is."""

    count: int = 0
    lines: list[str] = field(default_factory=list)
    """Table, key and column of the first ones, with what was done."""

    def add(self, table: Table, row: RowValues, what: str) -> None:
        """Record one repair.

        Args:
            table: Table of the row.
            row: Row as it was read.
            what: What was done.
        """
        self.count += 1
        if len(self.lines) < _MOST_LISTED:
            key = ", ".join(repair_text(str(row[place])) for place in table.key_places)
            self.lines.append(f"{table.name} {key}: {what}")


class RowRepair:
    """Repair of the rows of one table."""

    def __init__(
        self, table: Table, limits: Mapping[str, int], repairs: Repairs, *, takes_any_text: bool
    ) -> None:
        """Create the repair.

        Args:
            table: Table of the rows.
            limits: Highest number of bytes of a text, by column.
            repairs: List of what was repaired.
            takes_any_text: Whether only text that was not valid UTF-8 has to be repaired.
        """
        self._table = table
        self._limits = limits
        self._repairs = repairs
        self._takes_any_text = takes_any_text

    def repair_row(self, row: RowValues) -> RowValues:
        """Return a row that the target can store.

        Args:
            row: Values in the order of the table's columns.

        Raises:
            MoveFailed: A value cannot be repaired.
        """
        values = []
        for (name, kind), value in zip(self._table.columns.items(), row, strict=True):
            kept = value
            if type(value) is DamagedText:
                kept = str(value)
                self._repairs.add(self._table, row, f"{name} was not valid UTF-8")
            if kept is not None and not self._takes_any_text:
                kept = self._repair_value(name, kind, kept, row)
            values.append(kept)
        return tuple(values)

    def _repair_value(self, name: str, kind: Kind, value: Any, row: RowValues) -> Any:
        """Return a value that its column on the server can store."""
        try:
            kept = _convert_value(value, kind)
        except (ValueError, OverflowError):
            key = [row[place] for place in self._table.key_places]
            raise MoveFailed(
                f"{self._table.name} {key}: {name} contains {type(value).__name__} in place of a"
                " number; correct it in the source with sqlite3, then run the same command again"
            ) from None
        if type(kept) is not type(value):
            self._repairs.add(self._table, row, f"{name} had another type and was converted")
        if isinstance(kept, str):
            whole = repair_text(kept)
            if whole != kept:
                self._repairs.add(self._table, row, f"{name} had NUL, now U+FFFD")
            limit = self._limits.get(name)
            kept = shorten_key(whole, limit) if limit else whole
            if kept != whole:
                length = len(whole.encode())
                self._repairs.add(
                    self._table, row, f"{name} of {length:,} bytes was shortened to {limit}"
                )
        return kept


def shorten_key(text: str, limit: int) -> str:
    """Return a text that fits into an index; different texts stay different.

    Args:
        text: Text.
        limit: Highest number of bytes in UTF-8.
    """
    data = text.encode()
    if len(data) <= limit:
        return text
    start = data[: limit - _MARK_BYTES].decode(errors="ignore")
    return f"{start}~{hashlib.sha256(data).hexdigest()[: _MARK_BYTES - 1]}"


def _convert_value(value: Any, kind: Kind) -> Any:
    """Return a value as the type of its column; raise ValueError if it has no such form."""
    match kind, value:
        case (Kind.TEXT, bytes()):
            return value.decode(errors="replace")
        case (Kind.TEXT, int() | float()):
            return str(value)
        case (Kind.NUMBER, float()) if value.is_integer() and abs(value) < 1 << 63:
            return int(value)
        case (Kind.NUMBER, str()):
            return int(value)
        case (Kind.NUMBER, float() | bytes()):
            raise ValueError
        case (Kind.BYTES, str()):
            return value.encode(errors="surrogateescape")
        case (Kind.BYTES, int() | float()):
            return str(value).encode()
        case (Kind.FRACTION, int()):
            return float(value)
        case (Kind.FRACTION, str() | bytes()):
            number = float(value)
            if math.isnan(number):
                raise ValueError
            return number
    return value


def find_text_places(table: Table) -> Sequence[int]:
    """Return the places of the id, the subject and the body in a row of messages."""
    names = list(table.columns)
    return [names.index(name) for name in ("id", "subject", "body")]
