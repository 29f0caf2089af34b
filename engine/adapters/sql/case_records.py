"""Cases, their events and submissions in SQL."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import add_once
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.sealing import hide_case, hide_event, nameless, reveal_case, reveal_event
from engine.adapters.sql.tables.cases import case_events, case_subjects, cases, submissions
from engine.adapters.sql.tables.work import case_index
from engine.errors import ZhunyuError
from engine.model.case import OPEN, Case
from engine.model.clock import LEVELS, standing
from engine.model.events import Event, Happened
from engine.model.people import Actor
from engine.ports.cases import RecordedEvent, Sealer

SUBJECT_CODE = "case_subjects.code_index"
# Asked for every application, so they are built once.
_OF: sa.BindParameter[str] = sa.bindparam("of")
_LOAD = sa.select(cases.c.document, cases.c.sealed, cases.c.version).where(cases.c.id == _OF)
_REPLACE = sa.update(cases).where(cases.c.id == sa.bindparam("this"), cases.c.version == sa.bindparam("before"))
_SHOW = sa.update(cases).where(cases.c.id == sa.bindparam("this"))
_FOUND_BY = sa.update(case_index).where(case_index.c.case == sa.bindparam("this"))
_LAST = sa.select(sa.func.coalesce(sa.func.max(case_events.c.seq), 0)).where(case_events.c.case == _OF)
_APPEND, _ADD_SUBJECTS = sa.insert(case_events), sa.insert(case_subjects)
_EVENTS = sa.select(case_events).where(case_events.c.case == _OF).order_by(case_events.c.seq)
_OPEN_EVENTS = _EVENTS.where(case_events.c.sealed == "")
_SUBMITTED = sa.select(submissions.c.case).where(submissions.c.draft == _OF)
_SUBMITTED_KEY = sa.select(submissions.c.draft).where(
    submissions.c.account == _OF, submissions.c.key == sa.bindparam("given")
)


def stopped_at(case: Case) -> str:
    """Since when the clocks of the case stand; "" for one that is decided or closed."""
    stop = standing(case.timing) if case.status in OPEN and case.decision is None else None
    return stop.at if stop is not None else ""


def level_of(case: Case) -> str:
    """The worst level that a clock of the case has been told of."""
    return max((one.level for one in case.timing.reached), key=LEVELS.index, default="")


class SqlCaseRecords:
    """The part of `CaseStore` that keeps cases and what happened to them."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def load(self, case: str) -> Case | None:
        row = self._connection.execute(_LOAD, {"of": case}).first()
        if row is None:
            return None
        try:
            revealed = reveal_case(self._sealer.of(case), case, row.document, row.sealed)
        except ZhunyuError as error:
            if error.code != "K006":
                raise
            about = unpack(row.document, Case)
            what = f"办件 {about.number}（{about.matter_title}）的{error.what}"
            raise ZhunyuError("K006", what, error.next, status=410) from error
        return msgspec.structs.replace(revealed, version=row.version)

    def outline(self, case: str) -> Case | None:
        row = self._connection.execute(_LOAD, {"of": case}).first()
        return None if row is None else msgspec.structs.replace(unpack(row.document, Case), version=row.version)

    def version(self, case: str) -> int:
        return int(self._connection.execute(sa.select(cases.c.version).where(cases.c.id == case)).scalar() or 0)

    def by_number(self, number: str) -> str | None:
        return self._connection.execute(sa.select(cases.c.id).where(cases.c.number == number)).scalar()

    def add(self, case: Case, sensitive: tuple[str, ...], account: str) -> bool:
        row = {
            **self._columns(case, sensitive), "id": case.id, "number": case.number, "account": account,
            "certificate_number": "", "matter": case.matter, "matter_title": case.matter_title,
            "hash": case.matter_hash, "received_at": case.received_at, "task": "",
        }  # fmt: skip
        if not add_once(self._connection, cases, row):
            return False
        rows = [
            {"case": case.id, "place": place, "code_index": self._sealer.blind(SUBJECT_CODE, subject.code),
             "kind": subject.kind, "name": "" if case.confidential else subject.name}
            for place, subject in enumerate(case.subjects)
        ]  # fmt: skip
        if rows:
            self._connection.execute(_ADD_SUBJECTS, rows)
        return True

    def replace(self, before: int, case: Case, sensitive: tuple[str, ...]) -> bool:
        change = {"this": case.id, "before": before, **self._columns(case, sensitive)}
        return bool(self._connection.execute(_REPLACE, change).rowcount)

    def show_certificate(self, case: str, number: str) -> None:
        self._connection.execute(_SHOW, {"this": case, "certificate_number": number})
        self._connection.execute(_FOUND_BY, {"this": case, "certificate_number": number})

    def append(
        self, case: str, version: int, at: str, actor: Actor, events: tuple[Event, ...], *, confidential: bool = False
    ) -> int:
        first = int(self._connection.execute(_LAST, {"of": case}).scalar_one()) + 1
        rows, clear = [], pack(nameless(actor) if confidential else actor)
        for seq, event in enumerate(events, first):
            document, token = hide_event(self._sealer.of(case), f"{case}/{seq}", event, actor if confidential else None)
            rows.append(
                {"case": case, "seq": seq, "at": at, "version": version, "actor": clear,
                 "kind": event.kind if isinstance(event, Happened) else type(event).__name__,
                 "event": document, "sealed": token}
            )  # fmt: skip
        if rows:
            self._connection.execute(_APPEND, rows)
        return first

    def events(self, case: str, *, personal: bool = True) -> tuple[RecordedEvent, ...]:
        sealer, found = self._sealer.of(case), []
        for row in self._connection.execute(_EVENTS if personal else _OPEN_EVENTS, {"of": case}):
            said = unpack(row.actor, Actor)
            event, actor = reveal_event(sealer, f"{case}/{row.seq}", row.event, row.sealed, said)
            found.append(RecordedEvent(row.seq, row.at, row.version, actor, event))
        return tuple(found)

    def submitted(self, draft: str) -> str | None:
        return self._connection.execute(_SUBMITTED, {"of": draft}).scalar()

    def submitted_key(self, account: str, key: str) -> str | None:
        return self._connection.execute(_SUBMITTED_KEY, {"of": account, "given": key}).scalar()

    def submit_once(self, draft: str, account: str, key: str, case: str, at: str) -> bool:
        row = {"draft": draft, "account": account, "key": key or None, "case": case, "at": at}
        if not add_once(self._connection, submissions, row):
            return False
        self._sealer.share(draft, case)
        return True

    def _columns(self, case: Case, sensitive: tuple[str, ...]) -> dict[str, object]:
        document, token = hide_case(self._sealer.of(case.id), case, sensitive)
        subject = case.subjects[0] if case.subjects else None
        return {
            "status": case.status.value,
            "district": case.district,
            "authority": case.authority,
            "subject_code_index": self._sealer.blind(SUBJECT_CODE, subject.code) if subject else "",
            "subject_name": subject.name if subject and not case.confidential else "",
            "summary": "" if case.confidential else case.summary,
            "due": min(filter(None, (case.due_promised, case.due_legal)), default=""),
            "stopped_at": stopped_at(case),
            "clock_level": level_of(case),
            "closed_at": case.closed_at,
            "automatic": case.decision is not None and case.decision.automatic,
            "decided_at": case.decision.at if case.decision else "",
            "outcome": case.decision.outcome if case.decision else "",
            "version": case.version,
            "document": document,
            "sealed": token,
        }
