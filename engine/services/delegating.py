"""授权 and 代岗: who lets whom act with which powers, from when to when; never more than they have themselves."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.organisation import Absence, Delegation, holds_on
from engine.model.permission import Power
from engine.model.values import Json
from engine.ports.accounts import Account
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.accounts import Session
from engine.services.passing import Passing
from engine.services.permission import permits, powers_of
from engine.services.recording import record
from engine.services.separation import check_roles
from engine.services.standing import Standings, own_powers

LONGEST = 366  # days


class Line(msgspec.Struct, frozen=True):
    """A delegation or an absence with the names of both people; `state`: 未开始 | 有效 | 已到期 | 已收回."""

    entry: Delegation | Absence
    giver: str
    taker: str
    state: str
    mine: bool


class Delegating:
    """Give, revoke, go away, come back. Everyone for themselves; the security officer may revoke for all."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, standings: Standings, passing: Passing
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids = store, clock, ids
        self._standings, self._passing = standings, passing

    def colleagues(self, session: Session) -> tuple[Account, ...]:
        """The staff who may act for the person: active, and not the person."""
        _staff(session)
        with self._store.read() as tx:
            _, people = self._standings.look(tx, self._today)
        own = session.account.id
        return tuple(sorted((one for one in people.values() if one.active and one.id != own), key=lambda one: one.name))

    def own_roles(self, session: Session) -> tuple[str, ...]:
        """The roles the person may give to others: those of their own posts, not what others gave them."""
        _staff(session)
        return tuple(dict.fromkeys(one.role for one in powers_of(session.account) if not one.giver))

    def lines(self, session: Session, *, everyone: bool = False) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        """Delegations and absences the person gave or received, newest first; all of them for those who keep or audit
        the organisation."""
        _staff(session)
        if everyone:
            _permit(session, "organisation.read")
        with self._store.read() as tx:
            organisation, people = self._standings.look(tx, self._today)
        own = session.account.id
        given = [_line(one, one.giver, one.taker, own, people, self._day) for one in organisation.delegations]
        away = [_line(one, one.person, one.deputy, own, people, self._day) for one in organisation.absences]
        return tuple(
            tuple(sorted((one for one in lines if everyone or own in _both(one.entry)),
                         key=lambda one: (one.entry.since, one.entry.id), reverse=True))
            for lines in (given, away)
        )  # type: ignore[return-value]  # fmt: skip

    def give(
        self, session: Session, taker: str, roles: tuple[str, ...], since: str, until: str,
        lines: tuple[str, ...] = (), reason: str = "",
    ) -> Delegation:  # fmt: skip
        """Let someone act with some of one's own roles; A002 beyond one's own powers, A016 where the roles exclude
        each other, A004 for dates, people or words that do not hold."""
        _staff(session)
        self._dates(since, until)
        with self._store.write() as tx:
            person = self._person(tx, taker, session)
            organisation, _ = self._standings.look(tx, self._today)
            own = own_powers(self._own(tx, session), organisation, self._day)
            beyond = [role for role in roles if not _covers(own, role, lines)]
            if not roles:
                raise ZhunyuError("A004", "没有选择授权哪些岗位职责。", "请至少选择一项。", status=422)
            if beyond:
                raise ZhunyuError(
                    "A002", f"您自己没有“{'、'.join(beyond)}”的这一权限，不能授权给他人。",
                    "授权不能超出本人的权限；受委托得来的权限不能再授权。", status=403,
                )  # fmt: skip
            check_roles((*self._standings.of(tx, person, self._today).roles, *roles))
            one = Delegation(
                self._ids.new(), session.account.id, taker, roles, since, until, lines, _words(reason),
                session.account.id, self._at,
            )  # fmt: skip
            tx.organisation.put_delegation(one)
            self._tell(tx, session, one.giver, f"授权 给{person.name}", msgspec.to_builtins(one))
        return one

    def revoke(self, session: Session, id: str) -> None:
        """Take a delegation or an absence back, from this moment; by who gave it or the security officer."""
        _staff(session)
        with self._store.write() as tx:
            organisation = tx.organisation.load("")
            entries: tuple[Delegation | Absence, ...] = (*organisation.delegations, *organisation.absences)
            found = next((one for one in entries if one.id == id), None)
            if found is None:
                raise ZhunyuError("A003", "没有这项授权或代岗。", "请从“授权与代岗”重新进入。", status=404)
            if _both(found)[0] != session.account.id:
                _permit(session, "organisation.keep")
            if found.revoked_at or found.until < self._day:
                raise ZhunyuError("C001", "这项授权或代岗已经结束。", "请刷新后查看。", status=409)
            over = msgspec.structs.replace(found, revoked_by=session.account.id, revoked_at=self._at)
            if isinstance(over, Delegation):
                tx.organisation.put_delegation(over)
            else:
                tx.organisation.put_absence(over)
            what = "收回授权" if isinstance(over, Delegation) else "结束代岗"
            self._tell(tx, session, _both(found)[0], what, {"id": id})

    def leave(
        self, session: Session, deputy: str, since: str, until: str, reason: str = "", person: str = ""
    ) -> Absence:
        """Name a deputy for the time one is away, or (security officer) for `person`; refused as `give`. What the
        person had taken goes to the deputy at once when the time has begun."""
        _staff(session)
        away = person or session.account.id
        if away != session.account.id:
            _permit(session, "organisation.keep")
        self._dates(since, until)
        with self._store.write() as tx:
            other = self._person(tx, deputy, session, away)
            organisation, people = self._standings.look(tx, self._today)
            absent = people.get(away)
            if absent is None:
                raise ZhunyuError("A004", "没有这位工作人员。", "请重新选择。", status=422)
            overlap = any(
                one.person == away and not one.revoked_at and one.since <= until and since <= one.until
                for one in organisation.absences
            )
            if overlap:
                raise ZhunyuError("A004", "这段时间已经安排了代岗。", "请先结束原来的代岗。", status=422)
            roles = (one.role for one in own_powers(absent, organisation, self._day))
            check_roles((*self._standings.of(tx, other, self._today).roles, *roles))
            one = Absence(
                self._ids.new(), away, deputy, since, until, _words(reason), session.account.id, self._at
            )
            tx.organisation.put_absence(one)
            self._tell(tx, session, away, f"代岗 由{other.name}", msgspec.to_builtins(one))
        self._passing.settle(away)
        return one

    def _person(self, tx: Transaction, id: str, session: Session, away: str = "") -> Account:
        found = tx.accounts.account(id)
        if found is None or found.kind != "staff" or not found.active or id == (away or session.account.id):
            what = "没有选择由谁办理，或者这个账号不能用。"
            raise ZhunyuError("A004", what, "请选择另一位在用的工作人员。", status=422)
        return found

    def _own(self, tx: Transaction, session: Session) -> Account:
        found = tx.accounts.account(session.account.id)
        if found is None:
            raise ZhunyuError("A001", "登录已过期。", "请重新登录。", status=401)
        return found

    def _dates(self, since: str, until: str) -> None:
        try:
            first, last = date.fromisoformat(since), date.fromisoformat(until)
        except ValueError as error:
            raise ZhunyuError("A004", "没有写明起止日期。", "请按 2026-11-25 的样子填写。", status=422) from error
        if last < first or last < self._today or last - first > timedelta(days=LONGEST):
            what = "结束日期早于开始日期。" if last < first else "结束日期已过，或者时间过长。"
            raise ZhunyuError("A004", what, f"最长一年，从今天 {self._day} 或以后结束。", status=422)

    def _tell(self, tx: Transaction, session: Session, about: str, what: str, content: Json) -> None:
        record(
            tx, self._ids, trail=f"delegation:{about}", at=self._at, actor=session.account.id, what=what,
            content=content,
        )  # fmt: skip

    @property
    def _today(self) -> date:
        return self._clock.now().date()

    @property
    def _day(self) -> str:
        return self._today.isoformat()

    @property
    def _at(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")


def _staff(session: Session) -> None:
    if session.account.kind != "staff" or session.scopes:
        raise ZhunyuError("A002", "只有工作人员可以办理。", "", status=403)


def _permit(session: Session, command: str) -> None:
    why_not = permits(session.account, command).why_not
    if why_not:
        raise ZhunyuError("A002", why_not, "请由安全岗位办理。", status=403)


def _both(entry: Delegation | Absence) -> tuple[str, str]:
    return (entry.giver, entry.taker) if isinstance(entry, Delegation) else (entry.person, entry.deputy)


def _line(
    entry: Delegation | Absence, giver: str, taker: str, own: str, people: dict[str, Account], day: str
) -> Line:
    names = [people[one].name if one in people else one for one in (giver, taker)]
    if entry.revoked_at:
        state = "已收回"
    elif holds_on(entry, day):
        state = "有效"
    else:
        state = "未开始" if day < entry.since else "已到期"
    return Line(entry, names[0], names[1], state, giver == own)


def _covers(own: tuple[Power, ...], role: str, lines: tuple[str, ...]) -> bool:
    """Whether somebody has a role for all of the lines (() for those they have)."""
    mine = [one for one in own if one.role == role]
    covered = {line for one in mine for line in one.lines}
    return bool(mine) and (any(not one.lines for one in mine) or set(lines) <= covered)


def _words(reason: str) -> str:
    return reason.strip()[:500]
