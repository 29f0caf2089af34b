"""Messages in SQL."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import add_once, contains, insert
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.messages import (
    message_deliveries,
    message_marks,
    message_preferences,
    message_rounds,
    messages,
)
from engine.ports.cases import Sealer
from engine.ports.messages import DIGEST, SUBJECT, Address, Delivery, InboxQuery, Line, Message, Preferences

_SUBJECT, _CONTACTS = "messages.address", "message_preferences.sealed"
_FIELDS = tuple(name for name in Message.__struct_fields__ if name != "channels")


class SqlMessages:
    """Fulfils `MessageStore`. Codes of subjects are kept blind, contacts sealed."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def add(self, message: Message, address: Address) -> bool:
        row = {**msgspec.structs.asdict(message), "channels": pack(message.channels), "address": self._key(address)}
        return add_once(self._connection, messages, row)

    def addressed(self, id: str) -> tuple[Message, Address] | None:
        row = self._connection.execute(sa.select(messages).where(messages.c.id == id)).first()
        if row is None:
            return None
        kind, _, value = str(row.address).partition(":")
        return _message(row), Address(kind, value)

    def inbox(self, query: InboxQuery) -> tuple[Line, ...]:
        keys = self._keys(query.addresses)
        found = self._lines(query.account, keys).where(messages.c.at >= query.since)
        archived = sa.func.coalesce(message_marks.c.archived_at, "")
        found = found.where(archived != "" if query.box == "archived" else archived == "")
        if query.box == "unread":
            found = found.where(sa.func.coalesce(message_marks.c.read_at, "") == "")
        if query.rule:
            found = found.where(messages.c.rule == query.rule)
        if query.text:
            found = found.where(sa.or_(contains(messages.c.title, query.text), contains(messages.c.text, query.text)))
        if query.after:
            at, _, id = query.after.partition("|")
            found = found.where(sa.or_(messages.c.at < at, sa.and_(messages.c.at == at, messages.c.id < id)))
        found = found.order_by(messages.c.at.desc(), messages.c.id.desc()).limit(query.limit + 1)
        return tuple(_line(row) for row in self._connection.execute(found))

    def unread(self, account: str, addresses: tuple[Address, ...], since: str, most: int) -> tuple[int, str]:
        marked = (sa.func.coalesce(message_marks.c.read_at, ""), sa.func.coalesce(message_marks.c.archived_at, ""))
        found = (
            self._lines(account, self._keys(addresses))
            .where(messages.c.at >= since, marked[0] == "", marked[1] == "")
            .with_only_columns(messages.c.id)
            .limit(most)
            .subquery()
        )
        row = self._connection.execute(sa.select(sa.func.count(), sa.func.max(found.c.id)).select_from(found)).one()
        return int(row[0]), str(row[1] or "")

    def line(self, account: str, addresses: tuple[Address, ...], id: str) -> Line | None:
        found = self._lines(account, self._keys(addresses), once=False).where(messages.c.id == id)
        row = self._connection.execute(found).first()
        return None if row is None else _line(row)

    def mark(self, account: str, event: str, *, read_at: str = "", archived_at: str | None = None) -> None:
        row = {"account": account, "event": event, "read_at": read_at, "archived_at": archived_at or ""}
        query = insert(self._connection, message_marks).values(**row)
        seen = message_marks.c.read_at
        change: dict[str, Any] = {"read_at": sa.case((seen == "", query.excluded.read_at), else_=seen)}
        if archived_at is not None:
            change["archived_at"] = archived_at
        self._connection.execute(query.on_conflict_do_update(index_elements=["account", "event"], set_=change))

    def preferences(self, account: str) -> Preferences | None:
        query = sa.select(message_preferences).where(message_preferences.c.account == account)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        plain = unpack(row.document, Preferences)
        if not row.sealed:
            return plain
        contacts = unpack(self._sealer.open(_CONTACTS, account, row.sealed).decode(), dict[str, str])
        return msgspec.structs.replace(plain, contacts=contacts)

    def prefer(self, account: str, preferences: Preferences) -> None:
        contacts = dict(preferences.contacts)
        change = {
            "document": pack(msgspec.structs.replace(preferences, contacts={})),
            "sealed": self._sealer.seal(_CONTACTS, account, pack(contacts).encode()) if contacts else "",
        }
        query = insert(self._connection, message_preferences).values(account=account, **change)
        self._connection.execute(query.on_conflict_do_update(index_elements=["account"], set_=change))

    def deliver(self, delivery: Delivery) -> bool:
        return add_once(self._connection, message_deliveries, msgspec.structs.asdict(delivery))

    def delivery(self, id: str) -> Delivery | None:
        row = self._connection.execute(sa.select(message_deliveries).where(message_deliveries.c.id == id)).first()
        return None if row is None else _delivery(row)

    def settle(self, id: str, state: str, at: str, why: str = "") -> None:
        query = sa.update(message_deliveries).where(message_deliveries.c.id == id)
        self._connection.execute(query.values(state=state, done_at=at, why=why))

    def gathered(self, account: str, channel: str, until: str) -> tuple[tuple[Delivery, Message], ...]:
        table = message_deliveries.c
        query = (
            sa.select(message_deliveries, *(column.label(f"m_{column.name}") for column in messages.c))
            .join(messages, messages.c.id == table.message)
            .where(table.account == account, table.channel == channel, table.state == DIGEST, table.at <= until)
            .order_by(table.at, table.id)
        )
        return tuple((_delivery(row), _message(row, "m_")) for row in self._connection.execute(query))

    def deliveries(self, state: str, channel: str, after: str, limit: int) -> tuple[tuple[Delivery, str], ...]:
        table = message_deliveries.c
        query = sa.select(message_deliveries, messages.c.title).join(messages, messages.c.id == table.message)
        if state:
            query = query.where(table.state == state)
        if channel:
            query = query.where(table.channel == channel)
        if after:
            at, _, id = after.partition("|")
            query = query.where(sa.or_(table.at < at, sa.and_(table.at == at, table.id < id)))
        rows = self._connection.execute(query.order_by(table.at.desc(), table.id.desc()).limit(limit + 1))
        return tuple((_delivery(row), str(row.title)) for row in rows)

    def delivery_counts(self, since: str) -> dict[tuple[str, str], int]:
        table = message_deliveries.c
        query = sa.select(table.channel, table.state, sa.func.count()).where(table.at >= since)
        rows = self._connection.execute(query.group_by(table.channel, table.state))
        return {(str(channel), str(state)): int(count) for channel, state, count in rows}

    def round(self, name: str) -> str:
        query = sa.select(message_rounds.c.done_to).where(message_rounds.c.name == name)
        return str(self._connection.execute(query).scalar() or "")

    def rounded(self, name: str, done_to: str) -> None:
        query = insert(self._connection, message_rounds).values(name=name, done_to=done_to)
        self._connection.execute(query.on_conflict_do_update(index_elements=["name"], set_={"done_to": done_to}))

    def _lines(self, account: str, keys: tuple[str, ...], *, once: bool = True) -> sa.Select[Any]:
        """The lines of an inbox; of an event that reached somebody by two addresses only the first."""
        marked = sa.and_(message_marks.c.account == account, message_marks.c.event == messages.c.event)
        found = (
            sa.select(messages, message_marks.c.read_at, message_marks.c.archived_at)
            .outerjoin(message_marks, marked)
            .where(messages.c.address.in_(keys))
        )
        if once and len(keys) > 1:
            other = messages.alias("other")
            found = found.where(
                sa.not_(
                    sa.exists().where(
                        other.c.event == messages.c.event, other.c.address.in_(keys), other.c.id < messages.c.id
                    )
                )
            )
        return found

    def _keys(self, addresses: tuple[Address, ...]) -> tuple[str, ...]:
        return tuple(self._key(one) for one in addresses)

    def _key(self, address: Address) -> str:
        value = self._sealer.blind(_SUBJECT, address.value) if address.kind == SUBJECT else address.value
        return f"{address.kind}:{value}"


def _message(row: Any, prefix: str = "") -> Message:
    told = {name: getattr(row, prefix + name) for name in _FIELDS}
    return Message(**told, channels=unpack(getattr(row, prefix + "channels"), tuple[str, ...]))


def _line(row: Any) -> Line:
    return Line(_message(row), row.read_at or "", row.archived_at or "")


def _delivery(row: Any) -> Delivery:
    return Delivery(**{name: getattr(row, name) for name in Delivery.__struct_fields__})
