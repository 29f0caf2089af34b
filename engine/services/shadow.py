"""Shadow runs: a draft is judged beside the live version at each filing, and decides nothing."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from engine.errors import ZhunyuError
from engine.matters.compare import compare
from engine.model.case import Case
from engine.model.matter import Matter
from engine.ports.effects import Job
from engine.ports.shadows import Flip, Shadow, ShadowResult, Verdict
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.backtest_past import Past, read_past
from engine.services.recording import record
from engine.services.shadow_judging import judged_twice
from engine.services.shelf import Shelf

KIND = "shadow"
_EXAMPLES = 3
_LISTED = 10
_LONGEST_ERROR = 200


class Report(msgspec.Struct, frozen=True):
    """What came of a shadow run so far. `flips` are differences by rule, `failed` the newest that could not be judged.

    `same_outcome` counts the differences that end with the same outcome all the same; `checks` are titles by id.
    """

    shadow: Shadow
    title: str
    differences: tuple[str, ...]
    agreed: int
    differed: int
    failures: int
    same_outcome: int
    flips: tuple[Flip, ...]
    differing: tuple[ShadowResult, ...]
    failed: tuple[ShadowResult, ...]
    checks: dict[str, str] = {}

    @property
    def compared(self) -> int:
        """Cases on which both versions gave a verdict."""
        return self.agreed + self.differed

    @property
    def agreement(self) -> float | None:
        """The share of compared cases with the same outcome, row and findings, 0–100; None before the first."""
        return 100 * self.agreed / self.compared if self.compared else None

    @property
    def outcome_agreement(self) -> float | None:
        """The share of compared cases with the same outcome, 0–100; None before the first."""
        return 100 * (self.agreed + self.same_outcome) / self.compared if self.compared else None


class Shadowing:
    """Starts, stops and reports shadow runs, and judges one case at a time for the effects process."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, shelf: Shelf) -> None:
        self._store, self._clock, self._ids, self._shelf = store, clock, ids, shelf

    def start(self, draft: Matter, by: str, until: str = "", account: str = "") -> Shadow:
        """Let a draft run beside the live version of its matter until a day (the last one), or until it is stopped.

        Raises A003 or A008 when the matter is not on the shelf, A004 for a day that is past or no day and for a draft
        that is no other than the live version, A015 when another draft runs beside this matter.
        """
        live, now = self._shelf.current(draft.id), self._clock.now()
        if until:
            _require_day(until, now.date())
        if draft.hash == live.hash:
            raise ZhunyuError("A004", "草案与架上的版本相同，没有可比的。", "请先修改草案文件。", status=422)
        shadow = Shadow(
            id=self._ids.new(), matter=draft.id, hash=draft.hash, live=live.hash, started_at=_stamp(now),
            started_by=by, until=until,
        )  # fmt: skip
        with self._store.write() as tx:
            self._expire(tx, now)
            tx.versions.keep(draft, at=shadow.started_at, by=by)
            if not tx.shadows.start(shadow):
                raise ZhunyuError(
                    "A015", f"事项 {draft.id} 已有一份草案在影子运行。", "请先停止它：zhunyu shadow stop。", status=409
                )
            self._tell(tx, shadow, "影子运行 开始", account or by, now)
        return shadow

    def stop(self, shadow_id: str, by: str, account: str = "") -> Shadow:
        """Stop one; A003 when there is none, C001 when it had ended."""
        now = self._clock.now()
        with self._store.write() as tx:
            found = tx.shadows.get(shadow_id)
            if found is None:
                raise ZhunyuError("A003", "没有这一次影子运行。", "请从列表里选择。", status=404)
            if not tx.shadows.end(shadow_id, "stopped", at=_stamp(now), by=by):
                raise ZhunyuError("C001", "这一次影子运行已经结束。", "可以查看它的报告。", status=409)
            self._tell(tx, found, "影子运行 停止", account or by, now)
        return msgspec.structs.replace(found, state="stopped", ended_at=_stamp(now), ended_by=by)

    def list(self, matter: str = "") -> tuple[Shadow, ...]:
        """Shadow runs newest first; one past its last day is shown as expired."""
        today = self._clock.now().date().isoformat()
        with self._store.read() as tx:
            return tuple(_as_of(one, today) for one in tx.shadows.list(matter))

    def counts(self, shadow_id: str) -> dict[str, int]:
        """How many cases agreed, differed and failed."""
        with self._store.read() as tx:
            return tx.shadows.counts(shadow_id)

    def report(self, shadow_id: str) -> Report:
        """What came of it so far; A003 when there is none."""
        today = self._clock.now().date().isoformat()
        with self._store.read() as tx:
            shadow = tx.shadows.get(shadow_id)
            if shadow is None:
                raise ZhunyuError("A003", "没有这一次影子运行。", "请从列表里选择。", status=404)
            counts, flips = tx.shadows.counts(shadow_id), tx.shadows.flips(shadow_id, _EXAMPLES)
            differing = tx.shadows.results(shadow_id, "differed", _LISTED)
            failed = tx.shadows.results(shadow_id, "failed", _LISTED)
        draft, live = self._shelf.version(shadow.hash), self._shelf.version(shadow.live)
        return Report(
            shadow=_as_of(shadow, today), title=draft.title, differences=compare(live, draft),
            agreed=counts.get("agreed", 0), differed=counts.get("differed", 0), failures=counts.get("failed", 0),
            same_outcome=sum(one.count for one in flips if one.live.outcome == one.draft.outcome),
            flips=flips, differing=differing, failed=failed,
            checks={check.id: check.title or check.id for one in (live, draft) for check in one.precheck},
        )  # fmt: skip

    def run(self, job: Job) -> str:
        """Judge the job's case under its shadow and keep the result; always "": a failing draft is a result too."""
        now = self._clock.now()
        with self._store.read() as tx:
            shadow, line = tx.shadows.get(job.to), tx.cases.line(job.case)
            past = read_past(tx, self._shelf, job.case)
        if shadow is None or line is None or shadow.state != "running":
            return ""
        if shadow.until and line.received_at[:10] > shadow.until:
            with self._store.write() as tx:
                self._expire(tx, now)
            return ""
        try:
            result = self._judged(shadow, past, line.number, _stamp(now))
        except Exception as failure:  # whatever a draft does must not come back as work undone
            result = _failed(shadow, job.case, line.number, _stamp(now), _words_of(failure))
        with self._store.write() as tx:
            tx.shadows.record(result)
        return ""

    def give_up(self, job: Job, reason: str) -> None:
        """Keep as a failure what the effects process could not carry out."""
        now = _stamp(self._clock.now())
        with self._store.write() as tx:
            shadow, line = tx.shadows.get(job.to), tx.cases.line(job.case)
            if shadow is not None:
                number = line.number if line is not None else ""
                tx.shadows.record(_failed(shadow, job.case, number, now, reason[:_LONGEST_ERROR]))

    def _judged(self, shadow: Shadow, past: Past | str, number: str, at: str) -> ShadowResult:
        if isinstance(past, str):
            raise ZhunyuError("A003", past, status=404)
        live, draft = self._shelf.version(past.case.matter_hash), self._shelf.version(shadow.hash)
        verdicts = judged_twice(past, live, draft, self._shelf.reference_calendar())
        return ShadowResult(
            shadow=shadow.id, case=past.case.id, number=number, at=at,
            state="agreed" if verdicts.live == verdicts.draft else "differed",
            live=verdicts.live, draft=verdicts.draft, lacking=verdicts.lacking, version=live.hash,
        )  # fmt: skip

    def _expire(self, tx: Transaction, now: datetime) -> None:
        for one in tx.shadows.running():
            if one.until and one.until < now.date().isoformat():
                tx.shadows.end(one.id, "expired", at=_stamp(now), by="到期")
                self._tell(tx, one, "影子运行 到期", "system", now)

    def _tell(self, tx: Transaction, shadow: Shadow, what: str, actor: str, now: datetime) -> None:
        content = {"shadow": shadow.id, "matter": shadow.matter, "hash": shadow.hash, "until": shadow.until}
        record(
            tx, self._ids, trail=f"matter:{shadow.matter}", at=_stamp(now), actor=actor, what=what, content=content
        )
        tx.versions.touch()


