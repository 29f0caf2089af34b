"""What is one's own at the desk, in SQL: saved views and reminders."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.database import add_once
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.work import saved_views, task_reminders
from engine.model.saved_views import Arrangement, SavedView
from engine.ports.work import Reminder


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

    def remind(self, reminder: Reminder) -> bool:
        one = task_reminders.c
        standing = sa.select(one.id).where(
            one.case == reminder.case, one.task == reminder.task, one.by == reminder.by, one.taken_back_at == ""
        )
        if self._connection.execute(standing).first() is not None:
            return False
        row = {name: getattr(reminder, name) for name in Reminder.__struct_fields__}
        return add_once(self._connection, task_reminders, row)

    def take_back(self, id: str, by: str, at: str) -> bool:
        one = task_reminders.c
        query = sa.update(task_reminders).where(one.id == id, one.by == by, one.taken_back_at == "")
        return bool(self._connection.execute(query.values(taken_back_at=at)).rowcount)

    def reminders(self, case: str) -> tuple[Reminder, ...]:
        one = task_reminders.c
        query = sa.select(task_reminders).where(one.case == case, one.taken_back_at == "").order_by(one.at)
        return tuple(Reminder(**row._mapping) for row in self._connection.execute(query))
