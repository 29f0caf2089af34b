"""Requests for confirmation in SQL: sealed whole under the key of their draft, found by the party's blinded code."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.confirmations import confirmations
from engine.errors import ZhunyuError
from engine.ports.cases import Sealer
from engine.ports.confirming import ASKED, Request

_PARTY, _SEALED = "confirmations.party_index", "confirmations.sealed"


class SqlConfirmations:
    """Fulfils `ConfirmationStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def put(self, request: Request) -> None:
        self.withdraw(request.draft, request.sign)
        token = self._sealer.of(request.draft).seal(_SEALED, request.id, pack(request).encode())
        row = {
            "id": request.id, "draft": request.draft, "sign": request.sign,
            "party_index": self._sealer.blind(_PARTY, request.party), "state": request.state,
            "asked_at": request.asked_at, "sealed": token,
        }  # fmt: skip
        self._connection.execute(sa.insert(confirmations), row)

    def load(self, id: str, *, lock: bool = False) -> Request | None:
        query = sa.select(confirmations).where(confirmations.c.id == id)
        row = self._connection.execute(query.with_for_update() if lock else query).first()
        return None if row is None else self._request(row)

    def of_draft(self, draft: str) -> tuple[Request, ...]:
        query = sa.select(confirmations).where(confirmations.c.draft == draft).order_by(confirmations.c.sign)
        return tuple(self._request(row) for row in self._connection.execute(query))

    def of_party(self, code: str, limit: int) -> tuple[Request, ...]:
        asked = confirmations.c.state != ASKED
        query = sa.select(confirmations).where(self._of(code))
        query = query.order_by(asked, confirmations.c.asked_at.desc(), confirmations.c.id).limit(limit)
        found = (self._readable(row) for row in self._connection.execute(query))
        return tuple(one for one in found if one is not None)

    def waiting(self, code: str) -> int:
        query = sa.select(sa.func.count()).where(self._of(code), confirmations.c.state == ASKED)
        return int(self._connection.execute(query).scalar_one())

    def withdraw(self, draft: str, sign: str) -> bool:
        query = sa.delete(confirmations).where(confirmations.c.draft == draft, confirmations.c.sign == sign)
        return bool(self._connection.execute(query).rowcount)

    def _of(self, code: str) -> sa.ColumnElement[bool]:
        return confirmations.c.party_index == self._sealer.blind(_PARTY, code)

    def _readable(self, row: sa.Row[Any]) -> Request | None:
        """The request; None once the key of its application was destroyed."""
        try:
            return self._request(row)
        except ZhunyuError as error:
            if error.code != "K006":
                raise
            return None

    def _request(self, row: sa.Row[Any]) -> Request:
        return unpack(self._sealer.of(row.draft).open(_SEALED, row.id, row.sealed), Request)
