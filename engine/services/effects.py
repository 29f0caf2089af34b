"""Effects: claim, deliver outside any transaction, mark. The dispatcher and Celery call the same functions."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from engine.errors import ZhunyuError
from engine.ports.effects import Job
from engine.ports.store import Store
from engine.ports.world import Clock, Ids, Waker

LEASE = timedelta(seconds=60)
ATTEMPTS = 8
_DELAYS = (1, 5, 15, 60, 300, 900, 3600)  # seconds before each further attempt
_DUE_AT_ONCE = 100
_DUE_AGAIN = timedelta(minutes=5)
_LONGEST_ERROR = 500
_MARK_WITHIN = 0.5  # seconds

Handler = Callable[[Job], str]
GiveUp = Callable[[Job, str], None]
Wake = Callable[[str, str], None]


class Effects:
    """The outbox and the reminders at work.

    `handlers` carry a kind of job out: "" when done, else the reason to try again; a ZhunyuError that is no outage
    buries the job at once, any other exception counts as a reason. `give_up` is told of a job of its kind before it
    is buried. `wake_case` runs a reminder.
    """

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, waker: Waker, handlers: Mapping[str, Handler],
        wake_case: Wake, give_up: Mapping[str, GiveUp] | None = None,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._waker = store, clock, ids, waker
        self._handlers, self._wake_case, self._give_up = dict(handlers), wake_case, dict(give_up or {})

    def claim(self, kinds: tuple[str, ...], limit: int) -> tuple[Job, ...]:
        """Lease ripe jobs; whoever does not finish in a minute loses them to the next."""
        now = self._clock.now()
        with self._store.read() as tx:
            if not tx.effects.ripe(stamp(now), kinds):  # a look is cheap, a writing transaction is not
                return ()
        return self._mark_and_claim([], kinds, limit)

    def take_over(self) -> int:
        """Give back what a process that died held, without waiting for its leases; how many jobs.

        For the one effects process of an installation, at its start. Were another alive after all, some jobs would be
        carried out twice, which is harmless: every effect is idempotent.
        """
        with self._store.write() as tx:
            return tx.effects.give_back(stamp(self._clock.now()))

    def run(self, job: Job) -> None:
        """Carry a claimed job out and mark what became of it."""
        self._mark_done(self._run((job,), lambda: False))

    def work(self, kinds: tuple[str, ...], limit: int, stopping: Callable[[], bool]) -> None:
        """Claim `limit` jobs at a time and carry them out, until none is ripe or `stopping`.

        What went well is marked when the next ones are claimed, half a second later at most: a process that dies
        before sends the last ones again under the same keys. What was claimed and not begun stays leased.
        """
        jobs = self.claim(kinds, limit)
        while jobs:
            went_well = self._run(jobs, stopping)
            if stopping():
                self._mark_done(went_well)
                return
            jobs = self._mark_and_claim(went_well, kinds, limit)

    def _run(self, jobs: tuple[Job, ...], stopping: Callable[[], bool]) -> list[Job]:
        """Carry jobs out one after the other; those that went well and are not marked yet."""
        went_well: list[Job] = []
        until = time.monotonic() + _MARK_WITHIN
        for job in jobs:
            if stopping():
                break
            error, final = self._carried_out(job)
            if error:
                self._settle(job, error, final)
            else:
                went_well.append(job)
            if time.monotonic() > until:
                self._mark_done(went_well)
                went_well, until = [], time.monotonic() + _MARK_WITHIN
        return went_well

    def _carried_out(self, job: Job) -> tuple[str, bool]:
        """Why a job has to be tried again, "" when it went well; and whether trying again is of no use."""
        handler = self._handlers.get(job.kind)
        if job.attempts > ATTEMPTS:  # every process that took it died with it
            return job.last_error or "多次中断，未能完成", True
        error, final = "", False
        try:
            error = handler(job) if handler is not None else f"没有人处理 {job.kind}"
        except ZhunyuError as refusal:
            error, final = str(refusal), not passing(refusal)
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}"
        return error[:_LONGEST_ERROR], final

    def due(self, now: datetime) -> int:
        """Run the reminders that have come; how many were run."""
        with self._store.read() as tx:
            jobs = tx.effects.due(stamp(now), _DUE_AT_ONCE)
        ran = 0
        for job in jobs:
            try:
                self._wake_case(job.case, job.what)
                ran += 1
            except Exception as failure:
                again, error = stamp(now + _DUE_AGAIN), f"{type(failure).__name__}: {failure}"
                with self._store.write() as tx:
                    tx.effects.delay_due(job.case, job.what, again, error[:_LONGEST_ERROR])
        return ran

    def ripe(self) -> bool:
        """Whether there is anything to do now."""
        with self._store.read() as tx:
            return tx.effects.ripe(stamp(self._clock.now()))

    def dead(self) -> tuple[Job, ...]:
        """Dead letters, newest first."""
        with self._store.read() as tx:
            return tx.effects.dead()

    def counts(self) -> dict[str, int]:
        """How many jobs are in each state."""
        with self._store.read() as tx:
            return tx.effects.counts()

    def resend(self, job_id: str) -> None:
        """Put a dead letter back; C001 when the job is not dead."""
        with self._store.write() as tx:
            if not tx.effects.resend(job_id, stamp(self._clock.now())):
                raise ZhunyuError("C001", "这一条不在失败列表里。", "请刷新后查看。", status=409)
        self._waker.wake()

    def _mark_and_claim(self, went_well: list[Job], kinds: tuple[str, ...], limit: int) -> tuple[Job, ...]:
        now = self._clock.now()
        with self._store.write() as tx:
            for job in went_well:
                tx.effects.done(job.id, job.lease, stamp(now))
            return tx.effects.claim(
                kinds, limit, lease=self._ids.new(), now=stamp(now), until=stamp(now + LEASE)
            )

    def _mark_done(self, went_well: list[Job]) -> None:
        if not went_well:
            return
        at = stamp(self._clock.now())
        with self._store.write() as tx:
            for job in went_well:
                tx.effects.done(job.id, job.lease, at)

    def _settle(self, job: Job, error: str, final: bool) -> None:
        now = self._clock.now()
        if not final and job.attempts < ATTEMPTS:
            delay = timedelta(seconds=_DELAYS[min(job.attempts, len(_DELAYS)) - 1]) * self._jitter()
            with self._store.write() as tx:
                tx.effects.retry(job.id, job.lease, stamp(now + delay), error)
            return
        give_up = self._give_up.get(job.kind)
        if give_up is not None:
            give_up(job, error)
        with self._store.write() as tx:
            tx.effects.bury(job.id, job.lease, stamp(now), error)

    def _jitter(self) -> float:
        """Between 0.8 and 1: jobs that failed together do not come back together."""
        return 1 - self._ids.random(1)[0] / 255 / 5


def passing(error: ZhunyuError) -> bool:
    """Whether an error may be gone the next time: an outage, or another commit that was first."""
    return error.status == 503 or error.code == "C002"


def stamp(instant: datetime) -> str:
    """An instant as the outbox compares it: to the millisecond, so that texts sort as times."""
    return instant.isoformat(timespec="milliseconds")
