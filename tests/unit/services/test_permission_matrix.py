"""Every kind of person, every command of staff, every way a case may stand: what the permission layer says is what a
small model says that reads the permission table by itself."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import msgspec
import pytest

from engine.model.organisation import Absence, Delegation, Holding, Organisation, Post, Unit
from engine.model.permission import DEFAULT_TABLE, PermissionRow, PermissionTable
from engine.ports.accounts import Account
from engine.services.desk_actions import ACTIONS
from engine.services.permission import COMMANDS, Relation, permits
from engine.services.separation import ROLES
from engine.services.standing import resolved

DAY = "2026-11-30"
LINES = {"公共卫生": ("public",), "医政": ("clinic",)}
HOME, AWAY, CITY = "黄浦区", "浦东新区", "市级"
UNITS = (Unit("hp", "黄浦", HOME), Unit("city", "市", CITY))
POSTS = (
    Post("line", "公卫审批岗", "hp"), Post("step", "复审岗", "hp"), Post("act", "受理岗", "hp"),
    Post("level", "市级审批岗", "city"), Post("over", "撤销的岗", "hp", until="2026-01-01"),
    Post("bare", "没有权限的岗", "hp"),
)  # fmt: skip
ROWS = (
    *DEFAULT_TABLE.rows,
    PermissionRow(("审批",), "line", lines=("公共卫生",)),
    PermissionRow(("审查",), "step", steps=("复审",)),
    PermissionRow(("窗口",), "act", actions=("accept",)),
    PermissionRow(("审批",), "level", levels=(CITY,), districts=("全市",)),
    PermissionRow(("审批",), "over"),
)

# What the model says of each command: (roles or "any" who handles cases or "step" whoever has the step's role, where)
HANDLES = "any"
MODEL = {
    "case.list": (HANDLES, ""), "case.find": (HANDLES, "seen"), "case.read": (HANDLES, "private"),
    "step.act": ("step", "step"), "task.claim": ("step", "seen step"), "task.release": ("step", "seen step"),
    "check.read": (HANDLES, "seen"), "check.record": ("step", "seen step"),
    "batch.take_out": ("审查 审批", "place"), "ex_officio.start": ("窗口 审查 核查 审批", ""),
    "ex_officio.act_on": ("窗口 审查 核查 审批", "place"), "register.read": (HANDLES, ""),
    "paper.handle": ("制发证 窗口", "place"), "paper.print": ("制发证", "place"),
    "dispute.act": ("审查 审批 监督", "place"), "dispute.decide": ("审批", "place"),
    "counter.file": ("窗口", ""), "visit.plan": ("核查", "place"), "template.keep": ("审批 业务管理", ""),
    "rating.read": ("监督 业务管理 审批 审计", ""),
    "archive.read": ("档案 审计", ""), "archive.open": ("档案 审计", "place"), "archive.keep": ("档案", ""),
    "trace.read": ("审计 监督", ""), "trace.case": ("审计 监督", "seen"),
    "organisation.read": ("安全 审计 业务管理", ""), "organisation.keep": ("安全", ""),
}  # fmt: skip


class Person(msgspec.Struct, frozen=True):
    """An account and, for the model, what it holds: (post or "" for its own roles, giver or "", roles kept, lines)."""

    account: Account
    holds: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = ()


def staff(name: str, *roles: str, district: str = HOME, active: bool = True) -> Account:
    return Account(id=name, login=name, kind="staff", name=name, roles=roles, district=district, active=active)


BOSS, SMALL, ABSENT, LEFT = (
    staff("boss", "审批"), staff("small"), staff("absent", "审查"), staff("left", "核查", active=False)
)
CLERKS = {name: staff(name, "窗口") for name in ("taker", "sometaker", "late", "early", "revoked", "deputy", "heir")}
OFFICER = staff("officer", "审计")


def people() -> Iterator[Person]:
    """Everyone the matrix knows."""
    for role, district in itertools.product(ROLES, (HOME, AWAY, CITY)):
        yield Person(staff(f"{role}{district}", role, district=district), (("", "", (role,), ()),))
    yield Person(staff("two", "窗口", "审批"), (("", "", ("窗口", "审批"), ()),))
    yield Person(staff("gone", "审批", active=False))
    yield Person(Account("a1", "a1", "applicant", "申请人"))
    yield Person(Account("d1", "d1", "department", "部门"))
    for post in ("line", "step", "act", "level", "over", "bare"):
        yield Person(staff(f"in-{post}", "业务管理"), ((post, "", (), ()),) if post != "over" else ())
    own = ("", "", ("窗口",), ())
    yield Person(CLERKS["taker"], (own, ("", "boss", ("审批",), ())))
    yield Person(CLERKS["sometaker"], (own, ("line", "small", ("审批",), ("公共卫生",))))
    yield Person(CLERKS["deputy"], (own, ("", "absent", ("审查",), ())))
    yield Person(CLERKS["heir"], (own, ("", "left", ("核查",), ())))
    for name in ("late", "early", "revoked"):
        yield Person(CLERKS[name], (own,))
    yield Person(OFFICER, (("", "", ("审计",), ()),))  # what was delegated excludes their own office: it has no effect


def delegation(
    name: str, since: str, until: str, giver: str = "boss", revoked: str = "", lines: tuple[str, ...] = ()
) -> Delegation:
    return Delegation(f"d-{name}", giver, name, ("审批", "窗口"), since, until, lines, revoked_at=revoked)


ORGANISATION = Organisation(
    1, UNITS, POSTS,
    (*(Holding(f"h-{one.id}", f"in-{one.id}", one.id, "2025-01-01") for one in POSTS),
     Holding("h-small", "small", "line", "2025-01-01")),
    (PermissionTable(1, "2025-01-01", ROWS), PermissionTable(2, "2027-01-01", ())),
    (delegation("taker", "2026-11-01", "2026-12-31"), delegation("late", "2026-10-01", "2026-11-29"),
     delegation("early", "2026-12-01", "2026-12-31"), delegation("officer", "2026-11-01", "2026-12-31"),
     delegation("revoked", "2026-11-01", "2026-12-31", revoked="2026-11-20T10:00:00"),
     delegation("sometaker", "2026-11-01", "2026-12-31", "small", lines=("公共卫生", "医政"))),
    (Absence("a-1", "absent", "deputy", "2026-11-30", "2026-11-30"),
     Absence("a-2", "left", "heir", "2026-11-01", "2026-12-31")),
)  # fmt: skip
GIVERS = {one.id: one for one in (BOSS, SMALL, ABSENT, LEFT)}


def relations(person: str) -> Iterator[Relation]:
    """Every way a case may stand to the person, or to who gave them a power."""
    given = [("boss",), ("absent",), (person,), ()]
    for place, office, matter, role in itertools.product(
        (HOME, AWAY, CITY), ("", HOME, CITY), ("public", "clinic"), ("窗口", "审查", "核查", "审批")
    ):
        for step, barred in (("复审", ()), ("初审", ()), *(("复审", one) for one in given[:3])):
            yield Relation(
                place=place, places=(office,) if office else (), office="某机关" if office else "", office_place=office,
                matter=matter, role=role, step=step, barred=barred,
            )  # fmt: skip
    for took, signed in itertools.product(((), (person,), ("other",)), ((), (person,), ("boss",))):
        yield Relation(
            place=HOME, matter="public", role="审批", step="审批", confidential=True, took=took, signed=signed
        )


def expected(person: Person, command: str, relation: Relation, action: str) -> bool:
    """The model: it reads the rows of the table, and nothing of the program."""
    who, where = MODEL[command]
    account = person.account
    if account.kind != "staff" or not account.active:
        return False
    roles = {role for post, giver, kept, _ in person.holds for role in (kept or ()) if not post}
    if who in (HANDLES, "step") and roles & {"系统", "安全"}:
        return False
    fits = []
    for post, giver, kept, only in person.holds:
        district = GIVERS[giver].district if giver else account.district
        for row in ROWS:
            if row.post != post:
                continue
            for role in row.roles:
                if kept and role not in kept:
                    continue
                if who not in (HANDLES, "step") and role not in who.split():
                    continue
                lines = tuple(one for one in row.lines if not only or one in only)
                home = {"level": CITY}.get(post, district)
                fits.append((role, row, lines, CITY if "全市" in row.districts else home, giver))
    if not fits:
        return False

    def reach(one, place: str) -> bool:  # type: ignore[no-untyped-def]
        _, row, lines, home, _ = one
        level = CITY if place == CITY else "区级"
        of_line = not lines or any(relation.matter in LINES[line] for line in lines)
        return home in (CITY, place) and (not row.levels or level in row.levels) and of_line

    places = (relation.place, *relation.places)
    if ("seen" in where or where == "private") and not any(reach(one, place) for one in fits for place in places):
        return False
    if where == "place" and not any(reach(one, relation.place) for one in fits):
        return False
    if where == "private" and relation.confidential and account.id not in relation.took:
        return False
    if "step" in where:
        if account.id in (*relation.barred, *relation.signed):
            return False
        return any(
            reach(one, relation.office_place or relation.place) and one[0] == relation.role
            and (not one[1].steps or relation.step in one[1].steps)
            and (not action or not one[1].actions or action in one[1].actions)
            and (not one[4] or one[4] not in (*relation.barred, *relation.signed))
            for one in fits
        )  # fmt: skip
    return True


def test_the_model_knows_every_command() -> None:
    assert set(MODEL) == set(COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_nobody_may_do_more_or_less_than_the_table_says(command: str) -> None:
    seen, wrong = {True: 0, False: 0}, []
    for person in people():
        able = resolved(person.account, ORGANISATION, GIVERS, DAY, LINES)
        actions = ("", *ACTIONS) if command == "step.act" else ("",)
        for relation in relations(person.account.id):
            for action in actions:
                verdict = permits(able, command, relation, action)
                wanted = expected(person, command, relation, action)
                seen[wanted] += 1
                if (not verdict.why_not) is not wanted:
                    wrong.append((person.account.id, relation, action, verdict.why_not))
    assert wrong[:3] == []
    assert seen[True] and seen[False]


def test_a_power_that_is_over_is_told_of_by_who_gave_it_and_until_when() -> None:
    relation = Relation(place=HOME, matter="public", role="审批", step="审批")
    for name, until in (("late", "2026-11-29"), ("revoked", "2026-11-20")):
        verdict = permits(resolved(CLERKS[name], ORGANISATION, GIVERS, DAY, LINES), "step.act", relation, "grant")
        assert f"boss给您的授权已于 {until} 到期或收回" in verdict.why_not
        assert verdict.lapsed is not None
    early = permits(resolved(CLERKS["early"], ORGANISATION, GIVERS, DAY, LINES), "step.act", relation, "grant")
    assert early.why_not and early.lapsed is None


def test_ones_own_power_is_used_before_that_of_another() -> None:
    both = resolved(staff("taker", "审批"), ORGANISATION, GIVERS, DAY, LINES)
    verdict = permits(both, "step.act", Relation(place=HOME, matter="public", role="审批", step="审批"), "grant")
    assert verdict.power is not None and verdict.power.giver == ""


def test_what_was_given_is_not_given_on() -> None:
    chain = msgspec.structs.replace(
        ORGANISATION, delegations=(*ORGANISATION.delegations, delegation("early", "2026-11-01", "2026-12-31", "taker"))
    )
    third = resolved(CLERKS["early"], chain, {**GIVERS, "taker": CLERKS["taker"]}, DAY, LINES)
    assert "审批" not in third.roles


def test_every_post_ends_on_its_day_and_every_table_begins_on_its() -> None:
    assert resolved(staff("in-over", "审批"), ORGANISATION, GIVERS, DAY, LINES).roles == ()
    assert resolved(staff("in-line"), ORGANISATION, GIVERS, DAY, LINES).roles == ("审批",)
    assert resolved(staff("in-line"), ORGANISATION, GIVERS, "2027-01-01", LINES).roles == ()
