"""Consents and the list of changed certificates in SQL."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import insert
from engine.adapters.sql.tables.certificates import counters
from engine.adapters.sql.tables.consents import certificate_changes, certificate_consents
from engine.decoding import decoded
from engine.ports.cases import Sealer
from engine.ports.consents import CertificateChange, Consent

_CODE, _SEALED = "certificate_consents.code_index", "certificate_consents.sealed"
_COUNTER = "certificate-changes"


class _Hidden(msgspec.Struct, frozen=True):
    """What of a consent is kept sealed."""

    code: str
    matter: str
    references: tuple[str, ...]


class SqlConsents:
    """Fulfils `ConsentStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def add(self, consent: Consent) -> None:
        row = {
            "id": consent.id, "code_index": self._sealer.blind(_CODE, consent.code),
            "certificate": consent.certificate, "department": consent.department,
            "department_name": consent.department_name, "until": consent.until, "uses": consent.uses,
            "given_by": consent.given_by, "given_at": consent.given_at, "withdrawn_at": consent.withdrawn_at,
            "sealed": self._hidden(consent),
        }  # fmt: skip
        self._connection.execute(sa.insert(certificate_consents), row)

    def by_code(self, code: str) -> Consent | None:
        wanted = certificate_consents.c.code_index == self._sealer.blind(_CODE, code)
        row = self._connection.execute(sa.select(certificate_consents).where(wanted).with_for_update()).first()
        return None if row is None else self._consent(row)

    def of_certificate(self, certificate: str, limit: int) -> tuple[Consent, ...]:
        query = sa.select(certificate_consents).where(certificate_consents.c.certificate == certificate)
        rows = self._connection.execute(query.order_by(certificate_consents.c.id.desc()).limit(limit))
        return tuple(self._consent(row) for row in rows)

    def use(self, consent: Consent) -> None:
        query = sa.update(certificate_consents).where(certificate_consents.c.id == consent.id)
        self._connection.execute(query.values(sealed=self._hidden(consent)))

    def withdraw(self, consent: str, certificate: str, at: str) -> Consent | None:
        table = certificate_consents.c
        standing = (table.id == consent, table.certificate == certificate, table.withdrawn_at == "")
        query = sa.update(certificate_consents).where(*standing).values(withdrawn_at=at)
        if not self._connection.execute(query).rowcount:
            return None
        return self._consent(self._connection.execute(sa.select(certificate_consents).where(table.id == consent)).one())

    def _hidden(self, consent: Consent) -> str:
        told = msgspec.json.encode(_Hidden(consent.code, consent.matter, consent.references))
        return self._sealer.seal(_SEALED, consent.id, told)

    def _consent(self, row: sa.Row[Any]) -> Consent:
        hidden = decoded(self._sealer.open(_SEALED, row.id, row.sealed), _Hidden)
        return Consent(
            id=row.id, certificate=row.certificate, department=row.department, department_name=row.department_name,
            matter=hidden.matter, until=row.until, uses=row.uses, code=hidden.code, given_by=row.given_by,
            given_at=row.given_at, references=hidden.references, withdrawn_at=row.withdrawn_at,
        )  # fmt: skip


class SqlChanges:
    """Fulfils `ChangeStore`. The counter's row is locked until the commit, so numbers appear in their order."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, certificate_number: str, type: str, kind: str, successor: str, at: str) -> int:
        query = insert(self._connection, counters).values(key=_COUNTER, value=1)
        query = query.on_conflict_do_update(index_elements=["key"], set_={"value": counters.c.value + 1})
        number = int(self._connection.execute(query.returning(counters.c.value)).scalar_one())
        row = {"number": number, "certificate_number": certificate_number, "type": type, "kind": kind,
               "successor": successor, "at": at}  # fmt: skip
        self._connection.execute(sa.insert(certificate_changes), row)
        return number

    def after(self, number: int, limit: int) -> tuple[CertificateChange, ...]:
        query = sa.select(certificate_changes).where(certificate_changes.c.number > number)
        rows = self._connection.execute(query.order_by(certificate_changes.c.number).limit(limit))
        return tuple(CertificateChange(**row._mapping) for row in rows)

    def last(self) -> int:
        return int(self._connection.execute(sa.select(sa.func.max(certificate_changes.c.number))).scalar() or 0)
