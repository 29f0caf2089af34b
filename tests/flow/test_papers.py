"""Paper certificates from the seal to the receiver's hand, and the stock of blank forms."""

from __future__ import annotations

import msgspec
import pytest

from engine.adapters.render.typst_renderer import TypstRenderer
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.certificate import Overprint
from engine.model.commands import RecordSealed
from engine.model.form import Field, Group, Option
from engine.model.matter import Matter
from engine.model.papers import (
    AT_WINDOW,
    BY_POST,
    ELECTRONIC,
    WAYS,
    ChangeWay,
    DropPaper,
    HandOver,
    PaperArrived,
    PaperBack,
    PaperCommand,
    PrintPaper,
    SendPaper,
    SpoilPaper,
)
from engine.model.permission import BY_DELEGATION, Power
from engine.model.types import Type
from engine.services.papers import Papers, serials_between
from tests.flow.test_guard import refused, staff
from tests.flow.world import World, located, session
from tests.unit.pipeline import sample

MAKER, CLERK = staff("制发证", "周制证"), staff("窗口", "黄窗示")
FORM = Overprint(420, 297, {"单位名称": (120, 90, 18)})
TAKE = ("hotel", "本人", "123X", "")


def wanted(overprint: Overprint | None = FORM) -> Matter:
    """The sample matter with a paper certificate and the question how it is to be received."""
    base = sample.matter()
    way = Field("way", "领取方式", "单选", Type("enum", values=WAYS),
                options=tuple(Option(one) for one in WAYS), serves="领取方式")
    to = Field("to", "收件地址", "地址", Type("text"), required=False, sensitive=True, serves="收件地址")
    made = msgspec.structs.replace(base.certificates[0], media=("电子", "纸质"), overprint=overprint)
    return located(groups=(*base.groups, Group("receive", "领取", (way, to))), certificates=(made,))


class Desk:
    """The issuing desk of a world."""

    def __init__(self, world: World, matter: Matter) -> None:
        world.publish(matter)
        self.world = world
        self.papers = Papers(
            store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf, committing=world.committing,
            renderer=TypstRenderer(), certificates=None,  # type: ignore[arg-type]  # only blank forms are printed
        )  # fmt: skip

    def issued(self, way: str = AT_WINDOW, number: int = 1) -> Case:
        case = self.world.issued(session(number), way=way, to="示例路1号")
        return self.world.load(case.id)

    def act(self, case: Case, command: PaperCommand, who: object = MAKER) -> Case:
        return self.papers.act(who, case.id, command, self.world.load(case.id).version)  # type: ignore[arg-type]

    def printed(self, way: str = AT_WINDOW) -> Case:
        self.papers.receive(MAKER, "sample", "GC0001", "GC0009")
        return self.act(self.issued(way), PrintPaper("paper-1", "GC0001"))


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world, wanted())


def state(case: Case) -> str:
    return case.papers[0].state


def test_who_wants_the_electronic_one_only_gets_no_paper(desk: Desk) -> None:
    assert desk.issued(ELECTRONIC).papers == ()


def test_a_sealed_certificate_comes_to_the_issuing_desk_with_its_delivery_day(desk: Desk) -> None:
    case = desk.issued()
    (row,) = desk.papers.page(MAKER).rows
    assert (row.case, row.state, row.number, row.due) == (case.id, "待打印", case.papers[0].number, case.papers[0].due)
    assert case.papers[0].due > (case.decision.at[:10] if case.decision else "")


def test_a_form_is_used_once(desk: Desk) -> None:
    desk.printed()
    other = desk.issued(number=2)
    assert refused(desk.act, other, PrintPaper("paper-1", "GC0001")) == "C004"
    assert state(desk.world.load(other.id)) == "待打印"


def test_a_form_that_is_not_in_stock_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    case = desk.issued()
    assert refused(desk.act, case, PrintPaper("paper-1", "GC0001")) == "C004"
    assert (desk.papers.page(MAKER).counts["待打印"], state(desk.world.load(case.id))) == (1, "待打印")


def test_a_spoiled_form_is_recorded_and_the_certificate_printed_again(desk: Desk) -> None:
    case = desk.act(desk.printed(), SpoilPaper("paper-1", "打印错位"))
    assert (state(case), case.papers[0].spoiled[0].blank) == ("待打印", "GC0001")
    case = desk.act(case, PrintPaper("paper-1", "GC0002"))
    ((_, _, counts, lowest),) = desk.papers.blanks(MAKER).stocks
    assert (counts, lowest, case.papers[0].blank) == ({"在库": 7, "已用": 1, "作废": 1}, "GC0003", "GC0002")


def test_it_is_handed_over_at_the_counter_after_the_document_was_checked(desk: Desk) -> None:
    case = desk.act(desk.printed(), HandOver("paper-1", *TAKE), CLERK)
    paper = case.papers[0]
    assert (paper.state, paper.receiver_as, paper.document) == ("已送达", "本人", "123X")
    assert desk.papers.page(MAKER, "待领取").rows == ()


@pytest.mark.parametrize("given", [("", "本人", "1234", ""), ("张示", "朋友", "1234", ""), ("张示", "本人", "12", "")])
def test_a_hand_over_without_what_must_be_recorded_is_refused(desk: Desk, given: tuple[str, ...]) -> None:
    assert refused(desk.act, desk.printed(), HandOver("paper-1", *given)) == "C004"


