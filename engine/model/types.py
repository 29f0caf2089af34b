"""Types of the names a rule may read. The matter language builds them from fields and fact sources."""

from __future__ import annotations

import msgspec


class Type(msgspec.Struct, frozen=True):
    """The type of a path.

    `kind`: bool | number | text | date | enum | multi | record | rows | missing.
    number: `places` decimal places (0 = integer), `unit` as declared (平方米, 元 …; compared exactly).
    enum, multi: `values` the permitted values; () leaves them open.
    record, rows: `parts` maps part or column ids to (title, Type).
    `optional`: may be empty although its field is visible.
    """

    kind: str
    unit: str = ""
    places: int = 0
    values: tuple[str, ...] = ()
    parts: dict[str, Part] = {}
    optional: bool = False


class Part(msgspec.Struct, frozen=True):
    """A named part of a record or a column of rows."""

    title: str
    type: Type
