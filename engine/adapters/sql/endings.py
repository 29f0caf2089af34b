"""Certificates by the day they end, in SQL: by the index on type, status and day, never through the register."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.certificates import certificates
from engine.model.certificate import CertificateStatus

_TABLE = certificates.c


class SqlEndings:
    """Fulfils `EndingStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def ending(self, type: str, after: str, until: str, place: str, limit: int) -> tuple[tuple[str, str], ...]:
        query = sa.select(_TABLE.valid_to, _TABLE.id).where(*_within(type, after, until))
        if place:
            day, _, id = place.partition("|")
            query = query.where(sa.or_(_TABLE.valid_to > day, sa.and_(_TABLE.valid_to == day, _TABLE.id > id)))
        rows = self._connection.execute(query.order_by(_TABLE.valid_to, _TABLE.id).limit(limit))
        return tuple((str(day), str(id)) for day, id in rows)

    def counted(self, type: str, after: str, until: str) -> tuple[tuple[str, int, str], ...]:
        counts = sa.func.count(), sa.func.max(_TABLE.valid_to)
        query = sa.select(_TABLE.district, *counts).where(*_within(type, after, until), _TABLE.locked_by == "")
        rows = self._connection.execute(query.group_by(_TABLE.district).order_by(_TABLE.district))
        return tuple((str(district), int(count), str(day)) for district, count, day in rows)


def _within(type: str, after: str, until: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _TABLE.type == type, _TABLE.status == CertificateStatus.VALID.value, _TABLE.valid_to > after,
        _TABLE.valid_to <= until,
    )  # fmt: skip
