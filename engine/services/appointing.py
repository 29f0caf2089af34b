"""What holds of every change of the organisation, whoever makes it: the security officer, or a file that is put in."""

from __future__ import annotations

from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.model.organisation import Holding, Organisation, Post, Unit, in_force
from engine.model.permission import LEVELS, SEES, PermissionRow, PermissionTable
from engine.model.values import Json
from engine.ports.accounts import Account
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.recording import record
from engine.services.separation import ROLES, check_roles
from engine.services.standing import own_powers

_LONGEST = 60
IMPORT = "导入"


class Placed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person of a file in a post, from day to day."""

    login: str
    post: str
    since: str
    until: str = ""


class Charter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation as a YAML file gives it. People are named by their login."""

    units: tuple[Unit, ...] = ()
    posts: tuple[Post, ...] = ()
    people: tuple[Placed, ...] = ()
    permissions: tuple[PermissionRow, ...] = ()
    since: str = ""


class Appointing:
    """Checks, and the file that is put in."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    def bring(self, charter: Charter, by: str = IMPORT) -> int:
        """Put an organisation from a file in; what is there already under the same ids is replaced, people keep the
        posts they hold. How many entries; A003 for a login that does not exist, else refused as above."""
        with self._store.write() as tx:
            units = {one.id for one in (*charter.units, *tx.organisation.load("").units)}
            lost = [one.name for one in charter.units if one.parent and one.parent not in units]
            lost += [one.name for one in charter.posts if one.unit not in units]
            if lost:
                raise wrong(f"{'、'.join(lost[:5])}的单位不在文件里，也没有建立。", "请补上单位。")
            for unit in charter.units:
                named(unit.id, unit.name)
                tx.organisation.put_unit(unit)
            for post in charter.posts:
                named(post.id, post.name)
                tx.organisation.put_post(post)
            organisation = tx.organisation.load("")
            number = organisation.tables[-1].number if organisation.tables else 0
            current = organisation.table(self._day).rows if organisation.tables else ()
            if charter.permissions and current != charter.permissions:
                since = charter.since or self._day
                table = PermissionTable(number + 1, since, charter.permissions, by, self._at, "导入")
                self.fits(tx, organisation, table.rows, since)
                tx.organisation.add_table(table)
            organisation = tx.organisation.load("")
            for one in charter.people:
                self._bring_person(tx, organisation, one)
                organisation = tx.organisation.load("")
            told: Json = {
                "units": len(charter.units), "posts": len(charter.posts), "people": len(charter.people),
                "permissions": len(charter.permissions),
            }  # fmt: skip
            record(
                tx, self._ids, trail="organisation:all", at=self._at, actor="system", what="导入组织", content=told
            )
        return len(charter.units) + len(charter.posts) + len(charter.people)

    def _bring_person(self, tx: Transaction, organisation: Organisation, one: Placed) -> None:
        found = tx.accounts.by_login("staff", one.login)
        held = {(each.account, each.post) for each in in_force(organisation.holdings, self._day)}
        if found is None or (found[0].id, one.post) not in held:
            self.place(tx, organisation, one.login, one.post, one.since, one.until)

    def place(
        self, tx: Transaction, organisation: Organisation, login: str, post: str, since: str, until: str
    ) -> Holding:
        """Put a person into a post in the transaction; their sessions end."""
        found = tx.accounts.by_login("staff", login)
        if found is None:
            raise ZhunyuError("A003", f"没有登录名 {login}。", "请核对登录名，或先建立账号。", status=404)
        if post not in {one.id for one in organisation.posts}:
            raise wrong("没有这个岗位。", "请先建立岗位。")
        dated(since, until)
        account = found[0]
        made = Holding(self._ids.new(), account.id, post, since, until)
        again = any(
            one.account == account.id and one.post == post and (not one.until or one.until >= since)
            and (not until or one.since <= until) for one in organisation.holdings
        )  # fmt: skip
        if again:
            raise wrong("这段时间已经在这个岗位。", "请核对起止日期。")
        after = msgspec.structs.replace(organisation, holdings=(*organisation.holdings, made))
        check_roles(_ever(account, after, self._day))
        tx.organisation.put_holding(made)
        tx.accounts.end_sessions(account.id)
        return made

    def fits(self, tx: Transaction, organisation: Organisation, rows: tuple[PermissionRow, ...], since: str) -> None:
        """A004 for a row that cannot be, A016 where someone would hold roles that exclude each other."""
        dated(since, "")
        if not since or since < self._day:
            raise wrong("生效日期早于今天。", "权限表不能追溯修改。")
        posts = {one.id for one in organisation.posts}
        for row in rows:
            if row.post and row.post not in posts:
                raise wrong(f"没有岗位 {row.post}。", "请先建立岗位。")
            if not row.roles or row.sees not in SEES or not set(row.levels) <= set(LEVELS):
                raise wrong("每一行都要选择角色和可见范围。", f"可见范围有：{'、'.join(SEES)}。")
            unknown = [role for role in row.roles if role not in ROLES]
            if unknown:
                check_roles(unknown)
        table = PermissionTable(organisation.tables[-1].number + 1 if organisation.tables else 1, since, rows)
        after = msgspec.structs.replace(organisation, tables=(*organisation.tables, table))
        for account in tx.accounts.list("staff"):
            check_roles(_ever(account, after, since))

    @property
    def _day(self) -> str:
        return self._clock.now().date().isoformat()

    @property
    def _at(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")


def _ever(account: Account, organisation: Organisation, day: str) -> tuple[str, ...]:
    """All roles that the person's posts, present and to come, give by the table of a day."""
    mine = [one for one in organisation.holdings if one.account == account.id and (not one.until or one.until >= day)]
    days = sorted({day, *(one.since for one in mine if one.since > day)})
    return tuple(dict.fromkeys(one.role for each in days for one in own_powers(account, organisation, each)))


def above(unit: str, organisation: Organisation) -> set[str]:
    parents, found = {one.id: one.parent for one in organisation.units}, set()
    while unit and unit not in found:
        found.add(unit)
        unit = parents.get(unit, "")
    return found


def named(id: str, name: str) -> None:
    if not id or not name.strip() or len(name) > _LONGEST or not id.isascii() or len(id) > _LONGEST:
        raise wrong("没有写明编号或名称。", f"编号用字母和数字，名称不超过 {_LONGEST} 字。")


def dated(since: str, until: str) -> None:
    try:
        first, last = (date.fromisoformat(one) if one else None for one in (since, until))
    except ValueError as error:
        raise wrong("日期不对。", "请按 2026-11-25 的样子填写。") from error
    if first and last and last < first:
        raise wrong("结束日期早于开始日期。", "请核对。")


def wrong(what: str, advice: str) -> ZhunyuError:
    return ZhunyuError("A004", what, advice, status=422)


