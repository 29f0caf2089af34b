"""What a person may do today, from posts, the permission table, delegations and deputies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.organisation import Absence, Delegation, Organisation, Post, holds_on, in_force
from engine.model.permission import BY_DELEGATION, BY_DEPUTY, PermissionRow, PermissionTable, Power
from engine.ports.accounts import Account
from engine.ports.store import Transaction
from engine.services.permission import by_roles, power_by
from engine.services.separation import check_roles

REMEMBERED = 60  # days for which a delegation that is over is still told of
Lines = Callable[[], Mapping[str, tuple[str, ...]]]


def own_powers(account: Account, organisation: Organisation, day: str) -> tuple[Power, ...]:
    """What comes from the account's own posts, or from its roles where it has never been given one."""
    table = organisation.table(day)
    mine = [one for one in organisation.holdings if one.account == account.id]
    if not mine:
        return by_roles(account, table)
    posts = {one.id: one for one in in_force(organisation.posts, day)}
    districts = {one.id: one.district for one in in_force(organisation.units, day)}
    held = dict.fromkeys(one.post for one in in_force(mine, day) if one.post in posts)
    return tuple(
        power for id in held if posts[id].unit in districts
        for power in of_post(posts[id], districts[posts[id].unit], table)
    )  # fmt: skip


def of_post(post: Post, district: str, table: PermissionTable) -> tuple[Power, ...]:
    """The powers a post gives by the table."""
    return tuple(
        power_by(row, role, district, post.name) for row in table.rows if row.post == post.id for role in row.roles
    )


def resolved(
    account: Account, organisation: Organisation, people: Mapping[str, Account], day: str,
    lines: Mapping[str, tuple[str, ...]],
) -> Account:  # fmt: skip
    """The account with what it may do on an ISO day: its roles are those of its powers. `people` are the givers by id,
    `lines` the ids of the matters of each line."""
    if account.kind != "staff":
        return account
    own = own_powers(account, organisation, day)
    given: list[Power] = []
    for delegation in in_force(organisation.delegations, day):
        if delegation.taker == account.id:
            given += _delegated(delegation, organisation, people, day)
    for absence in in_force(organisation.absences, day):
        if absence.deputy == account.id:
            given += _deputed(absence, organisation, people, day)
    kept = own
    for power in given:
        if _together(kept, power):
            kept = (*kept, power)
    over = [
        power for one in organisation.delegations if one.taker == account.id and not holds_on(one, day)
        and one.since <= day for power in _delegated(one, organisation, people, one.since)
    ]  # fmt: skip
    over += [
        power for away in organisation.absences if away.deputy == account.id and not holds_on(away, day)
        and away.since <= day for power in _deputed(away, organisation, people, away.since)
    ]  # fmt: skip
    return msgspec.structs.replace(
        account, roles=tuple(dict.fromkeys(one.role for one in kept)),
        powers=tuple(_with_matters(one, lines) for one in kept),
        lapsed=tuple(_with_matters(one, lines) for one in over),
    )  # fmt: skip


def _delegated(
    one: Delegation, organisation: Organisation, people: Mapping[str, Account], day: str
) -> Iterable[Power]:
    """The giver's own powers as far as they are delegated: never more than the giver has that day."""
    giver = people.get(one.giver)
    if giver is None or not giver.active:
        return
    until = min(one.until, one.revoked_at[:10]) if one.revoked_at else one.until
    for power in own_powers(giver, organisation, day):
        lines = narrowed(power.lines, one.lines)
        if power.role in one.roles and lines is not None:
            yield msgspec.structs.replace(
                power, lines=lines, how=BY_DELEGATION, giver=giver.id, giver_name=giver.name, until=until
            )


def _deputed(one: Absence, organisation: Organisation, people: Mapping[str, Account], day: str) -> Iterable[Power]:
    """All of the absent person's own powers; also those of one who has left."""
    giver, until = people.get(one.person), min(one.until, one.revoked_at[:10]) if one.revoked_at else one.until
    if giver is not None:
        for power in own_powers(giver, organisation, day):
            yield msgspec.structs.replace(
                power, how=BY_DEPUTY, giver=giver.id, giver_name=giver.name, until=until
            )


def narrowed(own: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...] | None:
    """The lines of a power as far as they are wanted; () is all, None when nothing is left."""
    if not wanted or not own:
        return wanted or own
    return tuple(one for one in own if one in wanted) or None


def _together(kept: tuple[Power, ...], power: Power) -> bool:
    try:
        check_roles((*(one.role for one in kept), power.role))
    except ZhunyuError:
        return False
    return True


def _with_matters(power: Power, lines: Mapping[str, tuple[str, ...]]) -> Power:
    if not power.lines:
        return power
    return msgspec.structs.replace(power, matters=tuple(id for line in power.lines for id in lines.get(line, ())))


def describe(row: PermissionRow) -> str:
    """A row in words."""
    reach = "、".join(row.districts) or "本单位所在区"
    parts = [
        "、".join(row.roles), f"条线：{'、'.join(row.lines) or '全部'}", f"层级：{'、'.join(row.levels) or '不限'}",
        f"区：{reach}", f"环节：{'、'.join(row.steps) or '不限'}", f"操作：{'、'.join(row.actions) or '不限'}",
        f"可见：{row.sees}",
    ]  # fmt: skip
    return "；".join(parts)


class Standings:
    """Looks the organisation up, and says what an account may do today. What was read is kept until it changes."""

    def __init__(self, lines: Lines) -> None:
        self._lines, self._lock = lines, threading.Lock()
        self._known: tuple[Organisation, dict[str, Account]] | None = None

    def of(self, tx: Transaction, account: Account, today: date) -> Account:
        """The account as it stands today."""
        return self.of_all(tx, (account,), today)[0]

    def of_all(self, tx: Transaction, accounts: tuple[Account, ...], today: date) -> tuple[Account, ...]:
        """As `of`, for several with one look."""
        if all(one.kind != "staff" for one in accounts):
            return accounts
        organisation, people = self.look(tx, today)
        narrow = any(row.lines for table in organisation.tables for row in table.rows)
        narrow = narrow or any(one.lines for one in organisation.delegations)
        lines = self._lines() if narrow else {}
        return tuple(resolved(one, organisation, people, today.isoformat(), lines) for one in accounts)

    def look(self, tx: Transaction, today: date) -> tuple[Organisation, dict[str, Account]]:
        """The organisation, and the staff by id, as the transaction sees them."""
        revision, known = tx.organisation.revision(), self._known
        if known is not None and known[0].revision == revision:
            return known
        since = (today - timedelta(days=REMEMBERED)).isoformat()
        found = tx.organisation.load(since), {one.id: one for one in tx.accounts.list("staff")}
        with self._lock:
            self._known = found
        return found
