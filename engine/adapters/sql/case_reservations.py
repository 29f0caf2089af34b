"""Reservations: what may exist only once, held by an open case or by the certificate it led to."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.database import add_once
from engine.adapters.sql.tables.cases import reservations
from engine.adapters.sql.tables.certificates import certificates
from engine.model.certificate import CertificateStatus
from engine.ports.cases import Sealer

_KEY = "reservations.key"
_PASS_ON = (
    sa.update(reservations)
    .where(reservations.c.case == sa.bindparam("by"), reservations.c.certificate == "")
    .values(certificate=sa.bindparam("to"))
)
_DROP_OTHERS = sa.delete(reservations).where(
    reservations.c.certificate == sa.bindparam("of"), reservations.c.key.not_in(sa.bindparam("kept", expanding=True))
)
_HOLDING = (CertificateStatus.ISSUING.value, CertificateStatus.VALID.value)


class SqlReservations:
    """The part of `CaseStore` that guards `unique:`. The primary key decides every race."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def reserve(self, key: str, case: str, acts_on: str, today: str) -> bool:
        blind = self._blind(key)
        if add_once(self._connection, reservations, {"key": blind, "case": case, "certificate": ""}):
            return True
        held = sa.select(reservations).where(reservations.c.key == blind).with_for_update()
        row = self._connection.execute(held).first()
        if row is None:
            return False
        if row.case == case or (acts_on and row.certificate == acts_on):
            return True
        if not row.certificate or self._holds(row.certificate, today):
            return False
        taken = sa.update(reservations).where(
            reservations.c.key == blind, reservations.c.certificate == row.certificate
        )
        return bool(self._connection.execute(taken.values(case=case, certificate="")).rowcount)

    def release(self, key: str, case: str) -> None:
        query = sa.delete(reservations).where(reservations.c.key == self._blind(key), reservations.c.case == case)
        self._connection.execute(query.where(reservations.c.certificate == ""))

    def pass_on_reservations(self, case: str, certificate: str, keys: tuple[str, ...]) -> None:
        self._connection.execute(_PASS_ON, {"by": case, "to": certificate})
        if keys:
            kept = [self._blind(key) for key in keys]
            self._connection.execute(_DROP_OTHERS, {"of": certificate, "kept": kept})

    def release_reservations(self, certificate: str) -> None:
        self._connection.execute(sa.delete(reservations).where(reservations.c.certificate == certificate))

    def _holds(self, certificate: str, today: str) -> bool:
        query = sa.select(certificates.c.status, certificates.c.valid_to).where(certificates.c.id == certificate)
        row = self._connection.execute(query).first()
        return row is not None and row.status in _HOLDING and (not row.valid_to or row.valid_to >= today)

    def _blind(self, key: str) -> str:
        return self._sealer.blind(_KEY, key)
