"""Shadows and their results in SQL."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import add_once
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.shadows import shadow_results, shadows
from engine.ports.shadows import Flip, Shadow, ShadowResult, Verdict

_FLIP = (
    shadow_results.c.live_outcome, shadow_results.c.live_by,
    shadow_results.c.draft_outcome, shadow_results.c.draft_by,
)  # fmt: skip


class SqlShadows:
    """Fulfils `ShadowStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def start(self, shadow: Shadow) -> bool:
        return add_once(self._connection, shadows, {**msgspec.structs.asdict(shadow), "running": shadow.matter})

    def get(self, id: str) -> Shadow | None:
        row = self._connection.execute(sa.select(shadows).where(shadows.c.id == id)).first()
        return None if row is None else _shadow(row)

    def running(self) -> tuple[Shadow, ...]:
        query = sa.select(shadows).where(shadows.c.running.is_not(None)).order_by(shadows.c.matter)
        return tuple(map(_shadow, self._connection.execute(query)))

    def list(self, matter: str = "") -> tuple[Shadow, ...]:
        query = sa.select(shadows).order_by(shadows.c.started_at.desc(), shadows.c.id.desc())
        if matter:
            query = query.where(shadows.c.matter == matter)
        return tuple(map(_shadow, self._connection.execute(query)))

    def end(self, id: str, state: str, *, at: str, by: str) -> bool:
        query = sa.update(shadows).where(shadows.c.id == id, shadows.c.running.is_not(None))
        change = query.values(running=None, state=state, ended_at=at, ended_by=by)
        return bool(self._connection.execute(change).rowcount)

    def record(self, result: ShadowResult) -> bool:
        row = {
            "shadow": result.shadow, "case": result.case, "number": result.number, "at": result.at,
            "state": result.state, "live_outcome": result.live.outcome, "live_by": result.live.by,
            "draft_outcome": result.draft.outcome, "draft_by": result.draft.by, "document": pack(result),
        }  # fmt: skip
        return add_once(self._connection, shadow_results, row)

    def counts(self, shadow: str) -> dict[str, int]:
        query = (
            sa.select(shadow_results.c.state, sa.func.count())
            .where(shadow_results.c.shadow == shadow)
            .group_by(shadow_results.c.state)
        )
        return {str(state): int(count) for state, count in self._connection.execute(query)}

    def results(self, shadow: str, state: str, limit: int) -> tuple[ShadowResult, ...]:
        query = _newest(shadow, state).with_only_columns(shadow_results.c.document).limit(limit)
        return tuple(unpack(document, ShadowResult) for document in self._connection.execute(query).scalars())

    def flips(self, shadow: str, examples: int) -> tuple[Flip, ...]:
        count = sa.func.count()
        query = (
            sa.select(*_FLIP, count)
            .where(shadow_results.c.shadow == shadow, shadow_results.c.state == "differed")
            .group_by(*_FLIP)
            .order_by(count.desc(), *_FLIP)
        )
        found = []
        for *values, times in self._connection.execute(query).all():
            these = [column == value for column, value in zip(_FLIP, values, strict=True)]
            newest = _newest(shadow, "differed").with_only_columns(shadow_results.c.number).where(*these)
            numbers = self._connection.execute(newest.limit(examples)).scalars()
            live, draft = Verdict(values[0], values[1]), Verdict(values[2], values[3])
            found.append(Flip(live, draft, int(times), tuple(map(str, numbers))))
        return tuple(found)


def _newest(shadow: str, state: str) -> sa.Select[tuple[object, ...]]:
    query = sa.select(shadow_results).where(shadow_results.c.shadow == shadow, shadow_results.c.state == state)
    return query.order_by(shadow_results.c.at.desc(), shadow_results.c.case.desc())


def _shadow(row: sa.Row[tuple[object, ...]]) -> Shadow:
    return Shadow(**{name: getattr(row, name) for name in Shadow.__struct_fields__})
