"""The cache of source answers in SQL: content sealed, arguments blinded."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from engine.adapters.sql.database import insert
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.effects import bans, fact_cache
from engine.ports.cases import Sealer
from engine.ports.facts import Ban, CachedAnswer
from engine.ports.world import Answer

_CACHED = sa.select(fact_cache).where(
    sa.tuple_(fact_cache.c.source, fact_cache.c.arguments).in_(sa.bindparam("asked", expanding=True))
)
_BANS = (
    sa.select(bans)
    .where(
        bans.c.code_index == sa.bindparam("code"),
        bans.c.line == sa.bindparam("of"),
        bans.c.since <= sa.bindparam("day"),
        sa.or_(bans.c.until == "", bans.c.until >= sa.bindparam("day")),
    )
    .order_by(bans.c.since, bans.c.id)
)
_ANSWER = "fact_cache.answer"
_BANNED = "bans.code_index"
_ARGUMENTS = "fact_cache.arguments"


class SqlFacts:
    """Fulfils `FactStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def cached(self, asked: Collection[tuple[str, str]]) -> dict[tuple[str, str], CachedAnswer]:
        if not asked:
            return {}
        keys = {(source, self._sealer.blind(_ARGUMENTS, arguments)): (source, arguments) for source, arguments in asked}
        found = {}
        for row in self._connection.execute(_CACHED, {"asked": list(keys)}):
            answer = self._sealer.open(_ANSWER, f"{row.source}/{row.arguments}", row.answer)
            known = CachedAnswer(answer=unpack(answer, Answer), fetched_at=row.fetched_at)
            found[keys[row.source, row.arguments]] = known
        return found

    def remember(self, source: str, arguments: str, answer: Answer, at: str) -> None:
        key = self._sealer.blind(_ARGUMENTS, arguments)
        token = self._sealer.seal(_ANSWER, f"{source}/{key}", pack(answer).encode())
        change = {"answer": token, "fetched_at": at}
        query = insert(self._connection, fact_cache).values(source=source, arguments=key, **change)
        self._connection.execute(query.on_conflict_do_update(index_elements=["source", "arguments"], set_=change))

    def forget(self, before: str) -> int:
        return self._connection.execute(sa.delete(fact_cache).where(fact_cache.c.fetched_at < before)).rowcount

    def bans(self, code: str, line: str, day: str) -> tuple[Ban, ...]:
        rows = self._connection.execute(
            _BANS, {"code": self._sealer.blind(_BANNED, code), "of": line, "day": day}
        )
        return tuple(Ban(ground=row.ground, since=row.since, until=row.until) for row in rows)

    def add_ban(self, id: str, code: str, line: str, ban: Ban) -> None:
        index = self._sealer.blind(_BANNED, code)
        query = sa.insert(bans).values(
            id=id, code_index=index, line=line, ground=ban.ground, since=ban.since, until=ban.until
        )
        self._connection.execute(query)
