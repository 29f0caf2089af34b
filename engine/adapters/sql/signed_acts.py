"""Signed acts, certificates and letters in SQL. What is signed and what certificates say is sealed: it names people."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.database import add_all_once, add_once
from engine.adapters.sql.tables.signing import letters, signed_acts, signing_certificates
from engine.errors import ZhunyuError
from engine.ports.cases import Sealer
from engine.ports.signing import KeptCertificate, Letter, StoredAct
from engine.trust.acts import FIRST, SignedAct, read_statement

_DER, _KEY, _STATEMENT = "signing_certificates.sealed", "signing_certificates.key", "signed_acts.sealed"
_CASE: sa.BindParameter[str] = sa.bindparam("of")
_LAST = sa.select(signed_acts.c.digest).where(signed_acts.c.case == _CASE).order_by(signed_acts.c.seq.desc()).limit(1)
_ACTS = sa.select(signed_acts).where(signed_acts.c.case == _CASE).order_by(signed_acts.c.seq)
_COUNT = sa.select(sa.func.count()).where(signed_acts.c.case == _CASE)
_BY_ID = sa.select(signing_certificates).where(signing_certificates.c.id == sa.bindparam("of"))
_ALL = sa.select(signing_certificates).order_by(signing_certificates.c.at.desc(), signing_certificates.c.id)
_HELD = _ALL.where(
    signing_certificates.c.kind == sa.bindparam("sort"), signing_certificates.c.holder == sa.bindparam("of")
)
_GONE = "K006"  # the key of the case has been destroyed


class SqlSigning:
    """Fulfils `SigningStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def keep(self, certificate: KeptCertificate) -> bool:
        one = certificate
        row = {
            "id": one.id, "kind": one.kind, "holder": one.holder, "at": one.at, "revoked_at": one.revoked_at,
            "reason": one.reason, "sealed": self._sealer.seal(_DER, one.id, one.der),
            "key": self._sealer.seal(_KEY, one.id, one.key) if one.key else "",
        }  # fmt: skip
        return add_once(self._connection, signing_certificates, row)

    def certificate(self, id: str) -> KeptCertificate | None:
        row = self._connection.execute(_BY_ID, {"of": id}).first()
        return None if row is None else self._certificate(row)

    def held(self, kind: str, holder: str) -> tuple[KeptCertificate, ...]:
        return tuple(map(self._certificate, self._connection.execute(_HELD, {"sort": kind, "of": holder})))

    def among(self, ids: Sequence[str], kind: str, holder: str) -> tuple[KeptCertificate, ...]:
        asked = {"sort": kind, "of": holder, **{f"id{place}": id for place, id in enumerate(ids)}}
        return tuple(map(self._certificate, self._connection.execute(_among(len(ids)), asked)))

    def certificates(self, kind: str = "") -> tuple[KeptCertificate, ...]:
        column = signing_certificates.c.kind
        rows = self._connection.execute(_ALL.where(column == kind if kind else column != "applicant"))
        return tuple(map(self._certificate, rows))

    def revoke(self, id: str, at: str, reason: str) -> bool:
        table = signing_certificates
        query = sa.update(table).where(table.c.id == id, table.c.revoked_at == "")
        return bool(self._connection.execute(query.values(revoked_at=at, reason=reason)).rowcount)

    def add(self, case: str, version: int, *acts: SignedAct) -> None:
        # The commit that makes a case has no acts before it; were it otherwise, the insertion would tell.
        before = 0 if version == 1 else int(self._connection.execute(_COUNT, {"of": case}).scalar_one())
        sealer = self._sealer.of(case)
        rows = [
            {
                "case": case, "seq": seq, "version": version, "digest": act.digest, "signature": act.signature,
                "certificate": act.statement.certificate,
                "sealed": sealer.seal(_STATEMENT, f"{case}/{seq}", act.statement.content_bytes()),
            }
            for seq, act in enumerate(acts, before + 1)
        ]  # fmt: skip
        if rows and not add_all_once(self._connection, signed_acts, rows):
            self._require_new(acts)
            raise ZhunyuError("C002", "办件已被他人处理。", "请刷新后重新签名。", status=409)

    def _require_new(self, acts: Sequence[SignedAct]) -> None:
        """K011 when one of the acts is kept already: a signature that is used again."""
        known = sa.select(signed_acts.c.digest).where(signed_acts.c.digest.in_([one.digest for one in acts]))
        if self._connection.execute(known).first() is not None:
            raise ZhunyuError("K011", "这一签名已经用过，不能再用。", "请刷新后重新签名。", status=409)

    def acts(self, case: str) -> tuple[StoredAct, ...]:
        return tuple(
            StoredAct(row.version, row.digest, row.certificate, self._act(row))
            for row in self._connection.execute(_ACTS, {"of": case})
        )

    def last(self, case: str) -> str:
        return self._connection.execute(_LAST, {"of": case}).scalar() or FIRST

    def letter(self, case: str, kind: str) -> Letter | None:
        return self._letter(letters.c.case == case, letters.c.kind == kind)

    def number_letter(self, letter: Letter) -> bool:
        return add_once(self._connection, letters, {name: getattr(letter, name) for name in Letter.__struct_fields__})

    def file_letter(self, letter: Letter) -> bool:
        query = sa.update(letters).where(
            letters.c.case == letter.case, letters.c.kind == letter.kind, letters.c.file == ""
        )
        return bool(self._connection.execute(query.values(file=letter.file, digest=letter.digest)).rowcount)

    def _letter(self, *wanted: sa.ColumnElement[bool]) -> Letter | None:
        row = self._connection.execute(sa.select(letters).where(*wanted)).first()
        return None if row is None else Letter(**row._mapping)

    def _certificate(self, row: sa.Row[Any]) -> KeptCertificate:
        return KeptCertificate(
            id=row.id, kind=row.kind, holder=row.holder, at=row.at, revoked_at=row.revoked_at, reason=row.reason,
            der=self._sealer.open(_DER, row.id, row.sealed),
            key=self._sealer.open(_KEY, row.id, row.key) if row.key else b"",
        )  # fmt: skip

    def _act(self, row: sa.Row[Any]) -> SignedAct | None:
        """The act; None when it was altered, moved or its case's key destroyed: a verification tells which."""
        try:
            content = self._sealer.of(row.case).open(_STATEMENT, f"{row.case}/{row.seq}", row.sealed)
            return SignedAct(read_statement(content), row.signature)
        except ZhunyuError as error:
            if error.code not in ("K004", "K008", _GONE):
                raise
            return None


@functools.cache
def _among(ids: int) -> sa.Select[Any]:
    """The look at so many certificates by id, those of a kind and holder, and our roots."""
    table = signing_certificates.c
    return _ALL.where(
        sa.or_(
            sa.and_(table.kind == sa.bindparam("sort"), table.holder == sa.bindparam("of")),
            sa.and_(table.kind == "root", table.holder == ""),
            *(table.id == sa.bindparam(f"id{place}") for place in range(ids)),
        )
    )
