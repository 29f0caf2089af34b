"""Acts beside the steps through the services, on both databases: who holds a task, who is first, what is kept."""

from __future__ import annotations

import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.certificate import CertificateStatus
from engine.model.commands import Accept, FinishStep, RecordSealed, RecordSealFailed
from engine.model.matter import CertificateDef, Row
from engine.model.moves import (
    AskRecusal,
    CorrectCertificate,
    DecideRecusal,
    GiveBack,
    HandOver,
    Remind,
    SendBack,
    SendCopy,
    TakeBack,
)
from engine.model.moving import ASSIGN, Person
from engine.model.rule import ALWAYS
from engine.ports.accounts import Account
from engine.ports.cases import TaskRow
from engine.ports.copies import Inbox
from engine.ports.world import Answer
from engine.services.accounts import Session, actor_of
from engine.services.colleagues import person_of
from engine.services.desk_acting import COMMANDS
from engine.services.desk_actions import ACTIONS
from engine.services.desk_moves import MOVES, NAMES
from engine.services.moves import Moves
from engine.services.reminding import Reminding
from tests.flow.world import World, located, session, together
from tests.unit.pipeline import sample

STAFF = {
    "clerk": "窗口", "inspector": "核查", "second": "核查", "approver": "审批", "issuer": "制发证", "expert": "专家",
}  # fmt: skip


class Desk:
    """The staff of one office over the services."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.moves = Moves(
            store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf, committing=world.committing
        )
        self.of = {name: self._person(name, role) for name, role in STAFF.items()}

    def _person(self, name: str, role: str) -> Session:
        account = Account(f"ST-{name}", name, "staff", f"张{name}", roles=(role,), district="黄浦区")
        with self.world.store.write() as tx:
            tx.accounts.add(account, "-", self.world.at)
        return Session(token="", account=account, subject=None, authority="", expires_at="")

    def named(self, name: str) -> Person:
        return person_of(self.of[name].account)

    def step(self, case: Case, command: object, by: str) -> Case:
        """A command of a step, carried out in somebody's name."""
        found = self.world.load(case.id)
        return self.world.committing.carry_out(found, command, actor_of(self.of[by]))  # type: ignore[arg-type]

    def act(self, case: Case, command: object, by: str, version: int = 0) -> Case:
        found = self.world.load(case.id)
        return self.moves.act(self.of[by], case.id, command, version or found.version)  # type: ignore[arg-type]

    def accepted(self) -> Case:
        self.world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
        return self.step(self.world.filed(session()), Accept(), "clerk")

    def inspected(self) -> Case:
        case = self.step(self.accepted(), FinishStep("inspect", "符合", "属实"), "inspector")
        return self.step(case, FinishStep("inspect", "符合", "一致"), "second")

    def tasks(self, case: Case) -> dict[str, TaskRow]:
        with self.world.store.read() as tx:
            return {one.task: one for one in tx.cases.tasks(case.id) if one.state == "open"}

    def claim(self, case: Case, task: str, by: str) -> None:
        with self.world.store.write() as tx:
            assert tx.cases.claim_task(case.id, task, self.of[by].account.id)


@pytest.fixture
def desk(world: World) -> Desk:
    world.publish(located(push=()))
    return Desk(world)


def test_every_act_beside_the_steps_has_a_name_and_every_action_a_command() -> None:
    assert {*NAMES.values(), "assign"} == set(MOVES)
    assert set(COMMANDS.values()) == set(ACTIONS)


def test_a_task_changes_hands_and_comes_back(desk: Desk) -> None:
    case = desk.accepted()
    desk.claim(case, "inspect-1", "inspector")
    desk.act(case, HandOver("inspect-1", desk.named("second"), "休假"), "inspector")
    held = desk.tasks(case)["inspect-1"].claimed_by
    desk.act(case, GiveBack("inspect-1", "也休假"), "second")
    assert (held, desk.tasks(case)["inspect-1"].claimed_by) == ("ST-second", "")


def test_who_leads_gives_a_task_that_another_holds_to_somebody_else(desk: Desk) -> None:
    case = desk.accepted()
    desk.claim(case, "inspect-1", "inspector")
    desk.act(case, HandOver("inspect-1", desk.named("second"), "请您去", ASSIGN), "approver")
    assert desk.tasks(case)["inspect-1"].claimed_by == "ST-second"


