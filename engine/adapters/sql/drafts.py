"""Drafts in SQL: sealed whole, found by account and blinded subject code."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.confirmations import confirmations
from engine.adapters.sql.tables.counter import counter_notes
from engine.adapters.sql.tables.drafts import consents, drafts, parked_answers
from engine.adapters.sql.tables.rows import list_rows
from engine.ports.cases import Sealer
from engine.ports.drafts import Consent, Draft, Parked

_MOST_LISTED = 200
_GET = sa.select(drafts).where(drafts.c.id == sa.bindparam("wanted"))
_GET_LOCKED = _GET.with_for_update()
_CONSENTS = (
    sa.select(consents).where(consents.c.draft == sa.bindparam("wanted")).order_by(consents.c.given_at, consents.c.id)
)
_REPLACE = sa.update(drafts).where(
    drafts.c.id == sa.bindparam("this"), drafts.c.revision == sa.bindparam("expected"), drafts.c.case == ""
)
_ADD = sa.insert(drafts)
_OF = (
    sa.select(drafts)
    .where(
        drafts.c.account == sa.bindparam("by"), drafts.c.subject_index == sa.bindparam("subject"), drafts.c.case == ""
    )
    .order_by(drafts.c.updated_at.desc(), drafts.c.id.desc())
    .limit(_MOST_LISTED)
)
_BEGUN = (
    sa.select(drafts)
    .where(drafts.c.account == sa.bindparam("by"), drafts.c.case == "")
    .order_by(drafts.c.updated_at.desc(), drafts.c.id.desc())
    .limit(_MOST_LISTED)
)
_DROP_PARKED = sa.delete(parked_answers).where(parked_answers.c.draft == sa.bindparam("wanted"))
_CLOSE = sa.update(drafts).where(drafts.c.id == sa.bindparam("this")).values(case=sa.bindparam("filed"))
_DRAFT = "drafts.sealed"
_SUBJECT = "drafts.subject_index"
_PARKED = "parked_answers.sealed"
_MOST_PARKED = 3


class SqlDrafts:
    """Fulfils `DraftStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def get(self, draft_id: str, *, lock: bool = False) -> Draft | None:
        row = self._connection.execute(_GET_LOCKED if lock else _GET, {"wanted": draft_id}).first()
        return None if row is None else self._draft(row)

    def add(self, draft: Draft) -> None:
        self._connection.execute(_ADD, self._columns(draft))

    def replace(self, draft: Draft, expected: int) -> bool:
        change = {"this": draft.id, "expected": expected, **self._columns(draft)}
        return bool(self._connection.execute(_REPLACE, change).rowcount)

    def of(self, account: str, subject_code: str) -> tuple[Draft, ...]:
        given = {"by": account, "subject": self._sealer.blind(_SUBJECT, subject_code)}
        return tuple(self._draft(row) for row in self._connection.execute(_OF, given))

    def begun_by(self, account: str) -> tuple[Draft, ...]:
        return tuple(self._draft(row) for row in self._connection.execute(_BEGUN, {"by": account}))

    def delete(self, draft_id: str) -> None:
        self._connection.execute(sa.delete(parked_answers).where(parked_answers.c.draft == draft_id))
        self._connection.execute(sa.delete(confirmations).where(confirmations.c.draft == draft_id))
        self._connection.execute(sa.delete(list_rows).where(list_rows.c.draft == draft_id))
        self._connection.execute(sa.delete(counter_notes).where(counter_notes.c.draft == draft_id))
        self._connection.execute(sa.delete(drafts).where(drafts.c.id == draft_id))

    def close(self, draft_id: str, case_id: str) -> None:
        self._connection.execute(_DROP_PARKED, {"wanted": draft_id})
        self._connection.execute(_CLOSE, {"this": draft_id, "filed": case_id})

    def add_consent(self, consent: Consent) -> None:
        self._connection.execute(sa.insert(consents).values(**msgspec.structs.asdict(consent)))

    def consents(self, draft_id: str) -> tuple[Consent, ...]:
        rows = self._connection.execute(_CONSENTS, {"wanted": draft_id})
        return tuple(Consent(**row._mapping) for row in rows)

    def consents_since(self, account: str, since: str) -> int:
        query = sa.select(sa.func.count()).where(consents.c.account == account, consents.c.given_at >= since)
        return int(self._connection.execute(query).scalar_one())

    def park(self, parked: Parked) -> None:
        token = self._sealer.of(parked.draft).seal(_PARKED, parked.id, pack(parked.answers).encode())
        values = {"id": parked.id, "draft": parked.draft, "parked_at": parked.parked_at, "sealed": token}
        self._connection.execute(sa.insert(parked_answers).values(**values))
        kept = (
            sa.select(parked_answers.c.id)
            .where(parked_answers.c.draft == parked.draft)
            .order_by(parked_answers.c.parked_at.desc(), parked_answers.c.id.desc())
            .limit(_MOST_PARKED)
        )
        self._connection.execute(
            sa.delete(parked_answers).where(
                parked_answers.c.draft == parked.draft, parked_answers.c.id.not_in(kept.scalar_subquery())
            )
        )

    def parked(self, parked_id: str) -> Parked | None:
        row = self._connection.execute(sa.select(parked_answers).where(parked_answers.c.id == parked_id)).first()
        if row is None:
            return None
        answers = unpack(self._sealer.of(row.draft).open(_PARKED, row.id, row.sealed), dict)
        return Parked(id=row.id, draft=row.draft, answers=answers, parked_at=row.parked_at)

    def unpark(self, parked_id: str) -> None:
        self._connection.execute(sa.delete(parked_answers).where(parked_answers.c.id == parked_id))

    def _columns(self, draft: Draft) -> dict[str, object]:
        return {
            "id": draft.id,
            "account": draft.account,
            "subject_index": self._sealer.blind(_SUBJECT, draft.subject.code),
            "case": draft.case,
            "revision": draft.revision,
            "updated_at": draft.updated_at,
            "sealed": self._sealer.of(draft.id).seal(_DRAFT, draft.id, pack(draft).encode()),
        }

    def _draft(self, row: sa.Row[tuple[object, ...]]) -> Draft:
        draft = unpack(self._sealer.of(str(row.id)).open(_DRAFT, str(row.id), row.sealed), Draft)
        return msgspec.structs.replace(draft, revision=row.revision, case=row.case)
