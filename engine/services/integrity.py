"""Regular care for the history: a daily verification in small pieces, checkpoints to a second custodian every hour,
the day's use of tokens. Each step is short, keeps how far it is in the database, and is taken by one process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.values import Json
from engine.ports.audit import Custodian, Run
from engine.ports.store import Store
from engine.ports.world import Clock, Ids
from engine.services.history import History
from engine.services.recording import record

VERIFY, EXPORT, TOKENS = "verify", "export", "tokens"
CHUNK = 10  # batches, or trails, verified in one step
_LEASE = timedelta(minutes=5)
_EVERY = {VERIFY: timedelta(days=1), EXPORT: timedelta(hours=1), TOKENS: timedelta(hours=1)}
_AGAIN = timedelta(minutes=5)  # after an error
_MOST = 100  # faults that are kept
_PAGE = 500

Alert = Callable[[str, str], None]


class Standing(msgspec.Struct, frozen=True):
    """How the history stands: the last verification, what waits to be sealed, and what the second custodian has."""

    verified: Run
    exported: Run
    unsealed: int
    checkpoints: int
    last: int
    custodian: str


class Integrity:
    """`step` is called again and again by the effects process or Celery; `alert` is told of an alteration."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, history: History, custodian: Custodian | None, alert: Alert
    ) -> None:
        self._store, self._clock, self._ids, self._history = store, clock, ids, history
        self._custodian, self._alert = custodian, alert

    def standing(self) -> Standing:
        """How it stands now."""
        with self._store.read() as tx:
            last = tx.history.last()
            return Standing(
                tx.runs.run(VERIFY), tx.runs.run(EXPORT), tx.history.pending(), last.batch if last else 0,
                last.last if last else 0, self._custodian.place if self._custodian else "",
            )  # fmt: skip

    def step(self) -> bool:
        """Do one piece of what is due; False when nothing was."""
        return any([self._go_on(VERIFY, self._verify), self._go_on(EXPORT, self._export),
                    self._go_on(TOKENS, self._tell_tokens)])  # fmt: skip

    def verify_soon(self) -> None:
        """Begin a verification with the next step, unless one is under way."""
        with self._store.write() as tx:
            run = tx.runs.take(VERIFY, "9999", "") or tx.runs.run(VERIFY)
            if not run.started_at:
                tx.runs.keep(msgspec.structs.replace(run, next_at=""))

    def _go_on(self, name: str, work: Callable[[Run, datetime], Run]) -> bool:
        now = self._clock.now()
        with self._store.read() as tx:
            if tx.runs.run(name).next_at > _stamp(now):
                return False
        with self._store.write() as tx:
            run = tx.runs.take(name, _stamp(now), _stamp(now + _LEASE))
        if run is None:
            return False
        try:
            run = work(run, now)
        except ZhunyuError as error:
            run = msgspec.structs.replace(run, error=error.what, next_at=_stamp(now + _AGAIN))
        with self._store.write() as tx:
            tx.runs.keep(msgspec.structs.replace(run, at=_stamp(now)))
        return True

    def _verify(self, run: Run, now: datetime) -> Run:
        """One piece: batches first, then trails, then the comparison with the custodian."""
        if not run.started_at:
            run = msgspec.structs.replace(
                run, started_at=_stamp(now), position=0, after="", entries=0, contents=0, faults=(), error=""
            )
        piece = self._history.verify_piece(run.position, run.after, CHUNK)
        faults = (*run.faults, *piece.faults)[:_MOST]
        run = msgspec.structs.replace(
            run, position=piece.position, after=piece.after, entries=run.entries + piece.entries,
            contents=run.contents + piece.contents, faults=faults,
        )  # fmt: skip
        if not piece.done:
            return run
        more, error = self._disagreements()
        faults = (*faults, *more)[:_MOST]
        self._tell(run, faults, now)
        return msgspec.structs.replace(
            run, started_at="", error=error, finished_at=_stamp(now), found=faults, looked_at=run.entries,
            compared=run.contents, faults=(), next_at=_stamp(now + _EVERY[VERIFY]),
        )  # fmt: skip

    def _disagreements(self) -> tuple[list[str], str]:
        """Where the second custodian's checkpoints differ, and why they could not be compared."""
        found, after = list[str](), 0
        if self._custodian is None:
            return found, ""
        try:
            while kept := self._custodian.kept(after, _PAGE):
                found += self._history.against(kept)
                after = kept[-1].batch
        except ZhunyuError as error:
            return found, f"没有与第二处保管比对：{error.what}"
        return found, ""

    def _tell(self, run: Run, faults: tuple[str, ...], now: datetime) -> None:
        what = f"核验发现改动 {len(faults)} 处" if faults else "核验完整"
        content: dict[str, Json] = {"entries": run.entries, "contents": run.contents, "faults": list(faults)}
        self._record(what, content, now)
        if faults:
            self._alert("history_altered", f"{what}：{faults[0]}")

    def _export(self, run: Run, now: datetime) -> Run:
        if self._custodian is None:
            return msgspec.structs.replace(run, next_at=_stamp(now + _EVERY[EXPORT]))
        position, count = run.position, 0
        while True:
            with self._store.read() as tx:
                page = tx.history.checkpoints(position, _PAGE)
            if not page:
                break
            self._custodian.keep(page)
            position, count = page[-1].batch, count + len(page)
        if count:
            self._record("检查点交第二处保管", {"count": count, "last": position, "to": self._custodian.place}, now)
        return msgspec.structs.replace(
            run, position=position, exported=run.exported + count, finished_at=_stamp(now), error="",
            next_at=_stamp(now + _EVERY[EXPORT]),
        )  # fmt: skip

    def _tell_tokens(self, run: Run, now: datetime) -> Run:
        with self._store.write() as tx:
            uses = tx.activity.untold_uses(now.date().isoformat())
            for use in uses:
                content: dict[str, Json] = dict(msgspec.to_builtins(use))
                record(
                    tx, self._ids, trail=f"token:{use.account}", at=_stamp(now), actor=use.account,
                    what=f"令牌使用 {use.day} {use.calls} 次", content=content,
                )  # fmt: skip
            tx.activity.told_uses(uses)
        return msgspec.structs.replace(run, next_at=_stamp(now + _EVERY[TOKENS]))

    def _record(self, what: str, content: Json, now: datetime) -> None:
        with self._store.write() as tx:
            record(tx, self._ids, trail="integrity", at=_stamp(now), actor="system", what=what, content=content)


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="seconds")
