"""The certificate register in SQL."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import add_once, contains, insert
from engine.adapters.sql.documents import unpack
from engine.adapters.sql.sealing import hide_certificate, reveal_certificate
from engine.adapters.sql.tables.certificates import (
    certificate_items,
    certificate_versions,
    certificates,
    counters,
    voided_numbers,
)
from engine.model.certificate import Certificate, CertificateStatus
from engine.ports.cases import Sealer
from engine.ports.certificates import CertificateQuery, CertificateVersion, VoidedNumber

_CODE = "certificates.holder_code_index"
_ITEM = "certificate_items.value_index"
_SEALED = "certificates.sealed"
_VERSION_SEALED = "certificate_versions.sealed"


class SqlCertificates:
    """Fulfils `CertificateStore`. What stands in columns (status, version, lock) overrules the document."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def load(self, certificate: str) -> Certificate | None:
        return self._first(certificates.c.id == certificate)

    def by_number(self, number: str) -> Certificate | None:
        earlier = sa.select(certificate_versions.c.certificate).where(certificate_versions.c.number == number)
        return self._first(certificates.c.number == number) or self._first(certificates.c.id.in_(earlier))

    def of_case(self, case: str) -> tuple[Certificate, ...]:
        ordered = sa.select(certificate_versions.c.certificate).where(certificate_versions.c.case == case)
        query = sa.select(certificates).where(certificates.c.id.in_(ordered)).order_by(certificates.c.id)
        return tuple(self._certificate(row) for row in self._connection.execute(query))

    def find(self, query: CertificateQuery) -> tuple[Certificate, ...]:
        found = sa.select(certificates).where(*self._conditions(query))
        found = found.order_by(certificates.c.issued_on.desc(), certificates.c.id.desc()).limit(query.limit)
        return tuple(self._certificate(row) for row in self._connection.execute(found))

    def lock(self, certificate: str, version: int, case: str) -> bool:
        query = sa.update(certificates).where(
            certificates.c.id == certificate,
            certificates.c.version == version,
            certificates.c.locked_by.in_(("", case)),
        )
        return bool(self._connection.execute(query.values(locked_by=case)).rowcount)

    def unlock(self, certificate: str, case: str) -> None:
        query = sa.update(certificates).where(certificates.c.id == certificate, certificates.c.locked_by == case)
        self._connection.execute(query.values(locked_by=""))

    def order(self, version: CertificateVersion, sensitive: tuple[str, ...], before: int) -> bool:
        certificate = version.certificate
        if before == 0:
            if not self._register(certificate, sensitive):
                return False
        elif not self._still(certificate.id, before):
            return False
        row = f"{certificate.id}/{version.version}"
        document, token = hide_certificate(self._sealer, _VERSION_SEALED, row, certificate, sensitive)
        columns = {
            "certificate": certificate.id, "version": version.version, "number": certificate.number,
            "action": version.action, "case": version.case, "ordered_at": version.ordered_at, "document": document,
            "sealed": token, "state": version.state, "file_key": version.file_key, "digest": version.digest,
            "second": version.second, "sealed_at": version.sealed_at,
        }  # fmt: skip
        return add_once(self._connection, certificate_versions, columns)

    def ordered(self, certificate: str) -> CertificateVersion | None:
        query = sa.select(certificate_versions).where(
            certificate_versions.c.certificate == certificate, certificate_versions.c.state == "ordered"
        )
        row = self._connection.execute(query.order_by(certificate_versions.c.version.desc())).first()
        return None if row is None else self._version(row)

    def version(self, certificate: str, version: int) -> CertificateVersion | None:
        query = sa.select(certificate_versions).where(
            certificate_versions.c.certificate == certificate, certificate_versions.c.version == version
        )
        row = self._connection.execute(query).first()
        return None if row is None else self._version(row)

    def versions(self, certificate: str) -> tuple[CertificateVersion, ...]:
        query = sa.select(certificate_versions).where(certificate_versions.c.certificate == certificate)
        rows = self._connection.execute(query.order_by(certificate_versions.c.version))
        return tuple(self._version(row) for row in rows)

    def keep_file(self, certificate: str, version: int, file_key: str, digest: str, second: bool, at: str) -> bool:
        query = sa.update(certificate_versions).where(
            certificate_versions.c.certificate == certificate,
            certificate_versions.c.version == version,
            certificate_versions.c.state == "ordered",
        )
        change = query.values(state="sealed", file_key=file_key, digest=digest, second=second, sealed_at=at)
        return bool(self._connection.execute(change).rowcount)

    def change(self, certificate: str, status: CertificateStatus, reason: str) -> None:
        if status is CertificateStatus.VALID:
            self._bring_into_force(certificate)
        query = sa.update(certificates).where(certificates.c.id == certificate)
        self._connection.execute(query.values(status=status.value, reason=reason, locked_by=""))

    def fail(self, certificate: str, reason: str, at: str) -> None:
        version = self.ordered(certificate)
        if version is None:
            return
        number, first = version.certificate.number, version.version == 1
        query = sa.update(certificate_versions).where(
            certificate_versions.c.certificate == certificate, certificate_versions.c.version == version.version
        )
        kept = not first and self._number(certificate) == number
        self._connection.execute(query.values(state="failed" if kept else "void"))
        if kept:
            return  # the number belongs to the version that stays in force
        void = {"number": number, "certificate": certificate, "case": version.case, "at": at, "reason": reason}
        add_once(self._connection, voided_numbers, void)

    def draw(self, key: str) -> int:
        query = insert(self._connection, counters).values(key=key, value=1)
        query = query.on_conflict_do_update(index_elements=["key"], set_={"value": counters.c.value + 1})
        return int(self._connection.execute(query.returning(counters.c.value)).scalar_one())

    def bump(self, key: str, cap: int | None) -> bool:
        if cap is not None and cap <= 0:
            return False
        query = insert(self._connection, counters).values(key=key, value=1)
        below = None if cap is None else counters.c.value < cap
        query = query.on_conflict_do_update(
            index_elements=["key"], set_={"value": counters.c.value + 1}, where=below
        )
        return bool(self._connection.execute(query).rowcount)

    def count(self, key: str) -> int:
        return int(self._connection.execute(sa.select(counters.c.value).where(counters.c.key == key)).scalar() or 0)

    def voided(self) -> tuple[VoidedNumber, ...]:
        query = sa.select(voided_numbers).order_by(voided_numbers.c.at, voided_numbers.c.number)
        return tuple(
            VoidedNumber(number=row.number, certificate=row.certificate, case=row.case, at=row.at, reason=row.reason)
            for row in self._connection.execute(query)
        )

    def _conditions(self, query: CertificateQuery) -> Iterator[sa.ColumnElement[bool]]:
        if query.holder_code:
            yield certificates.c.holder_code_index == self._sealer.blind(_CODE, query.holder_code)
        if query.type:
            yield certificates.c.type == query.type
        if query.statuses:
            yield certificates.c.status.in_([status.value for status in query.statuses])
        if query.valid_on:
            yield sa.or_(certificates.c.valid_to == "", certificates.c.valid_to >= query.valid_on)
        if query.text:
            yield sa.or_(certificates.c.number == query.text, contains(certificates.c.holder_name, query.text))
        for name, value in query.items.items():
            index = self._sealer.blind(_ITEM, f"{name}={_folded(value)}")
            yield sa.exists().where(
                certificate_items.c.certificate == certificates.c.id,
                certificate_items.c.name == name,
                certificate_items.c.value_index == index,
            )

    def _register(self, certificate: Certificate, sensitive: tuple[str, ...]) -> bool:
        standing = {"status": certificate.status.value, "locked_by": certificate.locked_by, "reason": ""}
        if not add_once(self._connection, certificates, {**self._columns(certificate, sensitive), **standing}):
            return False
        self._index_items(certificate)
        return True

    def _columns(self, certificate: Certificate, sensitive: tuple[str, ...]) -> dict[str, object]:
        document, token = hide_certificate(self._sealer, _SEALED, certificate.id, certificate, sensitive)
        return {
            "id": certificate.id,
            "number": certificate.number,
            "type": certificate.type,
            "holder_code_index": self._sealer.blind(_CODE, certificate.holder_code),
            "holder_name": certificate.holder_name,
            "authority": certificate.authority,
            "district": certificate.district,
            "version": certificate.version,
            "issued_on": certificate.issued_on,
            "valid_to": certificate.valid_to,
            "matter": certificate.matter,
            "case": certificate.case,
            "document": document,
            "sealed": token,
        }

    def _index_items(self, certificate: Certificate) -> None:
        query = sa.delete(certificate_items).where(certificate_items.c.certificate == certificate.id)
        self._connection.execute(query)
        rows = [
            {"certificate": certificate.id, "name": name, "value_index": self._sealer.blind(_ITEM, f"{name}={value}")}
            for name, values in certificate.item.items()
            for value in sorted(_plain_values(values))
        ]
        if rows:
            self._connection.execute(sa.insert(certificate_items), rows)

    def _bring_into_force(self, certificate: str) -> None:
        """A sealed version that is newer than the register becomes the certificate as it stands."""
        query = (
            sa.select(certificate_versions)
            .where(certificate_versions.c.certificate == certificate, certificate_versions.c.state == "sealed")
            .order_by(certificate_versions.c.version.desc())
        )
        row = self._connection.execute(query).first()
        if row is None or self._still(certificate, row.version):
            return
        version = self._version(row).certificate
        hidden = tuple(version.item.keys() - unpack(row.document, Certificate).item.keys())
        change = sa.update(certificates).where(certificates.c.id == certificate)
        self._connection.execute(change.values(**self._columns(version, hidden)))
        self._index_items(version)

    def _still(self, certificate: str, version: int) -> bool:
        query = sa.select(certificates.c.version).where(certificates.c.id == certificate)
        return self._connection.execute(query.with_for_update()).scalar() == version

    def _number(self, certificate: str) -> str:
        query = sa.select(certificates.c.number).where(certificates.c.id == certificate)
        return str(self._connection.execute(query).scalar() or "")

    def _first(self, condition: sa.ColumnElement[bool]) -> Certificate | None:
        row = self._connection.execute(sa.select(certificates).where(condition)).first()
        return None if row is None else self._certificate(row)

    def _certificate(self, row: sa.Row[tuple[object, ...]]) -> Certificate:
        whole = reveal_certificate(self._sealer, _SEALED, row.id, row.document, row.sealed)
        return msgspec.structs.replace(
            whole, status=CertificateStatus(row.status), version=row.version, locked_by=row.locked_by
        )

    def _version(self, row: sa.Row[tuple[object, ...]]) -> CertificateVersion:
        place = f"{row.certificate}/{row.version}"
        return CertificateVersion(
            certificate=reveal_certificate(self._sealer, _VERSION_SEALED, place, row.document, row.sealed),
            version=row.version, action=row.action, case=row.case, ordered_at=row.ordered_at, state=row.state,
            file_key=row.file_key, digest=row.digest, second=row.second, sealed_at=row.sealed_at,
        )  # fmt: skip


def _plain_values(value: object) -> set[str]:
    """The values an item is found by: itself, each choice of a multiple choice, each text part of a record."""
    if isinstance(value, (list, tuple)):
        return {text for one in value for text in _plain_values(one)}
    if isinstance(value, dict):
        return {text for one in value.values() for text in _plain_values(one)}
    return set() if value is None or value == "" else {_folded(str(value))}


def _folded(text: str) -> str:
    """As it is compared: full-width forms folded, blanks left out."""
    return "".join(unicodedata.normalize("NFKC", text).split())
