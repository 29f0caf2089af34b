"""Destroying the key of a case 销毁密钥: what was sealed for it is never read again, and the history stays valid."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.case import OPEN, Case
from engine.model.values import Json
from engine.ports.keys import DESTROYED
from engine.ports.store import Transaction
from engine.ports.world import Ids
from engine.services.committed import DESTRUCTION, KEYS_TRAIL
from engine.services.recording import record


def destroy_key(
    tx: Transaction, ids: Ids, case: str, *, by: str, second: str, actor: str, reason: str, at: str,
    more: tuple[str, ...] = (), about: dict[str, Json] | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Destroy the keys of a case, of the drafts it was made from and of the owners `more`, and record it; all owners.

    `by` and `second` are logins, `actor` the account that is told of, `about` more for the record. () when the key was
    destroyed before. ZhunyuError A003 when there is no such case, C001 while it is open or something is still to be
    done for it.
    """
    kept = tx.keys.get(case)
    if kept is not None and kept.state == DESTROYED:
        return ()
    loaded = tx.cases.load(case)
    if loaded is None:
        raise ZhunyuError("A003", "没有这一办件。", "请核对办件编号。", status=404)
    _require_over(loaded, tx.keys.pending(case))
    owners = (case, *tx.keys.drafts_of(case), *more)
    for owner in owners:
        tx.keys.destroy(owner, at, reason)
    content: dict[str, Json] = {
        "case": case, "number": loaded.number, "by": by, "second": second, "reason": reason, "owners": list(owners),
        **(about or {}),
    }  # fmt: skip
    record(tx, ids, trail=KEYS_TRAIL, at=at, actor=actor, what=DESTRUCTION, content=content)
    return owners


def _require_over(case: Case, pending: int) -> None:
    if case.status in OPEN or not case.closed_at:
        raise ZhunyuError("C001", f"办件 {case.number} 还没有办结。", "办结后才能销毁。", status=409)
    if pending:
        what = f"办件 {case.number} 还有 {pending} 项推送或制证没有完成。"
        raise ZhunyuError("C001", what, "完成后再销毁。", status=409)
