"""Decided cases of a matter in SQL, by index."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.cases import cases


class SqlSimilar:
    """Fulfils `SimilarStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def decided(self, matter: str, district: str, limit: int) -> tuple[str, ...]:
        query = sa.select(cases.c.id).where(cases.c.matter == matter, cases.c.decided_at > "")
        if district:
            query = query.where(cases.c.district == district)
        query = query.order_by(cases.c.decided_at.desc(), cases.c.id.desc()).limit(limit)
        return tuple(self._connection.execute(query).scalars())