def shadow_job(shadow: str, case: Case, at: str, ids: Ids) -> Job:
    """The job that judges a case under a draft, once."""
    return Job(
        id=ids.new(), kind=KIND, case=case.id, seq=0, to=shadow, event="影子运行", body={},
        key=f"{KIND}-{shadow}-{case.id}", created_at=at,
    )  # fmt: skip


def percent(share: float | None) -> str:
    """A share in words; never rounded up to all."""
    if share is None:
        return "—"
    return f"{share:.1f}%" if share in (0.0, 100.0) else f"{min(share, 99.9):.1f}%"


def verdict_in_words(verdict: Verdict) -> str:
    """An outcome with the row or check it rests on."""
    return f"{verdict.outcome}（{verdict.by}）" if verdict.by else verdict.outcome


def _require_day(until: str, today: date) -> None:
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise ZhunyuError("A004", f"“{until}”不是日期。", "请写成 2026-12-31。", status=422) from None
    if day < today:
        raise ZhunyuError("A004", f"截止日 {until} 已经过去。", "请写今天或以后的日期。", status=422)


def _as_of(shadow: Shadow, today: str) -> Shadow:
    over = shadow.state == "running" and shadow.until and shadow.until < today
    return msgspec.structs.replace(shadow, state="expired", ended_at=shadow.until) if over else shadow


def _failed(shadow: Shadow, case: str, number: str, at: str, error: str) -> ShadowResult:
    return ShadowResult(shadow=shadow.id, case=case, number=number, at=at, state="failed", error=error)


def _words_of(failure: Exception) -> str:
    """What failed, without what the applicant wrote: only our own errors are quoted."""
    words = str(failure) if isinstance(failure, ZhunyuError) else f"程序错误 {type(failure).__name__}"
    return words[:_LONGEST_ERROR]


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="seconds")
