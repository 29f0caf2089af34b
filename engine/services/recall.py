"""Recall 召回: from a faulty basis to every grant that rested on it, and a person's second look at each of them.

A recall is opened in one act over all its grants. The self-corrections are made one by one, held back from every list;
a process that dies goes on where it stopped. Confirming shows them all at once; until then undoing takes all back.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.errors import ZhunyuError
from engine.model.commands import Command, DropRecall, OpenRecall
from engine.model.people import SYSTEM
from engine.pipeline.after_checks import recall_check
from engine.ports.effects import Job
from engine.ports.recalls import BasisQuery, GrantLine, Recall
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids, Waker
from engine.services.committing import Committing, retried
from engine.services.destroyed import readable
from engine.services.guarding import KINDS, LONGEST
from engine.services.recording import record

KIND, GONE = "recall", "内容已销毁"
_AT_ONCE, _CHUNK = 200, 50
# state of the recall while it works: the states its cases leave, the one they reach, and the recall's own end
_WORK = {"opening": (("prepared",), "opened", "opened"), "undoing": (("opened", "prepared"), "dropped", "undone")}


class Found(msgspec.Struct, frozen=True):
    """How many grants rested on a basis, and a page of them; `next` is the cursor of the next page or ""."""

    total: int
    lines: tuple[GrantLine, ...]
    next: str


class Progress(msgspec.Struct, frozen=True):
    """A recall with how far it is: cases by state, and decisions by outcome."""

    recall: Recall
    counts: dict[str, int]
    outcomes: dict[str, int]

    @property
    def done(self) -> int:
        """How many cases have reached what the recall is after."""
        return self.counts.get("dropped" if self.recall.state in ("undoing", "undone") else "opened", 0)


class _Moved(Exception):
    """The recall was undone while this case was on its way."""


class Recalls:
    """Find, open, undo, confirm. Nothing here revokes: that is a person's decision, in a procedure of its own."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, committing: Committing, waker: Waker) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._committing, self._waker = committing, waker

    def find(self, query: BasisQuery, after: str = "", limit: int = 50) -> Found:
        """The grants that rested on something; A004 for an incomplete question."""
        _require_question(query)
        with self._store.read() as tx:
            lines = tx.recalls.find(query, after, limit + 1)
            total = tx.recalls.count(query)
        return Found(total, lines[:limit], lines[limit - 1].case if len(lines) > limit else "")

    def open(self, by: str, actor: str, query: BasisQuery, reason: str) -> Recall:
        """Open a recall over every grant that rested on it; C001 when there is none, C004 without a reason."""
        _require_question(query)
        if not reason.strip() or len(reason) > LONGEST:
            raise ZhunyuError("C004", "没有写明召回的理由。", f"请在 {LONGEST} 字以内写明发现了什么。", status=422)
        at = self._at()
        recall = Recall(self._ids.new(), query, reason.strip(), by, at)
        with self._store.write() as tx:
            total = tx.recalls.open(recall)
            if not total:
                raise ZhunyuError("C001", "没有以此为依据的准予。", "请核对规则、版本和时间。", status=409)
            self._told(tx, recall.id, actor, "立案召回", {"query": msgspec.to_builtins(query), "total": total,
                       "reason": recall.reason, "by": by})  # fmt: skip
            self._enqueue(tx, recall.id, "opening", 0)
        self._waker.wake()
        return msgspec.structs.replace(recall, total=total)

    def undo(self, by: str, actor: str, id: str) -> None:
        """Take a recall back that was not confirmed; C001 when it was."""
        with self._store.write() as tx:
            if not tx.recalls.move(id, ("opening", "opened"), "undoing", by=by, at=self._at()):
                raise _not_now(tx.recalls.recall(id))
            self._told(tx, id, actor, "撤回召回", {"by": by})
            self._enqueue(tx, id, "undoing", 0)
        self._waker.wake()

    def confirm(self, by: str, actor: str, id: str) -> int:
        """Show every self-correction to the staff of its district, all at once; how many. C001 before all are made."""
        with self._store.write() as tx:
            if not tx.recalls.move(id, ("opened",), "confirmed", by=by, at=self._at()):
                raise _not_now(tx.recalls.recall(id))
            shown = tx.recalls.release(id, recall_check(id))
            self._told(tx, id, actor, "确认召回", {"by": by, "shown": shown})
        return shown

    def work(self, id: str, limit: int = _AT_ONCE) -> bool:
        """Go on with a recall for so many cases at most; whether nothing is left to do. Repeating is harmless."""
        while True:
            with self._store.read() as tx:
                recall = tx.recalls.recall(id)
                if recall is None or recall.state not in _WORK:
                    return True
                leave, reach, end = _WORK[recall.state]
                cases = [case for one in leave for case in tx.recalls.waiting(id, one, _CHUNK)]
            if not cases:
                with self._store.write() as tx:
                    tx.recalls.move(id, (recall.state,), end)
                return True
            opening = OpenRecall(id, recall.reason)
            command: Command = opening if recall.state == "opening" else DropRecall(id)
            for case in cases:
                if limit <= 0:
                    return False
                limit -= 1
                try:
                    self._carry_out(id, case, command, recall.state, reach)
                except _Moved:
                    break

    def run(self, job: Job) -> str:
        """The effect `recall`: some cases, then the next job."""
        id, phase = str(job.body["recall"]), str(job.body["phase"])
        if not self.work(id):
            with self._store.write() as tx:
                self._enqueue(tx, id, phase, job.seq + 1)
            self._waker.wake()
        return ""

    def recalls(self) -> tuple[Progress, ...]:
        """Recalls newest first, with how far they are."""
        with self._store.read() as tx:
            return tuple(_progress(tx, one) for one in tx.recalls.recalls())

    def progress(self, id: str) -> Progress:
        """One recall; A003 when there is none."""
        with self._store.read() as tx:
            recall = tx.recalls.recall(id)
            if recall is None:
                raise ZhunyuError("A003", "没有这一召回。", "请从召回清单重新进入。", status=404)
            return _progress(tx, recall)

    def members(self, id: str, after: str = "", limit: int = 50) -> tuple[tuple[GrantLine, ...], str]:
        """A page of its cases, and the cursor of the next or ""."""
        with self._store.read() as tx:
            lines = tx.recalls.members(id, after, limit + 1)
        return lines[:limit], lines[limit - 1].case if len(lines) > limit else ""

    def _carry_out(self, id: str, case: str, command: Command, during: str, reach: str) -> None:
        """One case and its mark in one commit, which holds only while the recall is still at this work."""

        def mark(tx: Transaction) -> None:
            if not tx.recalls.mark(id, case, reach, during):
                raise _Moved

        def act() -> None:
            with self._store.read() as tx:
                found = readable(tx, case)
            if found is None:
                self._passed_over(id, case, mark)
            elif self._committing.carry_out(found, command, SYSTEM, within=mark) is found:
                with self._store.write() as tx:
                    mark(tx)

        retried(act)

    def _passed_over(self, id: str, case: str, mark: Callable[[Transaction], None]) -> None:
        """A case whose content was destroyed: there is nothing left to look at again, and the others must go on."""
        with self._store.write() as tx:
            mark(tx)
            tx.recalls.outcome(id, case, GONE)
            self._told(tx, id, SYSTEM.id, "召回越过", {"case": case, "reason": GONE})

    def _enqueue(self, tx: Transaction, id: str, phase: str, seq: int) -> None:
        tx.effects.enqueue(
            Job(
                id=self._ids.new(), kind=KIND, case=id, seq=seq, to=phase, event="召回",
                body={"recall": id, "phase": phase}, key=f"{KIND}-{id}-{phase}-{seq}", created_at=self._at(),
            )
        )  # fmt: skip

    def _told(self, tx: Transaction, id: str, actor: str, what: str, content: dict[str, object]) -> None:
        record(tx, self._ids, trail=f"recall:{id}", at=self._at(), actor=actor, what=what, content=content)

    def _at(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")


def _progress(tx: Transaction, recall: Recall) -> Progress:
    counts = tx.recalls.counts(recall.id)
    outcomes = {name.removeprefix("outcome:"): n for name, n in counts.items() if name.startswith("outcome:")}
    return Progress(recall, {name: n for name, n in counts.items() if ":" not in name}, outcomes)


def _not_now(recall: Recall | None) -> ZhunyuError:
    if recall is None:
        return ZhunyuError("A003", "没有这一召回。", "请从召回清单重新进入。", status=404)
    words = {"opening": "正在逐件立案", "opened": "已立案，等待确认", "confirmed": "已确认", "undoing": "正在撤回",
             "undone": "已撤回"}  # fmt: skip
    return ZhunyuError("C001", f"召回{words[recall.state]}，不能进行此操作。", "请刷新后查看最新状态。", status=409)


def _require_question(query: BasisQuery) -> None:
    if query.kind not in KINDS or not query.key:
        raise ZhunyuError("A004", "没有写明是哪条规则、哪个版本、参数或来源。", "请逐项选择。", status=422)
    if query.kind in ("row", "check") and not query.matter:
        raise ZhunyuError("A004", f"{KINDS[query.kind]}须写明事项。", "请选择事项。", status=422)
    if query.since and query.until and query.since > query.until:
        raise ZhunyuError("A004", "开始时间晚于结束时间。", "请核对时间。", status=422)
