"""Keeping the organisation: units, posts, who holds them, the permission table, staff accounts; all of it is told."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.organisation import Holding, Organisation, Post, Unit, holds_on
from engine.model.permission import PermissionRow, PermissionTable
from engine.model.values import Json
from engine.ports.accounts import Account
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.accounts import Accounts, Session, actor_of
from engine.services.appointing import Appointing, above, dated, named, wrong
from engine.services.passing import Passing
from engine.services.permission import permits
from engine.services.recording import record
from engine.services.standing import Standings, describe

_LONGEST = 60


class Organising:
    """What the security officer does; A002 for everyone else."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, accounts: Accounts, standings: Standings, passing: Passing
    ) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._accounts, self._standings, self._passing = accounts, standings, passing
        self.office = Appointing(store=store, clock=clock, ids=ids)

    def organisation(self) -> tuple[Organisation, dict[str, Account]]:
        """The organisation as it stands, and the staff by id."""
        with self._store.read() as tx:
            return self._standings.look(tx, self._today)

    def put_unit(self, session: Session, unit: Unit) -> None:
        """A new unit, or one with other words; A004 when it does not fit."""
        self._keep(session)
        with self._store.write() as tx:
            organisation = self._look(tx)
            named(unit.id, unit.name)
            dated(unit.since, unit.until)
            if not unit.district:
                raise wrong("没有写明所在区。", "市级或区名。")
            if unit.parent and unit.parent not in {one.id for one in organisation.units if one.id != unit.id}:
                raise wrong("没有这个上级单位。", "请重新选择。")
            if unit.id in above(unit.parent, organisation):
                raise wrong("上级单位不能是自己的下级。", "请重新选择。")
            tx.organisation.put_unit(unit)
            self._tell(tx, session.account.id, f"单位 {unit.name}", msgspec.to_builtins(unit))

    def put_post(self, session: Session, post: Post) -> None:
        """A new post, or one with other words; A004 when it does not fit."""
        self._keep(session)
        with self._store.write() as tx:
            organisation = self._look(tx)
            named(post.id, post.name)
            dated(post.since, post.until)
            if post.unit not in {one.id for one in organisation.units}:
                raise wrong("没有这个单位。", "请先建立单位。")
            tx.organisation.put_post(post)
            self._tell(tx, session.account.id, f"岗位 {post.name}", msgspec.to_builtins(post))

    def place(self, session: Session, login: str, post: str, since: str, until: str = "") -> Holding:
        """Put a person into a post; A016 where its roles and those of their other posts exclude each other."""
        self._keep(session)
        with self._store.write() as tx:
            made = self.office.place(tx, self._look(tx), login, post, since or self._day, until)
            self._tell(tx, session.account.id, "任职", {"login": login, **msgspec.to_builtins(made)})
        return made

    def remove(self, session: Session, holding: str) -> None:
        """End a holding with yesterday: the person is out of the post from now on; A003 when there is none."""
        self._keep(session)
        with self._store.write() as tx:
            found = next((one for one in self._look(tx).holdings if one.id == holding), None)
            if found is None or not (not found.until or found.until >= self._day):
                raise ZhunyuError("A003", "没有这项任职，或者已经结束。", "请刷新后查看。", status=404)
            over = msgspec.structs.replace(found, until=(self._today - timedelta(days=1)).isoformat())
            tx.organisation.put_holding(over)
            self._tell(tx, session.account.id, "免去岗位", msgspec.to_builtins(over))

    def check_table(self, rows: tuple[PermissionRow, ...], since: str) -> tuple[str, ...]:
        """What a new permission table would change, in words; refused as `change_table`."""
        with self._store.read() as tx:
            organisation = self._look(tx)
            self.office.fits(tx, organisation, rows, since)
        before, after = organisation.table(self._day).rows, rows
        names = {one.id: one.name for one in organisation.posts}
        lost = [f"删去　{_row_words(one, names)}" for one in before if one not in after]
        return (*lost, *(f"增加　{_row_words(one, names)}" for one in after if one not in before))

    def change_table(
        self, session: Session, rows: tuple[PermissionRow, ...], since: str, reason: str, seen: int
    ) -> PermissionTable:
        """A new version of the table from a day on; `seen` is the number of the one that was changed.

        A004 for what does not fit, A016 where someone would hold roles that exclude each other, C002 when another
        change was first, C004 without a reason.
        """
        self._keep(session)
        if len(reason.strip()) < 4:
            raise ZhunyuError("C004", "没有写明为什么修改。", "请写明依据或原因（至少 4 个字）。", status=422)
        with self._store.write() as tx:
            organisation = self._look(tx)
            self.office.fits(tx, organisation, rows, since)
            last = organisation.tables[-1].number if organisation.tables else 0
            table = PermissionTable(last + 1, since, rows, session.account.name, self._at, reason.strip()[:500])
            if seen != last or not tx.organisation.add_table(table):
                what = "权限表刚刚由他人改过。"
                raise ZhunyuError("C002", what, "请核对最新的权限表后再改，您填写的内容仍在下方。", status=409)
            told: Json = {"before": organisation.table(since).number, "after": msgspec.to_builtins(table)}
            self._tell(tx, session.account.id, f"权限表 第{table.number}版", told)
        return table

    def create(self, session: Session, account: Account, password: str) -> Account:
        """A new staff account; refused as `Accounts.create`."""
        self._keep(session)
        if not account.name.strip() or not account.login.strip() or not account.roles or not account.district:
            raise wrong("姓名、登录名、角色和所在区都要填写。", "请补全后再保存。")
        return self._accounts.create(account, password, session.account.id, given=True)

    def set_active(self, session: Session, account: str, active: bool) -> int:
        """Stop or restore a staff account; what a stopped one had taken is passed on: how many tasks."""
        self._keep(session)
        self._other(session, account)
        self._accounts.set_active(account, active, session.account.id)
        return 0 if active else self._passing.settle(account, actor_of(session))

    def set_roles(self, session: Session, account: str, roles: tuple[str, ...]) -> None:
        """Give an account other roles; they hold where it has no post. A016 as at `place`."""
        self._keep(session)
        self._other(session, account)
        self._accounts.set_roles(account, roles, session.account.id)

    def _other(self, session: Session, account: str) -> None:
        if account == session.account.id:
            raise ZhunyuError("A002", "不能停用自己，也不能改自己的角色。", "请由另一位安全员办理。", status=403)

    def _keep(self, session: Session) -> None:
        why_not = permits(session.account, "organisation.keep").why_not
        if why_not:
            raise ZhunyuError("A002", why_not, "请联系安全岗位。", status=403)

    def _look(self, tx: Transaction) -> Organisation:
        return self._standings.look(tx, self._today)[0]

    def _tell(self, tx: Transaction, actor: str, what: str, content: Json) -> None:
        record(tx, self._ids, trail="organisation:all", at=self._at, actor=actor, what=what, content=content)

    @property
    def _today(self) -> date:
        return self._clock.now().date()

    @property
    def _day(self) -> str:
        return self._today.isoformat()

    @property
    def _at(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")


def _row_words(row: PermissionRow, names: dict[str, str]) -> str:
    return f"{names.get(row.post, row.post) if row.post else '没有岗位的账号'}：{describe(row)}"


def members(organisation: Organisation, day: str) -> dict[str, tuple[Holding, ...]]:
    """Who holds each post, now or later, by the post's id."""
    found: dict[str, tuple[Holding, ...]] = {}
    for one in organisation.holdings:
        if holds_on(one, day) or one.since > day:
            found[one.post] = (*found.get(one.post, ()), one)
    return found
