"""What is one's own at the desk, in SQL: saved views and reminders."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.database import add_once
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.work import saved_views
from engine.model.saved_views import Arrangement, SavedView


class SqlOwnViews:
    """The part of `WorkStore` that keeps what a person keeps."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def views(self, account: str) -> tuple[SavedView, ...]:
        query = sa.select(saved_views).where(saved_views.c.account == account).order_by(saved_views.c.name)
        return tuple(
            SavedView(row.id, row.account, row.name, unpack(row.arrangement, Arrangement), row.usual)
            for row in self._connection.execute(query)
        )

    def save_view(self, view: SavedView) -> bool:
        mine = saved_views.c.account == view.account
        taken = sa.select(saved_views.c.id).where(mine, saved_views.c.name == view.name, saved_views.c.id != view.id)
        if self._connection.execute(taken).first() is not None:
            return False
        if view.usual:
            self._connection.execute(sa.update(saved_views).where(mine, saved_views.c.usual).values(usual=False))
        change = {"name": view.name, "arrangement": pack(view.arrangement), "usual": view.usual}
        query = sa.update(saved_views).where(mine, saved_views.c.id == view.id).values(**change)
        if self._connection.execute(query).rowcount:
            return True
        return add_once(self._connection, saved_views, {**change, "id": view.id, "account": view.account})

    def drop_view(self, account: str, id: str) -> bool:
        query = sa.delete(saved_views).where(saved_views.c.account == account, saved_views.c.id == id)
        return bool(self._connection.execute(query).rowcount)
