"""The certificate register in SQL."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.certificate_search import folded, plain_values, search
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
from engine.ports.certificates import (
    NO_DUPLICATE,
    NO_LEGAL_FILE,
    CertificateQuery,
    CertificateVersion,
    DuplicateFile,
    LegalFile,
    VoidedNumber,
)

# Asked for every application, so they are built once.
_OF: sa.BindParameter[str] = sa.bindparam("of")
_BY_ID = sa.select(certificates).where(certificates.c.id == _OF)
_BY_NUMBER = sa.select(certificates).where(certificates.c.number == _OF)
_ONCE_NUMBERED = sa.select(certificates).where(
    certificates.c.id.in_(sa.select(certificate_versions.c.certificate).where(certificate_versions.c.number == _OF))
)
_ORDERED_BY = sa.select(certificate_versions.c.certificate).where(certificate_versions.c.case == _OF)
_OF_CASE = sa.select(certificates).where(certificates.c.id.in_(_ORDERED_BY)).order_by(certificates.c.id)
_VERSIONS = sa.select(certificate_versions).where(certificate_versions.c.certificate == _OF)
_ALL_VERSIONS = _VERSIONS.order_by(certificate_versions.c.version)
_VERSION = _VERSIONS.where(certificate_versions.c.version == sa.bindparam("place"))
_SEALED_LAST = _VERSIONS.where(certificate_versions.c.state == "sealed").order_by(certificate_versions.c.version.desc())
_LEGAL_FILES = (
    sa.select(certificate_versions)
    .where(
        certificate_versions.c.certificate.in_(sa.bindparam("these", expanding=True)),
        certificate_versions.c.state == "sealed",
    )
    .order_by(certificate_versions.c.version)
)
_IDENTIFIED = (
    sa.select(certificate_versions)
    .where(certificate_versions.c.identifier == _OF)
    .order_by(certificate_versions.c.version.desc())
)
_STANDING = sa.select(certificates.c.version).where(certificates.c.id == _OF).with_for_update()
_CHANGE = sa.update(certificates).where(certificates.c.id == sa.bindparam("this"))
_KEEP_FILE = sa.update(certificate_versions).where(
    certificate_versions.c.certificate == sa.bindparam("this"),
    certificate_versions.c.version == sa.bindparam("place"),
    certificate_versions.c.state == "ordered",
)
_NO_ITEMS = sa.delete(certificate_items).where(certificate_items.c.certificate == _OF)
_ITEMS = sa.insert(certificate_items)
_COUNT = sa.select(counters.c.value).where(counters.c.key == _OF)
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
        return self._first(_BY_ID, certificate)

    def by_number(self, number: str) -> Certificate | None:
        return self._first(_BY_NUMBER, number) or self._first(_ONCE_NUMBERED, number)

    def of_case(self, case: str) -> tuple[Certificate, ...]:
        return tuple(self._certificate(row) for row in self._connection.execute(_OF_CASE, {"of": case}))

    def find(self, query: CertificateQuery) -> tuple[Certificate, ...]:
        names = ("type", "valid_on", "district", "valid_until")
        asked = {name: value for name in names if (value := getattr(query, name))}
        if query.holder_code:
            asked["code"] = self._sealer.blind(_CODE, query.holder_code)
        for place, (name, value) in enumerate(query.items.items()):
            asked |= {f"item{place}": name, f"index{place}": self._sealer.blind(_ITEM, f"{name}={folded(value)}")}
        given = {**asked, "most": query.limit, "statuses": [status.value for status in query.statuses]}
        found = search(frozenset(asked), bool(query.statuses))
        if query.text:
            found = found.where(
                sa.or_(certificates.c.number == query.text, contains(certificates.c.holder_name, query.text))
            )
        return tuple(self._certificate(row) for row in self._connection.execute(found, given))

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
            "second": version.second, "sealed_at": version.sealed_at, "legal_key": version.legal.key,
            "legal_digest": version.legal.digest, "identifier": version.legal.identifier,
            **_duplicate_columns(version.duplicate),
        }  # fmt: skip
        return add_once(self._connection, certificate_versions, columns)

    def ordered(self, certificate: str) -> CertificateVersion | None:
        query = sa.select(certificate_versions).where(
            certificate_versions.c.certificate == certificate, certificate_versions.c.state == "ordered"
        )
        row = self._connection.execute(query.order_by(certificate_versions.c.version.desc())).first()
        return None if row is None else self._version(row)

    def version(self, certificate: str, version: int) -> CertificateVersion | None:
        row = self._connection.execute(_VERSION, {"of": certificate, "place": version}).first()
        return None if row is None else self._version(row)

    def versions(self, certificate: str) -> tuple[CertificateVersion, ...]:
        return tuple(self._version(row) for row in self._connection.execute(_ALL_VERSIONS, {"of": certificate}))

    def keep_file(
        self, certificate: str, version: int, file_key: str, digest: str, second: bool, at: str,
        legal: LegalFile = NO_LEGAL_FILE, duplicate: DuplicateFile = NO_DUPLICATE,
    ) -> bool:  # fmt: skip
        change = {
            "state": "sealed", "file_key": file_key, "digest": digest, "second": second, "sealed_at": at,
            "legal_key": legal.key, "legal_digest": legal.digest, "identifier": legal.identifier,
            **_duplicate_columns(duplicate),
        }  # fmt: skip
        return bool(self._connection.execute(_KEEP_FILE, {"this": certificate, "place": version, **change}).rowcount)

    def legal_files(self, certificates: tuple[str, ...]) -> dict[str, LegalFile]:
        rows = self._connection.execute(_LEGAL_FILES, {"these": list(certificates)})
        return {row.certificate: _legal(row) for row in rows if row.legal_key}  # oldest first, so the latest stays

    def by_identifier(self, identifier: str) -> CertificateVersion | None:
        row = self._connection.execute(_IDENTIFIED, {"of": identifier}).first() if identifier else None
        return None if row is None else self._version(row)

    def change(self, certificate: str, status: CertificateStatus, reason: str) -> None:
        if status is CertificateStatus.VALID:
            self._bring_into_force(certificate)
        change = {"status": status.value, "reason": reason, "locked_by": ""}
        self._connection.execute(_CHANGE, {"this": certificate, **change})

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
        return int(self._connection.execute(_COUNT, {"of": key}).scalar() or 0)

    def voided(self) -> tuple[VoidedNumber, ...]:
        query = sa.select(voided_numbers).order_by(voided_numbers.c.at, voided_numbers.c.number)
        return tuple(
            VoidedNumber(number=row.number, certificate=row.certificate, case=row.case, at=row.at, reason=row.reason)
            for row in self._connection.execute(query)
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
            "holder_name": "" if certificate.confidential else certificate.holder_name,
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
        self._connection.execute(_NO_ITEMS, {"of": certificate.id})
        rows = [
            {"certificate": certificate.id, "name": name, "value_index": self._sealer.blind(_ITEM, f"{name}={value}")}
            for name, values in certificate.item.items()
            for value in sorted(plain_values(values))
        ]
        if rows:
            self._connection.execute(_ITEMS, rows)

    def _bring_into_force(self, certificate: str) -> None:
        """A sealed version that is newer than the register becomes the certificate as it stands."""
        row = self._connection.execute(_SEALED_LAST, {"of": certificate}).first()
        if row is None or self._still(certificate, row.version):
            return
        version = self._version(row).certificate
        hidden = tuple(version.item.keys() - unpack(row.document, Certificate).item.keys())
        self._connection.execute(_CHANGE, {"this": certificate, **self._columns(version, hidden)})
        self._index_items(version)

    def _still(self, certificate: str, version: int) -> bool:
        return bool(self._connection.execute(_STANDING, {"of": certificate}).scalar() == version)

    def _number(self, certificate: str) -> str:
        query = sa.select(certificates.c.number).where(certificates.c.id == certificate)
        return str(self._connection.execute(query).scalar() or "")

    def _first(self, query: sa.Select[Any], of: str) -> Certificate | None:
        row = self._connection.execute(query, {"of": of}).first()
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
            file_key=row.file_key, digest=row.digest, second=row.second, sealed_at=row.sealed_at, legal=_legal(row),
            duplicate=DuplicateFile(row.copy_key, row.copy_digest, row.copy_legal_key, row.copy_legal_digest),
        )  # fmt: skip


def _legal(row: sa.Row[tuple[object, ...]]) -> LegalFile:
    return LegalFile(row.legal_key, row.legal_digest, row.identifier)


def _duplicate_columns(one: DuplicateFile) -> dict[str, str]:
    return {
        "copy_key": one.key, "copy_digest": one.digest, "copy_legal_key": one.legal_key,
        "copy_legal_digest": one.legal_digest,
    }  # fmt: skip
