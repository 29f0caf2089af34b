"""Sign-ins under way, second factors and things used once, in SQL. Secrets of generators are sealed."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.accounts import SqlAccounts
from engine.adapters.sql.database import add_once, insert
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.accounts import accounts, sessions
from engine.adapters.sql.tables.sign_in import (
    account_passwords,
    qr_sign_ins,
    recovery_codes,
    second_factors,
    used_once,
    waiting_sign_ins,
)
from engine.ports.accounts import SessionRow
from engine.ports.cases import Sealer
from engine.ports.sign_in import Password, QrSignIn, Totp, Waiting

_WAITING, _FACTOR = "waiting_sign_ins.sealed", "second_factors.sealed"
_EMPTY: dict[str, object] = {"certificate": False, "step": 0, "at": "", "sealed": ""}


class SqlSignIn:
    """Fulfils `SignInStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def wait(self, digest: str, row: Waiting) -> None:
        sealed = self._sealer.seal(_WAITING, digest, pack(row).encode())
        values = {"account": row.account, "expires_at": row.expires_at, "sealed": sealed}
        query = insert(self._connection, waiting_sign_ins).values(digest=digest, **values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["digest"], set_=values))

    def waiting(self, digest: str) -> Waiting | None:
        query = sa.select(waiting_sign_ins.c.sealed).where(waiting_sign_ins.c.digest == digest)
        sealed = self._connection.execute(query).scalar()
        return None if sealed is None else unpack(self._sealer.open(_WAITING, digest, sealed), Waiting)

    def take(self, digest: str) -> bool:
        query = sa.delete(waiting_sign_ins).where(waiting_sign_ins.c.digest == digest)
        return bool(self._connection.execute(query).rowcount)

    def drop(self, account: str) -> None:
        self._connection.execute(sa.delete(waiting_sign_ins).where(waiting_sign_ins.c.account == account))

    def once(self, kind: str, digest: str, until: str) -> bool:
        return add_once(self._connection, used_once, {"kind": kind, "digest": digest, "until": until})

    def clear(self, now: str) -> None:
        for table, column in (
            (waiting_sign_ins, waiting_sign_ins.c.expires_at), (qr_sign_ins, qr_sign_ins.c.expires_at),
            (used_once, used_once.c.until),
        ):  # fmt: skip
            self._connection.execute(sa.delete(table).where(column < now))

    def password(self, account: str) -> Password:
        query = sa.select(account_passwords).where(account_passwords.c.account == account)
        row = self._connection.execute(query).first()
        if row is not None:
            return Password(row.since, row.given)
        made = self._connection.execute(sa.select(accounts.c.created_at).where(accounts.c.id == account)).scalar()
        return Password(str(made or ""), False)

    def mark_password(self, account: str, since: str, given: bool) -> None:
        values = {"since": since, "given": given}
        query = insert(self._connection, account_passwords).values(account=account, **values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["account"], set_=values))

    def totp(self, account: str) -> Totp | None:
        row = self._connection.execute(sa.select(second_factors).where(second_factors.c.account == account)).first()
        if row is None or not row.sealed:
            return None
        return Totp(self._sealer.open(_FACTOR, account, row.sealed).decode(), row.step, row.at)

    def put_totp(self, account: str, totp: Totp) -> None:
        sealed = self._sealer.seal(_FACTOR, account, totp.secret.encode())
        self._factor(account, {"step": totp.step, "at": totp.at, "sealed": sealed})

    def step(self, account: str, step: int) -> bool:
        query = sa.update(second_factors).where(second_factors.c.account == account, second_factors.c.step < step)
        return bool(self._connection.execute(query.values(step=step)).rowcount)

    def put_codes(self, account: str, digests: tuple[str, ...]) -> None:
        self._connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.account == account))
        if digests:
            rows = [{"account": account, "digest": one} for one in digests]
            self._connection.execute(sa.insert(recovery_codes), rows)

    def use_code(self, account: str, digest: str) -> bool:
        table = recovery_codes
        query = sa.delete(table).where(table.c.account == account, table.c.digest == digest)
        return bool(self._connection.execute(query).rowcount)

    def codes(self, account: str) -> int:
        query = sa.select(sa.func.count()).select_from(recovery_codes).where(recovery_codes.c.account == account)
        return int(self._connection.execute(query).scalar_one())

    def chosen(self, account: str) -> bool:
        query = sa.select(second_factors.c.certificate).where(second_factors.c.account == account)
        return bool(self._connection.execute(query).scalar())

    def choose(self, account: str, on: bool) -> None:
        self._factor(account, {"certificate": on})

    def forget(self, account: str) -> None:
        self._connection.execute(sa.delete(second_factors).where(second_factors.c.account == account))
        self.put_codes(account, ())

    def show(self, digest: str, row: QrSignIn) -> None:
        self._connection.execute(sa.insert(qr_sign_ins).values(
            digest=digest, code=row.code, state=row.state, account=row.account, strong=row.strong,
            expires_at=row.expires_at, document=pack(row),
        ))  # fmt: skip

    def shown(self, digest: str) -> QrSignIn | None:
        row = self._connection.execute(sa.select(qr_sign_ins).where(qr_sign_ins.c.digest == digest)).first()
        return None if row is None else _qr(row)

    def by_code(self, code: str) -> tuple[str, QrSignIn] | None:
        row = self._connection.execute(sa.select(qr_sign_ins).where(qr_sign_ins.c.code == code)).first()
        return None if row is None else (str(row.digest), _qr(row))

    def move(self, digest: str, before: str, state: str, account: str = "", strong: bool = False) -> bool:
        query = sa.update(qr_sign_ins).where(qr_sign_ins.c.digest == digest, qr_sign_ins.c.state == before)
        if account:
            query = query.values(account=account, strong=strong)
        return bool(self._connection.execute(query.values(state=state)).rowcount)

    def sessions(self, account: str) -> tuple[tuple[str, SessionRow], ...]:
        query = sa.select(sessions).where(sessions.c.account == account).order_by(sessions.c.created_at.desc())
        read = SqlAccounts(self._connection, self._sealer).session_row
        return tuple((row.digest, read(row.digest, row)) for row in self._connection.execute(query))

    def _factor(self, account: str, values: dict[str, object]) -> None:
        query = insert(self._connection, second_factors).values(account=account, **{**_EMPTY, **values})
        self._connection.execute(query.on_conflict_do_update(index_elements=["account"], set_=values))


def _qr(row: sa.Row[tuple[object, ...]]) -> QrSignIn:
    told = unpack(str(row.document), QrSignIn)
    return msgspec.structs.replace(told, state=row.state, account=row.account, strong=bool(row.strong))
