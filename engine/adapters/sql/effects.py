"""The outbox and the reminders in SQL. A claim is a lease: whoever dies with it loses it."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.database import add_once, insert
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.effects import due_jobs, outbox
from engine.errors import ZhunyuError
from engine.model.values import Json
from engine.ports.cases import Sealer
from engine.ports.effects import DueJob, Job

_BODY = "outbox.body"


def _claimable() -> sa.Select[tuple[str]]:
    """Ids of ripe jobs, the longest waiting first; of one case's jobs for one receiver only the earliest."""
    earlier = outbox.alias("earlier")
    before = sa.exists().where(
        earlier.c.case == outbox.c.case, earlier.c.to == outbox.c.to, earlier.c.kind == outbox.c.kind,
        earlier.c.seq < outbox.c.seq, earlier.c.state.in_(("waiting", "leased")),
    )  # fmt: skip
    return (
        sa.select(outbox.c.id)
        .where(_RIPE, outbox.c.kind.in_(sa.bindparam("kinds", expanding=True)), sa.not_(before))
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
        .with_for_update(skip_locked=True, of=outbox)
    )


# Asked several times a second, so they are built once.
_NOW = sa.bindparam("now", type_=sa.Text)
_RIPE = sa.or_(
    sa.and_(outbox.c.state == "waiting", outbox.c.next_at <= _NOW),
    sa.and_(outbox.c.state == "leased", outbox.c.lease_until <= _NOW),
)
_ANY_JOB = sa.select(sa.literal(1)).where(_RIPE).limit(1)
_JOB_OF = _ANY_JOB.where(outbox.c.kind.in_(sa.bindparam("kinds", expanding=True)))
_ANY_REMINDER = sa.select(sa.literal(1)).where(due_jobs.c.state == "waiting", due_jobs.c.at <= _NOW).limit(1)
_CLAIMABLE = _claimable()
_LEASE = (
    sa.update(outbox)
    .where(outbox.c.id.in_(sa.bindparam("these", expanding=True)))
    .values(
        state="leased", lease=sa.bindparam("by"), lease_until=sa.bindparam("until"), attempts=outbox.c.attempts + 1
    )
    .returning(*outbox.c)
)
_SETTLE = (
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("this"), outbox.c.lease == sa.bindparam("by"), outbox.c.state == "leased")
    .values(lease="", lease_until="")
)
_REMINDERS = (
    sa.select(due_jobs)
    .where(due_jobs.c.state == "waiting", due_jobs.c.at <= _NOW)
    .order_by(due_jobs.c.at)
    .limit(sa.bindparam("most", type_=sa.Integer))
)


