"""Ratings of the service in SQL. Who rated and what they wrote is sealed under the key of the case."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import add_once
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.messages import ratings
from engine.errors import ZhunyuError
from engine.model.ratings import BAD, Rating
from engine.ports.cases import Sealer
from engine.ports.ratings import RatingCount, RatingQuery

_SEALED = "ratings.sealed"
_COLUMNS = ("id", "case", "point", "matter", "district", "authority", "at", "score", "state", "due", "round", "times")
_HIDDEN = ("account", "name", "words", "answer", "second_words")


class SqlRatings:
    """Fulfils `RatingStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def add(self, rating: Rating) -> bool:
        return add_once(self._connection, ratings, self._row(rating))

    def replace(self, before: Rating, rating: Rating) -> bool:
        table = ratings.c
        same = (
            table.id == before.id, table.state == before.state, table.round == before.round,
            table.times == before.times,
        )  # fmt: skip
        return bool(self._connection.execute(sa.update(ratings).where(*same).values(**self._row(rating))).rowcount)

    def rating(self, id: str) -> Rating | None:
        row = self._connection.execute(sa.select(ratings).where(ratings.c.id == id)).first()
        return None if row is None else self._rating(row)

    def of_case(self, case: str) -> tuple[Rating, ...]:
        query = sa.select(ratings).where(ratings.c.case == case).order_by(ratings.c.at)
        return tuple(self._rating(row) for row in self._connection.execute(query))

    def ratings(self, query: RatingQuery) -> tuple[Rating, ...]:
        table, open_ones = ratings.c, query.state == "open"
        found = sa.select(ratings).where(*_narrowed(query))
        key = table.due if open_ones else table.at
        if query.after:
            place, mark = sa.tuple_(key, table.id), sa.tuple_(*map(sa.literal, query.after.split("|", 1)))
            found = found.where(place > mark if open_ones else place < mark)
        order = (key, table.id) if open_ones else (key.desc(), table.id.desc())
        rows = self._connection.execute(found.order_by(*order).limit(query.limit + 1))
        return tuple(self._rating(row) for row in rows)

    def due(self, until: str, limit: int, after: str) -> tuple[Rating, ...]:
        table = ratings.c
        found = sa.select(ratings).where(table.state == "open", table.due <= until)
        if after:
            found = found.where(sa.tuple_(table.due, table.id) > sa.tuple_(*map(sa.literal, after.split("|", 1))))
        rows = self._connection.execute(found.order_by(table.due, table.id).limit(limit))
        return tuple(self._rating(row) for row in rows)

    def owed(self, district: str) -> tuple[int, str]:
        open_ones = _narrowed(RatingQuery(state="open", district=district))
        told = sa.select(sa.func.count(), sa.func.min(ratings.c.due)).where(*open_ones)
        count, first = self._connection.execute(told).one()
        return int(count), first or ""

    def counted(self, by: str, query: RatingQuery) -> tuple[RatingCount, ...]:
        table = ratings.c
        key: sa.ColumnElement[Any] = sa.func.substr(table.at, 1, 7) if by == "month" else table[by]
        answered = sa.func.sum(sa.case((sa.and_(table.score.in_(BAD), table.state.in_(("answered", "closed"))), 1),
                                       else_=0))  # fmt: skip
        scores = [sa.func.sum(sa.case((table.score == one, 1), else_=0)) for one in range(1, 6)]
        rows = self._connection.execute(
            sa.select(key, *scores, answered).where(*_narrowed(query)).group_by(key).order_by(key)
        )
        return tuple(
            RatingCount(
                str(row[0]), (int(row[1]), int(row[2]), int(row[3]), int(row[4]), int(row[5])), int(row[6])
            )
            for row in rows
        )

    def _row(self, rating: Rating) -> dict[str, object]:
        told = msgspec.structs.asdict(rating)
        hidden = pack({name: told[name] for name in _HIDDEN}).encode()
        clear = msgspec.structs.replace(rating, **dict.fromkeys(_HIDDEN, ""))
        return {
            **{name: told[name] for name in _COLUMNS}, "authority": rating.authority_name,
            "document": pack(clear),
            "sealed": self._sealer.of(rating.case).seal(_SEALED, rating.id, hidden),
        }  # fmt: skip

    def _rating(self, row: Any) -> Rating:
        clear = unpack(row.document, Rating)
        try:
            hidden = unpack(self._sealer.of(row.case).open(_SEALED, row.id, row.sealed).decode(), dict[str, str])
        except ZhunyuError as error:
            if error.code != "K006":  # destroyed with its case: the count stays
                raise
            return clear
        return msgspec.structs.replace(clear, **hidden)


def _narrowed(query: RatingQuery) -> list[sa.ColumnElement[bool]]:
    table = ratings.c
    found: list[sa.ColumnElement[bool]] = []
    for name in ("state", "matter", "district", "authority"):
        if getattr(query, name):
            found.append(table[name] == getattr(query, name))
    if query.score:
        found.append(table.score == query.score)
    if query.since:
        found.append(table.at >= query.since)
    if query.until:
        found.append(table.at < query.until + "T99")
    return found