def test_a_deputy_gets_the_task_of_who_is_away(desk: Desk) -> None:
    case = desk.accepted()
    desk.claim(case, "inspect-1", "inspector")
    desk.moves.to_deputy(case.id, "inspect-1", "ST-second", "请假，由代理人办理")
    handing = desk.world.load(case.id).moves.handings[-1]
    assert (desk.tasks(case)["inspect-1"].claimed_by, handing.way) == ("ST-second", "代理")


def test_the_names_and_roles_of_a_command_are_not_trusted(desk: Desk) -> None:
    forged = Person("ST-expert", "冒名", ("核查",), "黄浦区")
    case = desk.accepted()
    with pytest.raises(ZhunyuError, match="不是黄浦区的“核查”岗位"):
        desk.act(case, HandOver("inspect-1", forged, "理由"), "inspector")
    with pytest.raises(ZhunyuError, match="A003"):
        desk.act(case, HandOver("inspect-1", Person("NOBODY", "谁"), "理由"), "inspector")


def test_a_task_of_no_such_id_is_refused(desk: Desk) -> None:
    with pytest.raises(ZhunyuError, match="A003"):
        desk.act(desk.accepted(), HandOver("approve-7", desk.named("second"), "理由"), "inspector")


def test_of_two_who_hand_the_same_task_on_one_wins_and_the_other_is_told(desk: Desk) -> None:
    case = desk.accepted()
    version = desk.world.load(case.id).version
    found = together(2, lambda place: desk.act(
        case, HandOver("inspect-1", desk.named(("second", "inspector")[place]), "请您去", ASSIGN), "approver", version
    ))  # fmt: skip
    errors = [one.code for one in found if isinstance(one, ZhunyuError)]
    assert errors == ["C002"] and len(desk.world.load(case.id).moves.handings) == 1


def test_somebody_who_claims_meanwhile_keeps_the_task(desk: Desk) -> None:
    case = desk.accepted()
    desk.claim(case, "inspect-1", "second")
    with pytest.raises(ZhunyuError, match="由他人领取"):
        desk.act(case, HandOver("inspect-1", desk.named("second"), "休假"), "inspector")


def test_what_was_sent_back_is_with_who_did_it_and_taken_back_it_is_as_before(desk: Desk) -> None:
    case = desk.inspected()
    desk.act(case, SendBack("inspect", "照片不清楚"), "approver")
    assert list(desk.tasks(case)) == ["inspect-2"]
    desk.act(case, TakeBack("点错了"), "approver")
    assert {task: row.claimed_by for task, row in desk.tasks(case).items()} == {"approve-1": "ST-approver"}


def test_nothing_is_taken_back_once_the_next_has_claimed(desk: Desk) -> None:
    case = desk.inspected()
    desk.claim(case, "approve-1", "approver")
    with pytest.raises(ZhunyuError, match="已经领取任务"):
        desk.act(case, TakeBack("点错了"), "second")


def test_a_recusal_takes_the_task_and_every_later_one(desk: Desk) -> None:
    case = desk.accepted()
    desk.claim(case, "inspect-1", "inspector")
    desk.act(case, AskRecusal(desk.named("inspector"), "近亲属"), "inspector")
    desk.act(case, DecideRecusal("recusal-1", True, "应当回避"), "approver")
    row = desk.tasks(case)["inspect-1"]
    assert (row.claimed_by, "ST-inspector" in row.barred) == ("", True)
    with pytest.raises(ZhunyuError, match="C001"):
        desk.act(case, HandOver("inspect-1", desk.named("second"), "转办"), "inspector")


def test_a_copy_to_a_role_is_in_the_inbox_of_everybody_who_has_it(desk: Desk) -> None:
    case = desk.accepted()
    desk.act(case, SendCopy((), (), ("专家",), "请知悉"), "clerk")
    with desk.world.store.read() as tx:
        (copy,) = tx.copies.inbox(Inbox("ST-expert", ("专家",), "黄浦区"))
        others = tx.copies.inbox(Inbox("ST-expert", ("专家",), "浦东新区"))
    assert (copy.case, copy.note, others) == (case.id, "请知悉", ())


def test_the_applicant_reminds_and_the_officer_who_has_the_form_open_goes_on(desk: Desk) -> None:
    case, world = desk.accepted(), desk.world
    reminding = Reminding(store=world.store, clock=world.clock, cases=world.cases, committing=world.committing)
    version = world.load(case.id).version
    reminding.remind(session(), case.id)
    desk.act(case, Remind("inspect-1"), "clerk", version)
    assert len(world.load(case.id).moves.reminders) == 2
    with pytest.raises(ZhunyuError, match="一小时内"):
        reminding.remind(session(), case.id)
    with pytest.raises(ZhunyuError, match="A003"):
        reminding.remind(session(2), case.id)


