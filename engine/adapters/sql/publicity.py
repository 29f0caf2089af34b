"""Pages for everybody in SQL."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import add_once, contains
from engine.adapters.sql.tables.publicity import notices, results
from engine.decoding import decoded
from engine.ports.publicity import Lines, Notice, Result


class SqlPublicity:
    """Fulfils `PublicityStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def open(self, notice: Notice) -> None:
        text = _text(notice.title, notice.matter_title, notice.authority, lines=(notice.lines, *notice.rows))
        row = {
            "id": notice.id, "case": notice.case, "since": notice.since, "until": notice.until, "state": notice.state,
            "text": text, "body": msgspec.json.encode(notice).decode(),
        }  # fmt: skip
        self._connection.execute(sa.insert(notices), row)

    def close(self, id: str, result: str) -> None:
        found = self.notice(id)
        if found is not None:
            body = msgspec.json.encode(msgspec.structs.replace(found, state="closed", result=result)).decode()
            self._connection.execute(sa.update(notices).where(notices.c.id == id).values(state="closed", body=body))

    def notice(self, id: str) -> Notice | None:
        body = self._connection.execute(sa.select(notices.c.body).where(notices.c.id == id)).scalar()
        return None if body is None else decoded(body, Notice)

    def notices(self, text: str, state: str, after: str, limit: int) -> tuple[Notice, ...]:
        table = notices.c
        found = sa.select(table.body).where(table.state == state)
        if text:
            found = found.where(contains(table.text, text))
        if after:
            since, _, id = after.partition("|")
            found = found.where(sa.or_(table.since < since, sa.and_(table.since == since, table.id < id)))
        rows = self._connection.execute(found.order_by(table.since.desc(), table.id.desc()).limit(limit))
        return tuple(decoded(row.body, Notice) for row in rows)

    def publish(self, result: Result) -> None:
        text = _text(result.subject, result.matter_title, result.authority, *result.numbers, lines=(result.lines,))
        row = {
            "case": result.case, "decided_on": result.decided_on, "text": text,
            "body": msgspec.json.encode(result).decode(),
        }  # fmt: skip
        add_once(self._connection, results, row)

    def results(self, text: str, after: str, limit: int) -> tuple[Result, ...]:
        table = results.c
        found = sa.select(table.body)
        if text:
            found = found.where(contains(table.text, text))
        if after:
            day, _, case = after.partition("|")
            found = found.where(sa.or_(table.decided_on < day, sa.and_(table.decided_on == day, table.case < case)))
        rows = self._connection.execute(found.order_by(table.decided_on.desc(), table.case.desc()).limit(limit))
        return tuple(decoded(row.body, Result) for row in rows)


def _text(*words: str, lines: tuple[Lines, ...]) -> str:
    """What a page is searched by."""
    return " ".join((*words, *(value for some in lines for _, value in some)))
