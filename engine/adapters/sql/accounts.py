"""Accounts, sessions and API tokens in SQL. Represented subjects are sealed: they hold identity numbers."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import add_once, insert
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.accounts import (
    accounts,
    api_tokens,
    case_readings,
    former_passwords,
    sessions,
    sign_in_failures,
)
from engine.errors import ZhunyuError
from engine.ports.accounts import Account, Lock, Represented, SessionRow, TokenRow
from engine.ports.cases import Sealer

# Asked by every request, so they are built once.
_ACCOUNT = sa.select(accounts).where(accounts.c.id == sa.bindparam("wanted"))
_SESSION = sa.select(sessions).where(sessions.c.digest == sa.bindparam("wanted"))
_SIGNED_IN = (
    sa.select(
        sessions.c.account, sessions.c.subject, sessions.c.created_at, sessions.c.expires_at, sessions.c.ref,
        sessions.c.address, sessions.c.device, sessions.c.how, sessions.c.seen_at, sessions.c.strong,
        accounts.c.id, accounts.c.document, accounts.c.sealed,
    )
    .join(accounts, accounts.c.id == sessions.c.account)
    .where(sessions.c.digest == sa.bindparam("wanted"))
)  # fmt: skip
_SEALED = "accounts.sealed"
_SUBJECT = "sessions.subject"


class SqlAccounts:
    """Fulfils `AccountStore`. The columns login, kind and active overrule the document."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def add(self, account: Account, password_hash: str, created_at: str) -> None:
        query = insert(self._connection, accounts).values(
            id=account.id, password_hash=password_hash, created_at=created_at, **self._columns(account)
        )
        if not self._connection.execute(query.on_conflict_do_nothing(index_elements=["kind", "login"])).rowcount:
            raise ZhunyuError("A005", f"登录名 {account.login} 已被使用。", "请换一个登录名。", status=409)

    def update(self, account: Account) -> None:
        query = sa.update(accounts).where(accounts.c.id == account.id)
        self._connection.execute(query.values(**self._columns(account)))

    def set_password(self, account: str, password_hash: str) -> None:
        self._connection.execute(
            sa.update(accounts).where(accounts.c.id == account).values(password_hash=password_hash)
        )

    def replace_password(self, account: str, password_hash: str, at: str) -> None:
        for before in self.passwords(account, 1):
            row = {"account": account, "at": at, "password_hash": before}
            add_once(self._connection, former_passwords, row)
        self.set_password(account, password_hash)

    def passwords(self, account: str, limit: int) -> tuple[str, ...]:
        present = sa.select(accounts.c.password_hash).where(accounts.c.id == account)
        before = sa.select(former_passwords.c.password_hash).where(former_passwords.c.account == account)
        before = before.order_by(former_passwords.c.at.desc()).limit(limit)
        found = [*self._connection.execute(present).scalars(), *self._connection.execute(before).scalars()]
        return tuple(found[:limit])

    def account(self, id: str) -> Account | None:
        row = self._connection.execute(_ACCOUNT, {"wanted": id}).first()
        return None if row is None else self._account(row)

    def by_login(self, kind: str, login: str) -> tuple[Account, str] | None:
        query = sa.select(accounts).where(accounts.c.kind == kind, accounts.c.login == login)
        row = self._connection.execute(query).first()
        return None if row is None else (self._account(row), row.password_hash)

    def list(self, kind: str) -> tuple[Account, ...]:
        query = sa.select(accounts).where(accounts.c.kind == kind).order_by(accounts.c.login)
        return tuple(self._account(row) for row in self._connection.execute(query))

    def lock(self, kind: str, login: str) -> Lock:
        row = self._connection.execute(sa.select(sign_in_failures).where(*_of(kind, login))).first()
        return Lock() if row is None else Lock(failures=row.failures, until=row.until)

    def fail(self, kind: str, login: str, *, now: str, since: str, limit: int, until: str) -> Lock:
        fresh = insert(self._connection, sign_in_failures).values(kind=kind, login=login, failures=0, at=now, until="")
        self._connection.execute(fresh.on_conflict_do_nothing(index_elements=["kind", "login"]))
        query = sa.select(sign_in_failures).where(*_of(kind, login)).with_for_update()
        row = self._connection.execute(query).one()
        failures = row.failures + 1 if row.at >= since else 1
        lock = Lock(failures=failures, until=until if failures >= limit else "")
        changed = sa.update(sign_in_failures).where(*_of(kind, login))
        self._connection.execute(changed.values(failures=failures, at=now, until=lock.until))
        return lock

    def clear_lock(self, kind: str, login: str) -> None:
        self._connection.execute(sa.delete(sign_in_failures).where(*_of(kind, login)))

    def add_session(self, digest: str, row: SessionRow) -> None:
        self._connection.execute(sa.insert(sessions).values(digest=digest, **self._session(digest, row)))

    def session(self, digest: str) -> SessionRow | None:
        row = self._connection.execute(_SESSION, {"wanted": digest}).first()
        return None if row is None else self.session_row(digest, row)

    def signed_in(self, digest: str) -> tuple[SessionRow, Account] | None:
        row: Any = self._connection.execute(_SIGNED_IN, {"wanted": digest}).first()
        return None if row is None else (self.session_row(digest, row), self._account(row))

    def set_session(self, digest: str, row: SessionRow) -> None:
        query = sa.update(sessions).where(sessions.c.digest == digest)
        self._connection.execute(query.values(**self._session(digest, row)))

    def end_session(self, digest: str) -> None:
        self._connection.execute(sa.delete(sessions).where(sessions.c.digest == digest))

    def end_sessions(self, account: str) -> None:
        self._connection.execute(sa.delete(sessions).where(sessions.c.account == account))

    def clear_sessions(self, now: str) -> int:
        return int(self._connection.execute(sa.delete(sessions).where(sessions.c.expires_at < now)).rowcount)

    def add_token(self, digest: str, row: TokenRow) -> None:
        query = insert(self._connection, api_tokens).values(
            digest=digest, account=row.account, name=row.name, scopes=pack(row.scopes), expires_at=row.expires_at
        )
        if not self._connection.execute(query.on_conflict_do_nothing(index_elements=["account", "name"])).rowcount:
            raise ZhunyuError("A005", f"令牌 {row.name} 已存在。", "请换一个名称，或先停用旧令牌。", status=409)

    def token(self, digest: str) -> TokenRow | None:
        row = self._connection.execute(sa.select(api_tokens).where(api_tokens.c.digest == digest)).first()
        if row is None:
            return None
        scopes = unpack(row.scopes, tuple[str, ...])
        return TokenRow(account=row.account, name=row.name, scopes=scopes, expires_at=row.expires_at)

    def end_token(self, account: str, name: str) -> None:
        query = sa.delete(api_tokens).where(api_tokens.c.account == account, api_tokens.c.name == name)
        self._connection.execute(query)

    def readings(self, account: str, cases: tuple[str, ...]) -> dict[str, int]:
        query = sa.select(case_readings).where(case_readings.c.account == account, case_readings.c.case.in_(cases))
        return {row.case: row.version for row in self._connection.execute(query)}

    def mark_read(self, account: str, case: str, version: int) -> None:
        query = insert(self._connection, case_readings).values(account=account, case=case, version=version)
        query = query.on_conflict_do_update(index_elements=["account", "case"], set_={"version": version})
        self._connection.execute(query)

    def _columns(self, account: Account) -> dict[str, object]:
        clear = msgspec.structs.replace(account, represents=(), powers=(), lapsed=())
        sealed = self._sealer.seal(_SEALED, account.id, pack(account.represents).encode()) if account.represents else ""
        return {
            "kind": account.kind, "login": account.login, "active": account.active, "document": pack(clear),
            "sealed": sealed,
        }  # fmt: skip

    def _account(self, row: sa.Row[tuple[object, ...]]) -> Account:
        account = unpack(row.document, Account)
        if not row.sealed:
            return account
        represents = unpack(self._sealer.open(_SEALED, row.id, row.sealed), tuple[Represented, ...])
        return msgspec.structs.replace(account, represents=represents)

    def session_row(self, digest: str, row: sa.Row[Any]) -> SessionRow:
        """A row of the table as a session."""
        subject = self._sealer.open(_SUBJECT, digest, row.subject).decode() if row.subject else ""
        return SessionRow(
            account=row.account, subject_code=subject, created_at=row.created_at, expires_at=row.expires_at,
            ref=row.ref, address=row.address, device=row.device, how=row.how, seen_at=row.seen_at,
            strong=bool(row.strong),
        )  # fmt: skip

    def _session(self, digest: str, row: SessionRow) -> dict[str, object]:
        subject = self._sealer.seal(_SUBJECT, digest, row.subject_code.encode()) if row.subject_code else ""
        return {
            "account": row.account, "subject": subject, "created_at": row.created_at, "expires_at": row.expires_at,
            "ref": row.ref, "address": row.address[:64], "device": row.device[:120], "how": row.how[:40],
            "seen_at": row.seen_at, "strong": row.strong,
        }  # fmt: skip


def _of(kind: str, login: str) -> tuple[sa.ColumnElement[bool], ...]:
    return sign_in_failures.c.kind == kind, sign_in_failures.c.login == login