class SqlEffects:
    """Fulfils `EffectStore`. Bodies are sealed: they name people."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def enqueue(self, job: Job) -> bool:
        body = self._sealer.of(job.case).seal(_BODY, job.id, pack(job.body).encode())
        row = {
            "id": job.id, "kind": job.kind, "case": job.case, "seq": job.seq, "to": job.to, "event": job.event,
            "key": job.key, "body": body, "state": "waiting",
            "attempts": 0, "created_at": job.created_at, "next_at": job.next_at or job.created_at, "lease": "",
            "lease_until": "", "done_at": "", "last_error": "",
        }  # fmt: skip
        return add_once(self._connection, outbox, row)

    def claim(self, kinds: tuple[str, ...], limit: int, *, lease: str, now: str, until: str) -> tuple[Job, ...]:
        wanted = {"now": now, "kinds": kinds, "most": limit}
        ids = self._connection.execute(_CLAIMABLE, wanted).scalars().all()
        if not ids:
            return ()
        change = {"these": ids, "by": lease, "until": until}
        jobs = [self._job(row) for row in self._connection.execute(_LEASE, change)]
        return tuple(sorted(jobs, key=lambda job: (job.next_at, job.id)))

    def give_back(self, at: str) -> int:
        query = sa.update(outbox).where(outbox.c.state == "leased")
        return self._connection.execute(query.values(state="waiting", lease="", lease_until="", next_at=at)).rowcount

    def done(self, job: str, lease: str, at: str) -> bool:
        return self._settle(job, lease, state="done", done_at=at, last_error="")

    def retry(self, job: str, lease: str, next_at: str, error: str) -> bool:
        return self._settle(job, lease, state="waiting", next_at=next_at, last_error=error)

    def bury(self, job: str, lease: str, at: str, error: str) -> bool:
        return self._settle(job, lease, state="dead", done_at=at, last_error=error)

    def resend(self, job: str, at: str) -> bool:
        query = sa.update(outbox).where(outbox.c.id == job, outbox.c.state == "dead")
        change = query.values(state="waiting", attempts=0, next_at=at, done_at="")
        return bool(self._connection.execute(change).rowcount)

    def job(self, id: str) -> Job | None:
        row = self._connection.execute(sa.select(outbox).where(outbox.c.id == id)).first()
        return None if row is None else self._job(row)

    def dead(self, limit: int = 100) -> tuple[Job, ...]:
        query = sa.select(outbox).where(outbox.c.state == "dead").order_by(outbox.c.next_at.desc()).limit(limit)
        return tuple(self._job(row) for row in self._connection.execute(query))

    def of_case(self, case: str) -> tuple[Job, ...]:
        query = sa.select(outbox).where(outbox.c.case == case).order_by(outbox.c.seq, outbox.c.id)
        return tuple(self._job(row) for row in self._connection.execute(query))

    def counts(self) -> dict[str, int]:
        query = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
        return {str(state): int(count) for state, count in self._connection.execute(query)}

    def ripe(self, now: str, kinds: tuple[str, ...] = ()) -> bool:
        if kinds:
            return self._connection.execute(_JOB_OF, {"now": now, "kinds": kinds}).first() is not None
        if self._connection.execute(_ANY_JOB, {"now": now}).first() is not None:
            return True
        return self._connection.execute(_ANY_REMINDER, {"now": now}).first() is not None

    def set_due(self, case: str, what: str, at: str) -> None:
        change = {"at": at, "state": "waiting", "last_error": ""}
        query = insert(self._connection, due_jobs).values(case=case, what=what, **change)
        self._connection.execute(query.on_conflict_do_update(index_elements=["case", "what"], set_=change))

    def clear_due(self, case: str, what: str) -> None:
        query = sa.update(due_jobs).where(due_jobs.c.case == case, due_jobs.c.what == what)
        self._connection.execute(query.values(state="done"))

    def due(self, now: str, limit: int) -> tuple[DueJob, ...]:
        rows = self._connection.execute(_REMINDERS, {"now": now, "most": limit})
        return tuple(DueJob(case=row.case, what=row.what, at=row.at) for row in rows)

    def delay_due(self, case: str, what: str, at: str, error: str) -> None:
        query = sa.update(due_jobs).where(
            due_jobs.c.case == case, due_jobs.c.what == what, due_jobs.c.state == "waiting"
        )
        self._connection.execute(query.values(at=at, last_error=error))

    def _settle(self, job: str, lease: str, **change: str) -> bool:
        given = {"this": job, "by": lease, **change}
        return bool(self._connection.execute(_SETTLE, given).rowcount)

    def _job(self, row: sa.Row[tuple[object, ...]]) -> Job:
        body = self._body(str(row.case), str(row.id), str(row.body))
        return Job(
            id=row.id, kind=row.kind, case=row.case, seq=row.seq, to=row.to, event=row.event,
            body=body, key=row.key, attempts=row.attempts, lease=row.lease, state=row.state,
            created_at=row.created_at, next_at=row.next_at, done_at=row.done_at, last_error=row.last_error,
        )  # fmt: skip

    def _body(self, case: str, id: str, token: str) -> dict[str, Json]:
        """The body; {} once the case's key was destroyed: lists of what was done still work."""
        try:
            body: dict[str, Json] = unpack(self._sealer.of(case).open(_BODY, id, token), dict)
        except ZhunyuError as error:
            if error.code != "K006":
                raise
            return {}
        return body