def misprinting(world: World) -> None:
    """A matter that prints a word which nothing was judged by."""
    base = located()
    (definition,) = base.certificates
    kind = sample.rule("空调形式", {"var": "hvac_kind"}, "hvac_kind")
    lines, face = {**definition.lines, "空调": kind}, (*definition.face, "空调")
    made = CertificateDef(
        definition.type, definition.title, definition.action, definition.valid, number=definition.number, face=face,
        lines=lines, item={**definition.item, "hvac_kind": kind},
    )  # fmt: skip
    world.publish(located(certificates=(made,), decide=(Row("instant", sample.ALIVE, "秒批"),
                                                        Row("otherwise", ALWAYS, "转人工"))))  # fmt: skip


def test_a_corrected_certificate_is_the_next_version_under_its_number(desk: Desk) -> None:
    misprinting(desk.world)
    case = desk.world.issued(session(), hvac=True, hvac_kind="集中")
    before = desk.world.cases.view(session(), case.id).certificates[0]
    desk.act(case, CorrectCertificate(before.id, "空调", "半集中", "打字有误"), "issuer")
    desk.world.seal(desk.world.load(case.id))
    after = desk.world.cases.view(session(), case.id).certificates[0]
    assert (after.number, after.version, after.status) == (before.number, before.version + 1, CertificateStatus.VALID)
    assert (after.face["空调"], after.item["hvac_kind"]) == ("半集中", "半集中")
    assert desk.world.load(case.id).status is Status.ISSUED


def test_a_correction_that_cannot_be_made_leaves_the_certificate_in_force(desk: Desk) -> None:
    misprinting(desk.world)
    case = desk.world.issued(session(), hvac=True, hvac_kind="集中")
    (id,) = case.certificates
    desk.act(case, CorrectCertificate(id, "空调", "半集中", "打字有误"), "issuer")
    desk.world.committing.report(case.id, RecordSealFailed(id, "渲染失败"))
    found = desk.world.cases.view(session(), case.id).certificates[0]
    assert (found.status, found.face["空调"], found.locked_by) == (CertificateStatus.VALID, "集中", "")
    assert desk.world.load(case.id).status is Status.ISSUED
    desk.act(case, CorrectCertificate(id, "空调", "半集中", "再更正"), "issuer")
    desk.world.seal(desk.world.load(case.id))
    assert desk.world.cases.view(session(), case.id).certificates[0].face["空调"] == "半集中"


@pytest.mark.parametrize(("line", "now"), [("有效期限", "长期"), ("经营场所地址", "另一条路9号"), ("编号", "另一个号")])
def test_what_was_decided_is_not_corrected_but_pointed_to_revocation(desk: Desk, line: str, now: str) -> None:
    case = desk.world.issued(session())
    with pytest.raises(ZhunyuError, match="办理撤销"):
        desk.act(case, CorrectCertificate(case.certificates[0], line, now, "有误"), "issuer")


def test_reporting_a_seal_twice_after_a_correction_changes_nothing(desk: Desk) -> None:
    misprinting(desk.world)
    case = desk.world.issued(session(), hvac=True, hvac_kind="集中")
    (id,) = case.certificates
    desk.act(case, CorrectCertificate(id, "空调", "半集中", "打字有误"), "issuer")
    desk.world.seal(desk.world.load(case.id))
    version = desk.world.load(case.id).version
    desk.world.committing.report(case.id, RecordSealed(id, "cd" * 32))
    assert desk.world.load(case.id).version == version


def test_moves_are_kept_sealed_and_read_back(desk: Desk) -> None:
    case = desk.accepted()
    desk.act(case, AskRecusal(desk.named("second"), "与陈某是同学"), "inspector")
    with desk.world.store.read() as tx:
        outline = tx.cases.outline(case.id)
    assert outline is not None and outline.moves.recusals == ()
    assert desk.world.load(case.id).moves.recusals[0].reason == "与陈某是同学"


def test_an_actor_of_another_office_is_refused(desk: Desk) -> None:
    stranger = Account("ST-x", "x", "staff", "外区", roles=("核查",), district="浦东新区")
    other = Session(token="", account=stranger, subject=None, authority="", expires_at="")
    case = desk.accepted()
    with pytest.raises(ZhunyuError, match="A002"):
        desk.moves.act(other, case.id, Remind("inspect-1"), case.version)

