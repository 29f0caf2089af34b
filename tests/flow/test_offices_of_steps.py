"""Steps of another level at the desk: whose list they are in, who may do them, who goes on reading."""

from __future__ import annotations

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.authority import Authority
from engine.model.case import Case, Reply
from engine.model.commands import Accept, Command, FinishStep, Grant
from engine.model.matter import Matter, Step
from engine.ports.world import Answer
from engine.services.accounts import Session
from engine.services.desk import Desk
from engine.services.desk_acting import DeskActing
from engine.services.replies import Replies
from engine.services.worklist import WorkList
from tests.flow.test_guard import SQLITE, refused, staff
from tests.flow.world import Checker, World, located, session

CITY = Authority("", "上海市卫生健康委员会", "市级", "沪卫健", "沪")
PUDONG = Authority("", "上海市浦东新区卫生健康委员会", "浦东新区", "浦卫健", "浦")
WINDOW, REVIEW, APPROVE = staff("窗口", "窗示"), staff("审查", "审示"), staff("审批", "区批")
CITY_APPROVE, PD_REVIEW = staff("审批", "市批", "市级"), staff("审查", "浦审", "浦东新区")


def chained(*between: Step) -> Matter:
    accept = Step("accept", "受理", "窗口")
    return located(route=(accept, *between, Step("approve", "市级审批", "审批", offices=(CITY,))))


def desk(world: World) -> Desk:
    return Desk(store=world.store, clock=world.clock, files=world.files, shelf=world.shelf)


def worklist(world: World) -> WorkList:
    return WorkList(store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf)


def acting(world: World) -> DeskActing:
    replies = Replies(files=world.files, ids=world.ids, uploads=Checker())
    return DeskActing(
        store=world.store, clock=world.clock, shelf=world.shelf, committing=world.committing, replies=replies
    )


def done(world: World, who: Session, case: Case, command: Command) -> Case:
    return acting(world).act(who, case.id, command, world.load(case.id).version)


def accepted(world: World, *between: Step) -> Case:
    world.publish(chained(*between))
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    return done(world, WINDOW, world.filed(session()), Accept())


def listed(world: World, who: Session, view: str = "group") -> list[str]:
    return [line.title for line in worklist(world).page(who, view).lines]


def test_the_step_of_the_city_is_in_the_list_of_the_city_and_not_of_the_district(world: World) -> None:
    accepted(world)
    assert (listed(world, CITY_APPROVE), listed(world, APPROVE)) == (["市级审批"], [])
    assert (worklist(world).counts(CITY_APPROVE)["group"], worklist(world).counts(APPROVE)["group"]) == (1, 0)


def test_the_first_office_still_finds_and_reads_the_case_it_sent_on(world: World) -> None:
    case = accepted(world)
    assert listed(world, APPROVE, "all") == ["市级审批"]
    assert desk(world).case(APPROVE, case.id).view.case.id == case.id


@SQLITE
def test_the_approver_of_the_district_may_neither_take_nor_decide_what_is_the_citys(world: World) -> None:
    case = accepted(world)
    assert refused(acting(world).claim, APPROVE, case.id, "approve-1") == "A002"
    with pytest.raises(ZhunyuError, match="本环节由上海市卫生健康委员会办理"):
        done(world, APPROVE, case, Grant("同意"))


def test_the_grant_of_the_city_makes_a_certificate_of_the_city(world: World) -> None:
    case = accepted(world)
    acting(world).claim(CITY_APPROVE, case.id, "approve-1")
    case = done(world, CITY_APPROVE, case, Grant("同意"))
    with world.store.read() as tx:
        (certificate,) = tx.certificates.of_case(case.id)
    assert (certificate.authority_name, certificate.district) == (CITY.name, "市级")


@SQLITE
def test_another_district_sees_a_case_only_once_it_has_a_step_of_it(world: World) -> None:
    case = accepted(world, Step("first", "初审", "审查"), Step("other", "协查", "审查", offices=(PUDONG,)))
    assert refused(desk(world).case, PD_REVIEW, case.id) == "A002"
    done(world, REVIEW, case, FinishStep("first", "", "请协查"))
    done(world, PD_REVIEW, case, FinishStep("other", "", "已协查"))
    assert desk(world).case(PD_REVIEW, case.id).view.case.steps[2].office == PUDONG


def test_the_letter_of_a_body_outside_is_kept_with_the_case(world: World) -> None:
    case = accepted(world, Step("ask", "转报", "审查", outside="国家卫生健康委员会"))
    letter = acting(world).take_reply(REVIEW, case.id, "复函.pdf", b"%PDF-1.7 reply")
    done(world, REVIEW, case, FinishStep("ask", "", "见来文", reply=Reply("国卫函1号", "2026-02-10", letter)))
    upload, data = desk(world).upload(REVIEW, case.id, letter.id)
    assert (upload.name, data) == ("复函.pdf", b"%PDF-1.7 reply")


@SQLITE
def test_a_letter_that_is_not_the_one_that_was_kept_is_refused(world: World) -> None:
    case = accepted(world, Step("ask", "转报", "审查", outside="国家卫生健康委员会"))
    letter = acting(world).take_reply(REVIEW, case.id, "复函.pdf", b"%PDF-1.7 reply")
    other = msgspec.structs.replace(letter, digest="00" * 32)
    with pytest.raises(ZhunyuError, match="A007"):
        done(world, REVIEW, case, FinishStep("ask", "", "见来文", reply=Reply("国卫函1号", "2026-02-10", other)))


@SQLITE
def test_no_letter_is_taken_where_none_is_waited_for(world: World) -> None:
    case = accepted(world, Step("first", "初审", "审查"))
    assert refused(acting(world).take_reply, REVIEW, case.id, "复函.pdf", b"%PDF") == "C001"
