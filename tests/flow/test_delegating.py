"""Posts, delegations, deputies and people who leave, through the services, on both databases."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from engine.adapters.passwords import Argon2Passwords
from engine.errors import ZhunyuError
from engine.model.commands import Accept, FinishStep, Grant
from engine.model.events import Noted
from engine.model.organisation import Post, Unit
from engine.model.permission import DEFAULT_TABLE, FACE, NOTHING, PermissionRow, Power
from engine.ports.accounts import Account
from engine.ports.world import Answer
from engine.services.accounts import Accounts, Session
from engine.services.appointing import Charter, Placed
from engine.services.delegating import Delegating
from engine.services.desk_acting import DeskActing
from engine.services.organising import Organising
from engine.services.passing import Passing
from engine.services.standing import Standings
from engine.services.unmasking import Unmasking, hidden_words, may_unmask, sees_names, still_hidden
from engine.services.watching import Watching
from engine.services.worklist import WorkList
from tests.flow.test_guard import SQLITE
from tests.flow.world import PHONE, World, located, session

PEOPLE = {
    "window": ("窗口",), "review": ("审查",), "boss": ("审批",), "clerk": ("窗口",), "security": ("安全",),
    "audit": ("审计",), "other": ("窗口", "审查"),
}  # fmt: skip
AWAY = "浦东新区"


class Bureau:
    """A world with staff accounts and everything that says what they may do."""

    def __init__(self, world: World) -> None:
        self.world, store, clock, ids = world, world.store, world.clock, world.ids
        self.standings = Standings(lambda: {"公共卫生": ("sample_new",), "医政": ("elsewhere",)})
        self.accounts = Accounts(
            store=store, clock=clock, ids=ids, passwords=Argon2Passwords(), standings=self.standings
        )
        self.passing = Passing(store=store, clock=clock, committing=world.committing, standings=self.standings)
        self.delegating = Delegating(
            store=store, clock=clock, ids=ids, standings=self.standings, passing=self.passing
        )
        self.organising = Organising(
            store=store, clock=clock, ids=ids, accounts=self.accounts, standings=self.standings, passing=self.passing
        )
        self.acting = DeskActing(store=store, clock=clock, shelf=world.shelf, committing=world.committing)
        self.list = WorkList(store=store, clock=clock, ids=world.ids, shelf=world.shelf)
        with store.write() as tx:
            for name, roles in PEOPLE.items():
                account = Account(name, name, "staff", f"{name}示", 2, roles=roles, district="黄浦区")
                tx.accounts.add(account, "", world.at)
        world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
        self.case = world.filed(session())

    def who(self, name: str) -> Session:
        """Somebody as they stand now."""
        with self.world.store.read() as tx:
            account = tx.accounts.account(name)
            assert account is not None
            account = self.standings.of(tx, account, self.world.clock.now().date())
        return Session(token="", account=account, subject=None, authority="", expires_at="")

    def day(self, more: int = 0) -> str:
        return (self.world.clock.now().date() + timedelta(days=more)).isoformat()

    def act(self, name: str, command: Accept | FinishStep | Grant) -> None:
        self.acting.act(self.who(name), self.case.id, command, self.world.load(self.case.id).version)

    def holder(self) -> str:
        with self.world.store.read() as tx:
            return next(one.claimed_by for one in tx.cases.tasks(self.case.id) if one.state == "open")

    def noted(self) -> list[str]:
        with self.world.store.read() as tx:
            return [one.event.words for one in tx.cases.events(self.case.id) if isinstance(one.event, Noted)]

    def titles(self, name: str, view: str = "group") -> list[str]:
        return [one.title for one in self.list.page(self.who(name), view).lines]


@pytest.fixture
def bureau(world: World) -> Bureau:
    world.publish(located(route=()))
    return Bureau(world)


def code_of(act: object, *given: object, **named: object) -> str:
    with pytest.raises(ZhunyuError) as refusal:
        act(*given, **named)  # type: ignore[operator]
    return refusal.value.code


def test_a_delegated_power_is_used_told_and_over_on_its_day(bureau: Bureau) -> None:
    bureau.act("window", Accept())
    bureau.delegating.give(bureau.who("boss"), "review", ("审批",), bureau.day(), bureau.day(2), reason="出差")
    assert bureau.titles("review") == ["审批"]
    bureau.world.later(days=3)
    assert code_of(bureau.act, "review", Grant("同意")) == "A031"
    assert bureau.titles("review") == []
    bureau.delegating.give(bureau.who("boss"), "review", ("审批",), bureau.day(), bureau.day())
    bureau.act("review", Grant("同意"))
    decision = bureau.world.load(bureau.case.id).decision
    assert decision is not None and (decision.by.name, decision.by.authority) == ("review示", "受boss示委托")
    with bureau.world.store.read() as tx:
        assert [one.entry.what for one in tx.history.of_trail("delegation:boss")] == ["授权 给review示"] * 2


@SQLITE
def test_nobody_gives_more_than_they_have_nor_to_those_it_excludes(bureau: Bureau) -> None:
    give, span = bureau.delegating.give, (bureau.day(), bureau.day(5))
    assert code_of(give, bureau.who("window"), "review", ("审批",), *span) == "A002"
    assert code_of(give, bureau.who("boss"), "audit", ("审批",), *span) == "A016"
    assert code_of(give, bureau.who("boss"), "boss", ("审批",), *span) == "A004"
    assert code_of(give, bureau.who("boss"), "review", ("审批",), bureau.day(5), bureau.day()) == "A004"
    assert code_of(give, bureau.who("boss"), "review", (), *span) == "A004"
    made = give(bureau.who("boss"), "review", ("审批",), *span)
    assert code_of(give, bureau.who("review"), "clerk", ("审批",), *span) == "A002"
    assert code_of(bureau.delegating.revoke, bureau.who("clerk"), made.id) == "A002"
    bureau.delegating.revoke(bureau.who("security"), made.id)
    assert bureau.who("review").account.roles == ("审查",)
    assert code_of(bureau.delegating.revoke, bureau.who("boss"), made.id) == "C001"


def test_what_an_absent_person_had_taken_goes_to_the_deputy_and_the_case_tells(bureau: Bureau) -> None:
    bureau.acting.claim(bureau.who("window"), bureau.case.id, "accept-1")
    bureau.delegating.leave(bureau.who("window"), "review", bureau.day(1), bureau.day(3))
    assert bureau.passing.settle() == 0 and bureau.holder() == "window"
    bureau.world.later(days=1)
    assert bureau.passing.settle() == 1 and bureau.passing.settle() == 0
    assert bureau.holder() == "review"
    assert bureau.noted()[-1].startswith("“受理”原由window示领取，其自") and "由review示代为办理" in bureau.noted()[-1]
    bureau.act("review", Accept())
    step = next(one for one in bureau.world.load(bureau.case.id).steps if one.step == "accept")
    assert step.by is not None and step.by.authority == "代window示履职"
    assert code_of(
        bureau.delegating.leave, bureau.who("window"), "clerk", bureau.day(), bureau.day(1)
    ) == "A004"  # fmt: skip


def test_who_leaves_gives_their_tasks_back_to_the_group(bureau: Bureau) -> None:
    bureau.acting.claim(bureau.who("window"), bureau.case.id, "accept-1")
    assert bureau.organising.set_active(bureau.who("security"), "window", False) == 1
    assert bureau.holder() == "" and "账号已停用，退回本岗待办" in bureau.noted()[-1]
    assert bureau.titles("clerk") == ["受理"]
    assert code_of(bureau.organising.set_active, bureau.who("window"), "clerk", False) == "A002"


@SQLITE
def test_a_deputy_who_is_barred_from_the_step_does_not_get_it(bureau: Bureau) -> None:
    bureau.act("clerk", Accept())
    bureau.acting.claim(bureau.who("boss"), bureau.case.id, "approve-1")
    bureau.delegating.leave(bureau.who("boss"), "clerk", bureau.day(), bureau.day(1))
    assert bureau.holder() == "" and "退回本岗待办" in bureau.noted()[-1]
    assert code_of(bureau.act, "clerk", Grant("同意")) == "A002"


@SQLITE
def test_two_who_are_away_and_stand_for_each_other_leave_the_task_to_the_group(bureau: Bureau) -> None:
    bureau.acting.claim(bureau.who("window"), bureau.case.id, "accept-1")
    bureau.delegating.leave(bureau.who("clerk"), "window", bureau.day(), bureau.day(1))
    bureau.delegating.leave(bureau.who("window"), "clerk", bureau.day(), bureau.day(1))
    assert bureau.holder() == "" and bureau.passing.settle() == 0


@SQLITE
def test_a_power_of_someone_who_did_the_step_before_does_not_serve_for_the_next(bureau: Bureau) -> None:
    with bureau.world.store.write() as tx:
        account = tx.accounts.account("boss")
        assert account is not None
        tx.accounts.update(msgspec.structs.replace(account, roles=("窗口", "审批")))
        tx.organisation.changed()
    bureau.act("boss", Accept())
    bureau.delegating.give(bureau.who("boss"), "review", ("审批",), bureau.day(), bureau.day())
    with pytest.raises(ZhunyuError, match="不得再由其委托的人办理"):
        bureau.act("review", Grant("同意"))


def charter(**changes: object) -> Charter:
    units = (Unit("hp", "黄浦区卫健委", "黄浦区"), Unit("pd", "浦东新区卫健委", AWAY))
    posts = (Post("hp-med", "医政窗口岗", "hp"), Post("pd-win", "窗口岗", "pd"), Post("hp-audit", "审计岗", "hp"))
    rows = (
        *DEFAULT_TABLE.rows, PermissionRow(("窗口",), "hp-med", lines=("医政",)), PermissionRow(("窗口",), "pd-win"),
        PermissionRow(("审计",), "hp-audit"),
    )  # fmt: skip
    made = Charter(units, posts, (Placed("window", "hp-med", "2025-01-01"),), rows)
    return msgspec.structs.replace(made, **changes)


def test_a_post_narrows_a_person_to_its_lines_and_its_place(bureau: Bureau) -> None:
    assert bureau.titles("window") == ["受理"] and bureau.titles("window", "all") == ["受理"]
    bureau.organising.office.bring(charter())
    assert bureau.titles("window") == [] and bureau.titles("window", "all") == []
    assert bureau.list.counts(bureau.who("window"))["group"] == 0
    with pytest.raises(ZhunyuError, match="不办理这一条线"):
        bureau.act("window", Accept())
    bureau.organising.office.bring(charter(people=(Placed("clerk", "pd-win", "2025-01-01"),), permissions=()))
    with pytest.raises(ZhunyuError, match="本办件属于黄浦区"):
        bureau.act("clerk", Accept())
    bureau.delegating.give(bureau.who("other"), "window", ("窗口",), bureau.day(), bureau.day())
    assert bureau.titles("window") == ["受理"]
    bureau.act("window", Accept())


@SQLITE
def test_officers_stay_apart_whatever_post_or_table_is_given(bureau: Bureau) -> None:
    bureau.organising.office.bring(charter())
    security, day = bureau.who("security"), bureau.day()
    assert code_of(bureau.organising.place, security, "window", "hp-audit", day) == "A016"
    rows = (*charter().permissions, PermissionRow(("审计",), "hp-med"))
    assert code_of(bureau.organising.change_table, security, rows, day, "改一改看", 1) == "A016"
    rows = (*charter().permissions, PermissionRow(("核查",), "hp-med", sees=FACE))
    assert code_of(bureau.organising.change_table, bureau.who("audit"), rows, day, "改一改看", 1) == "A002"
    assert code_of(bureau.organising.change_table, security, rows, day, "", 1) == "C004"
    assert code_of(bureau.organising.change_table, security, rows, day, "改一改看", 0) == "C002"
    assert code_of(bureau.organising.change_table, security, rows, "2020-01-01", "改一改看", 1) == "A004"
    assert len(bureau.organising.check_table(rows, day)) == 1
    bureau.organising.change_table(security, rows, bureau.day(1), "新增核查职责", 1)
    assert bureau.who("window").account.roles == ("窗口",)
    bureau.world.later(days=1)
    assert bureau.who("window").account.roles == ("窗口", "核查")
    with bureau.world.store.read() as tx:
        assert tx.history.of_trail("organisation:all")[-1].entry.what == "权限表 第2版"


@SQLITE
def test_units_posts_and_people_are_edited_by_the_security_officer_alone(bureau: Bureau) -> None:
    office, security = bureau.organising, bureau.who("security")
    assert code_of(office.put_unit, bureau.who("boss"), Unit("u1", "办公室", "黄浦区")) == "A002"
    office.put_unit(security, Unit("u1", "办公室", "黄浦区"))
    assert code_of(office.put_unit, security, Unit("u1", "办公室", "黄浦区", parent="u1")) == "A004"
    assert code_of(office.put_post, security, Post("p1", "岗", "nowhere")) == "A004"
    office.put_post(security, Post("p1", "岗", "u1"))
    made = office.place(security, "clerk", "p1", "")
    assert code_of(office.place, security, "clerk", "p1", "") == "A004"
    assert code_of(office.place, security, "nobody", "p1", "") == "A003"
    assert bureau.who("clerk").account.roles == ()
    office.remove(security, made.id)
    assert code_of(office.remove, security, made.id) == "A003"
    assert code_of(office.set_roles, security, "security", ("审批",)) == "A002"
    assert code_of(office.create, security, Account("", "", "staff", "某"), "x") == "A004"


@SQLITE
def test_who_makes_certificates_sees_their_face_and_never_the_phone(bureau: Bureau) -> None:
    case, matter = bureau.case, bureau.world.shelf.version(bureau.case.matter_hash)
    maker = Account("maker", "maker", "staff", "证示", roles=("制发证",), district="黄浦区")
    asked = msgspec.structs.replace(bureau.who("window"), account=maker)
    assert sees_names(asked) and may_unmask(asked)
    assert PHONE in hidden_words(case, matter, names=False) and PHONE in still_hidden(asked, case, matter)
    assert still_hidden(bureau.who("window"), case, matter) == ()
    blind = Power("核查", ("黄浦区",), sees=NOTHING)
    nobody = msgspec.structs.replace(asked, account=msgspec.structs.replace(maker, powers=(blind,)))
    assert not sees_names(nobody) and not may_unmask(nobody)
    watching = Watching(store=bureau.world.store, clock=bureau.world.clock, ids=bureau.world.ids)
    assert code_of(Unmasking(watching).open, nobody, case, matter, "核对材料原件", "办件页面") == "A002"
