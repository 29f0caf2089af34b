"""The guard for people: what it reads, what tripped, arming it again, and freezing a basis at once."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.guard import Freeze, Guard, Reading
from engine.model.matter import Matter
from engine.ports.guards import FreezeLine, GuardState
from engine.ports.store import Store
from engine.ports.world import Clock, Ids
from engine.services.accounts import Session
from engine.services.permission import holds
from engine.services.recording import record
from engine.services.safeguard_projection import instant_counter
from engine.services.shelf import Shelf

ARMING = ("审批", "业务管理")
FREEZING = ("业务管理",)
KINDS = {"row": "裁决", "check": "核对", "version": "事项版本", "parameter": "参数", "source": "事实来源"}
_OF_MATTER = ("row", "check", "version")
LONGEST = 1000


class GuardLine(msgspec.Struct, frozen=True):
    """The guard of one matter with instant approval: its limits, what it reads now, and how it stands."""

    matter: str
    title: str
    guard: Guard
    daily_cap: int | None
    today: int
    reading: Reading
    state: GuardState


class Guarding:
    """What staff see of the safeguards, and what they order. Everything ordered is in the history with its reason."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, shelf: Shelf) -> None:
        self._store, self._clock, self._ids, self._shelf = store, clock, ids, shelf

    def lines(self) -> tuple[GuardLine, ...]:
        """Every matter on the shelf that has instant approval, the tripped first."""
        now = self._clock.now()
        matters = [self._shelf.current(card.id) for card in self._shelf.cards() if card.instant]
        with self._store.read() as tx:
            states = {one.matter: one for one in tx.guards.states()}
            found = [
                GuardLine(
                    matter.id, matter.title, matter.guard, matter.daily_cap,
                    tx.certificates.count(instant_counter(matter.id, now.date().isoformat())),
                    tx.guards.reading(matter.id, now), states.get(matter.id, GuardState(matter.id)),
                )
                for matter in matters
            ]  # fmt: skip
        return tuple(sorted(found, key=lambda line: (line.state.state != "tripped", line.title)))

    def tripped(self) -> tuple[tuple[str, GuardState], ...]:
        """The guards that are tripped, each with its matter's title: for the notice on the work list."""
        with self._store.read() as tx:
            states = tx.guards.states(tripped=True)
        titles = {card.id: card.title for card in self._shelf.cards()} if states else {}
        return tuple((titles.get(one.matter, one.matter), one) for one in states)

    def arm(self, session: Session, matter: str, epoch: int, reason: str) -> None:
        """Arm a tripped guard again with fresh counters; A002 without the role, C001 when it is not tripped (again)."""
        _require(session, ARMING, "恢复秒批由审批或业务管理岗位决定。")
        reason = _reasoned(reason, "请写明查明了什么、为什么可以恢复。")
        at, account = self._clock.now().isoformat(timespec="seconds"), session.account
        with self._store.write() as tx:
            if not tx.guards.arm(matter, epoch, by=account.name, reason=reason, at=at):
                raise ZhunyuError("C001", "本事项的守护现在没有触发。", "请刷新后查看最新状态。", status=409)
            told = {"matter": matter, "epoch": epoch, "by": account.name, "reason": reason}
            record(
                tx, self._ids, trail=f"guard:{matter}", at=at, actor=account.id, what="恢复秒批", content=told
            )

    def freezes(self, holding: bool = True) -> tuple[FreezeLine, ...]:
        """Freezes newest first."""
        with self._store.read() as tx:
            return tx.guards.freezes(holding)

    def freeze(self, by: str, actor: str, kind: str, matter: str, key: str, reason: str) -> Freeze:
        """From now on nothing is granted at once on this basis; such cases go to people.

        Raises A004 for a basis that the matters on the shelf do not have or a missing reason, C001 when it is frozen.
        """
        reason = _reasoned(reason, "请写明发现了什么问题。")
        require_known(self._shelf, kind, matter, key)
        at = self._clock.now().isoformat(timespec="seconds")
        freeze = Freeze(self._ids.new(), kind, matter, key, reason)
        with self._store.write() as tx:
            if not tx.guards.freeze(freeze, at=at, by=by):
                raise ZhunyuError("C001", "已经冻结，不必重复。", "请查看冻结清单。", status=409)
            told = {"kind": kind, "matter": matter, "key": key, "reason": reason, "by": by}
            record(tx, self._ids, trail=f"freeze:{freeze.id}", at=at, actor=actor, what="冻结", content=told)
        return freeze

    def lift(self, by: str, actor: str, freeze: str, reason: str) -> None:
        """Lift a freeze; C001 when it does not hold."""
        reason = _reasoned(reason, "请写明怎样改正、为什么可以解冻。")
        now = self._clock.now()
        with self._store.write() as tx:
            if not tx.guards.lift(freeze, at=now.isoformat(), by=by, reason=reason):
                raise ZhunyuError("C001", "这一冻结已经解除。", "请刷新后查看。", status=409)
            told = {"freeze": freeze, "reason": reason, "by": by}
            at = now.isoformat(timespec="seconds")
            record(tx, self._ids, trail=f"freeze:{freeze}", at=at, actor=actor, what="解冻", content=told)


def require_known(shelf: Shelf, kind: str, matter: str, key: str) -> None:
    """A004 for a basis that cannot be: an unknown kind, no matter where one is needed, or no such key.

    Versions and everything of old versions are known by their form alone: they may have left the shelf.
    """
    if kind not in KINDS or not key or len(key) > 200 or len(matter) > 200:
        raise ZhunyuError("A004", "没有写明是哪条规则、哪个版本、参数或来源。", "请逐项选择。", status=422)
    if kind in _OF_MATTER and not matter:
        raise ZhunyuError("A004", f"{KINDS[kind]}须写明事项。", "请选择事项。", status=422)
    if matter and kind != "version":
        known = bases_of(shelf.current(matter))[kind]
        if key not in known:
            what = f"事项 {matter} 没有{KINDS[kind]} {key}。"
            raise ZhunyuError("A004", what, f"有：{'、'.join(known) or '无'}。", status=422)


def bases_of(matter: Matter) -> dict[str, dict[str, str]]:
    """What grants of a matter may rest on: for each kind the keys with their titles."""
    return {
        "row": {row.id: row.reason or row.when.text for row in matter.decide},
        "check": {check.id: check.title or check.message for check in matter.precheck},
        "parameter": {one.id: one.title for one in matter.parameters},
        "source": {need.source: need.title for need in matter.facts},
        "version": {matter.hash: "现行版本"},
    }


def _require(session: Session, roles: tuple[str, ...], why: str) -> None:
    if not holds(session.account, roles):
        raise ZhunyuError("A002", why, "请由有权限的工作人员办理。", status=403)


def _reasoned(reason: str, advice: str) -> str:
    if not reason.strip() or len(reason) > LONGEST:
        raise ZhunyuError("C004", "没有写明理由。" if not reason.strip() else "理由过长。", advice, status=422)
    return reason.strip()