def test_who_acts_for_another_is_told_with_the_acts_of_the_issuing_desk(desk: Desk) -> None:
    given = Power("制发证", ("黄浦区",), how=BY_DELEGATION, giver="G", giver_name="周制证")
    elsewhere = Power("制发证", ("浦东新区",))
    account = msgspec.structs.replace(CLERK.account, powers=(elsewhere, given))
    desk.papers.receive(MAKER, "sample", "GC0001", "GC0009")
    case = desk.act(desk.issued(), PrintPaper("paper-1", "GC0001"), msgspec.structs.replace(CLERK, account=account))
    with desk.world.store.read() as tx:
        assert tx.cases.events(case.id)[-1].actor.authority == "受周制证委托"
    own = msgspec.structs.replace(account, powers=(given, Power("制发证", ("黄浦区",))))
    case = desk.act(case, SpoilPaper("paper-1", "打印错位"), msgspec.structs.replace(CLERK, account=own))
    with desk.world.store.read() as tx:
        assert tx.cases.events(case.id)[-1].actor.authority == ""


def test_it_is_sent_and_received(desk: Desk) -> None:
    case = desk.act(desk.printed(BY_POST), SendPaper("paper-1", "中国邮政 EMS", "ek123456789cn"))
    assert case.papers[0].tracking == "EK123456789CN"
    assert state(desk.act(case, PaperArrived("paper-1", "张示收"))) == "已送达"


def test_what_the_courier_brings_back_can_be_collected(desk: Desk) -> None:
    case = desk.act(desk.printed(BY_POST), SendPaper("paper-1", "中国邮政 EMS", "EK1"))
    case = desk.act(case, PaperBack("paper-1", "地址不详"))
    case = desk.act(case, ChangeWay("paper-1", AT_WINDOW))
    assert (state(case), state(desk.act(case, HandOver("paper-1", *TAKE)))) == ("待领取", "已送达")


def test_a_paper_that_is_not_wanted_any_more_gives_its_form_up(desk: Desk) -> None:
    case = desk.act(desk.printed(), DropPaper("paper-1", "只要电子证照"))
    ((_, _, counts, _),) = desk.papers.blanks(MAKER).stocks
    assert (state(case), counts["作废"], sum(desk.papers.page(MAKER).counts.values())) == ("不再制作", 1, 0)


def test_a_move_that_the_state_does_not_allow_is_refused(desk: Desk) -> None:
    assert refused(desk.act, desk.issued(), HandOver("paper-1", *TAKE)) == "C001"


def test_two_who_hand_over_at_once_are_told_apart(desk: Desk) -> None:
    case = desk.printed()
    desk.act(case, HandOver("paper-1", *TAKE))
    assert refused(desk.papers.act, MAKER, case.id, HandOver("paper-1", *TAKE), case.version) == "C002"


@pytest.mark.parametrize(
    ("who", "code"), [(staff("审批", "黄批示"), "A002"), (staff("制发证", "浦制证", "浦东新区"), "A002")]
)
def test_other_roles_and_other_districts_have_no_business_there(desk: Desk, who: object, code: str) -> None:
    assert refused(desk.act, desk.issued(), PrintPaper("paper-1", "GC0001"), who) == code


def test_the_window_hands_over_and_does_not_print(desk: Desk) -> None:
    desk.papers.receive(MAKER, "sample", "GC0001", "")
    assert refused(desk.act, desk.issued(), PrintPaper("paper-1", "GC0001"), CLERK) == "A002"


def test_forms_come_into_stock_once(desk: Desk) -> None:
    assert desk.papers.receive(MAKER, "sample", "GC0001", "GC0100") == 100
    assert refused(desk.papers.receive, MAKER, "sample", "GC0100", "GC0200") == "A005"
    assert desk.papers.blanks(MAKER, text="GC0150").rows == ()


def test_a_form_damaged_in_stock_is_given_up_with_its_reason(desk: Desk) -> None:
    desk.papers.receive(MAKER, "sample", "GC0001", "GC0002")
    desk.papers.spoil(MAKER, "sample", "GC0001", "受潮")
    assert refused(desk.papers.spoil, MAKER, "sample", "GC0001", "受潮") == "C001"
    assert [one.reason for one in desk.papers.blanks(MAKER, state="作废").rows] == ["受潮"]


def test_the_lines_are_printed_on_the_form(desk: Desk) -> None:
    case = desk.issued()
    name, data = desk.papers.print_file(MAKER, case.id, "paper-1", 1.5, -2)
    assert name.endswith("打印.pdf") and data.startswith(b"%PDF-")
    assert refused(desk.papers.print_file, MAKER, case.id, "paper-1", 99.0) == "A004"


def test_a_certificate_without_forms_is_printed_on_plain_paper(world: World) -> None:
    desk = Desk(world, wanted(overprint=None))
    assert refused(desk.act, case := desk.issued(), PrintPaper("paper-1", "GC0001")) == "C004"
    assert state(desk.act(case, PrintPaper("paper-1"))) == "待领取"


def test_a_seal_that_is_reported_twice_orders_one_paper(desk: Desk) -> None:
    case = desk.issued()
    desk.world.committing.report(case.id, RecordSealed(case.certificates[0], "cd" * 32))
    assert len(desk.world.load(case.id).papers) == 1


def test_serial_numbers_run_from_one_to_the_other() -> None:
    assert serials_between("GC098", "GC101") == ("GC098", "GC099", "GC100", "GC101")


@pytest.mark.parametrize(
    "given", [("GC1", "GD2"), ("GC1", "GC10"), ("GC5", "GC1"), ("甲1", "甲2"), ("GC0001", "GC9999")]
)
def test_serial_numbers_that_do_not_fit_together_are_refused(given: tuple[str, str]) -> None:
    with pytest.raises(ZhunyuError, match="A004"):
        serials_between(*given)
