"""Opinion templates in SQL."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.tables.moves import opinion_templates
from engine.ports.opinions import OpinionTemplate


class SqlOpinions:
    """Fulfils `OpinionStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, owners: tuple[str, ...]) -> tuple[OpinionTemplate, ...]:
        query = sa.select(opinion_templates).where(opinion_templates.c.owner.in_(owners))
        rows = self._connection.execute(query.order_by(opinion_templates.c.id))
        return tuple(OpinionTemplate(**row._mapping) for row in rows)

    def add(self, template: OpinionTemplate) -> None:
        self._connection.execute(sa.insert(opinion_templates), msgspec.structs.asdict(template))

    def change(self, template: OpinionTemplate) -> bool:
        query = sa.update(opinion_templates).where(*_of(template.id, template.owner))
        changed = query.values(action=template.action, text=template.text, by=template.by, at=template.at)
        return bool(self._connection.execute(changed).rowcount)

    def remove(self, id: str, owner: str) -> bool:
        return bool(self._connection.execute(sa.delete(opinion_templates).where(*_of(id, owner))).rowcount)


def _of(id: str, owner: str) -> tuple[sa.ColumnElement[bool], ...]:
    return opinion_templates.c.id == id, opinion_templates.c.owner == owner
