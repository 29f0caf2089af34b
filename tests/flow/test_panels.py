"""Expert panels: invited, accepted or recused, scored, counted at the quorum and closed with what they came to."""

from __future__ import annotations

import msgspec
import pytest

from engine.adapters.render.typst_renderer import TypstRenderer
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import Accept, FinishStep
from engine.model.fieldwork import ACCEPTED, AGAINST, FOR, GIVEN, RECUSED, Expert, Panel
from engine.model.form import Field, RecordForm
from engine.model.people import Actor
from engine.model.route import AVERAGE, MAJORITY, TWO_THIRDS, Experts, Step
from engine.model.types import Type
from engine.ports.world import Answer
from engine.services.field_papers import FieldPapers
from engine.services.panels import Panels
from engine.stages.fieldwork import tally
from tests.flow.test_guard import SQLITE, refused, staff
from tests.flow.test_records import GOOD, ONE, TWO, desk, done, recording
from tests.flow.world import World, located, session

EXPERTS = Experts(invite=3, quorum=2, passes=AVERAGE, score="total", least="75", shows=("site",))
FORM = RecordForm("专家评分表", (Field("total", "总分", "数", Type("number"), places=1, max="100"),))
PANEL = tuple(staff("专家", f"专示{name}", "市级") for name in "甲乙丙丁")
WINDOW, SECRETARY = staff("窗口", "窗示"), staff("审查", "审示")


def reviewed(experts: Experts = EXPERTS) -> object:
    base = located()
    accept, _, approve = base.route
    results = {"通过": "approve", "不通过": "approve"}
    step = Step("expert", "专家评审", "专家", form=FORM, experts=experts, results=results)
    return located(route=(accept, step, msgspec.structs.replace(approve, not_same_as=("accept", "expert"))))


def panels(world: World) -> Panels:
    return Panels(
        store=world.store, clock=world.clock, files=world.files, shelf=world.shelf, committing=world.committing,
        signing=None,
    )  # fmt: skip


def invited(world: World, count: int = 3) -> Case:
    world.publish(reviewed())  # type: ignore[arg-type]
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    with world.store.write() as tx:
        for one in PANEL:
            tx.accounts.add(one.account, "x", world.at)
    case = done(world, WINDOW, world.filed(session()), Accept())
    people = tuple(one.account.id for one in PANEL[:count])
    return panels(world).invite(SECRETARY, case.id, people, "2026-02-13", case.version)


def give(world: World, place: int, case: Case, score: str, vote: str = FOR) -> None:
    told = panels(world)
    told.answer(PANEL[place], case.id, True)
    told.give(PANEL[place], case.id, vote, "资料完整。", {"total": score})


def test_a_panel_is_invited_scores_and_is_closed_with_its_result(world: World) -> None:
    case = invited(world)
    assert [one.number for one in panels(world).invitations(PANEL[0])] == [case.number]
    give(world, 0, case, "80")
    with pytest.raises(ZhunyuError, match="专家已提交意见 1 份"):
        done(world, SECRETARY, case, FinishStep("expert", "通过", "汇总"))
    give(world, 1, case, "69.9", AGAINST)
    stand = panels(world).view(SECRETARY, case.id).tally
    assert (stand.average, stand.result) == ("74.95", "不通过")
    with pytest.raises(ZhunyuError, match="C004"):
        done(world, SECRETARY, case, FinishStep("expert", "通过", "汇总"))
    done(world, SECRETARY, case, FinishStep("expert", "不通过", stand.words))
    kept = world.load(case.id)
    assert kept.steps[-1].step == "approve"
    assert [one.opinion for one in kept.panels[0].experts[:2]] == ["资料完整。"] * 2
    assert panels(world).invitations(PANEL[2]) == ()
    papers = FieldPapers(files=world.files, renderer=TypstRenderer(), staff_view=desk(world).view)
    assert papers.panel(SECRETARY, case.id, "expert-1")[1][:5] == b"%PDF-"


@SQLITE
def test_who_recuses_says_why_counts_out_and_reads_no_more(world: World) -> None:
    case = invited(world)
    told = panels(world)
    assert refused(told.answer, PANEL[0], case.id, False) == "C004"
    told.answer(PANEL[0], case.id, False, "与申请人有合作")
    assert (told.view(SECRETARY, case.id).tally.recused, told.invitations(PANEL[0])) == (1, ())
    assert refused(told.seat, PANEL[0], case.id) == "A002"
    assert refused(desk(world).case, PANEL[0], case.id) == "A002"


@SQLITE
def test_an_expert_reads_what_the_matter_shows_and_nothing_sensitive(world: World) -> None:
    case = invited(world)
    seat = panels(world).seat(PANEL[0], case.id)
    assert [field.id for field, _ in seat.lines] == ["site"]
    assert refused(desk(world).case, PANEL[0], case.id) == "A002"


@SQLITE
def test_without_words_on_it_everything_but_the_sensitive_is_shown(world: World) -> None:
    case = invited(world)
    world.publish(reviewed(msgspec.structs.replace(EXPERTS, shows=())))  # type: ignore[arg-type]
    again = done(world, WINDOW, world.filed(session(2), site="别处2号"), Accept())
    panels(world).invite(SECRETARY, again.id, tuple(one.account.id for one in PANEL[:3]), "2026-02-13", again.version)
    assert case.id != again.id
    ids = [field.id for field, _ in panels(world).seat(PANEL[0], again.id).lines]
    assert "phone" not in ids and {"site", "area"} <= set(ids)


@SQLITE
def test_what_the_inspection_found_is_read_by_the_experts_without_what_is_sensitive(world: World) -> None:
    step, route = reviewed().route[1], recording().route  # type: ignore[attr-defined]
    accept, inspect, approve = route
    inspect = msgspec.structs.replace(inspect, results={"符合": "expert", "不符合": "approve"})
    world.publish(located(route=(accept, inspect, step, approve)))
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    with world.store.write() as tx:
        for one in PANEL:
            tx.accounts.add(one.account, "x", world.at)
    case = done(world, WINDOW, world.filed(session()), Accept())
    for who, words in ((ONE, "布局一致，可以评审。"), (TWO, "同意。")):
        case = done(world, who, case, FinishStep("inspect", "符合", words, GOOD))
    people = tuple(one.account.id for one in PANEL[:3])
    panels(world).invite(SECRETARY, case.id, people, "2026-02-13", case.version)
    (found,) = panels(world).seat(PANEL[0], case.id).found
    assert (found.title, found.result, found.opinion) == ("现场核查", "符合", "布局一致，可以评审。\n同意。")
    assert "phone" in GOOD and [field.id for field, _ in found.lines] == ["site", "note"]


@SQLITE
def test_who_is_not_invited_reads_and_says_nothing(world: World) -> None:
    case = invited(world)
    assert refused(panels(world).seat, PANEL[3], case.id) == "A002"
    assert refused(panels(world).give, PANEL[3], case.id, FOR, "好", {"total": "80"}) == "A002"


@SQLITE
def test_too_few_experts_are_not_invited_and_only_the_secretary_invites(world: World) -> None:
    world.publish(reviewed())  # type: ignore[arg-type]
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    with world.store.write() as tx:
        for one in PANEL:
            tx.accounts.add(one.account, "x", world.at)
    case = done(world, WINDOW, world.filed(session()), Accept())
    people = tuple(one.account.id for one in PANEL[:3])
    assert refused(panels(world).invite, SECRETARY, case.id, people[:2], "2026-02-13", case.version) == "C004"
    assert refused(panels(world).invite, SECRETARY, case.id, people, "2026-02-09", case.version) == "C004"
    assert refused(panels(world).invite, WINDOW, case.id, people, "2026-02-13", case.version) == "A002"


@SQLITE
def test_an_opinion_is_given_once_and_its_scores_are_checked(world: World) -> None:
    case = invited(world)
    told = panels(world)
    assert refused(told.give, PANEL[0], case.id, FOR, "好", {"total": "80"}) == "C001"
    told.answer(PANEL[0], case.id, True)
    assert refused(told.give, PANEL[0], case.id, FOR, "好", {"total": "180"}) == "A004"
    assert refused(told.give, PANEL[0], case.id, "", "好", {"total": "80"}) == "C004"
    told.give(PANEL[0], case.id, FOR, "好", {"total": "80"})
    assert refused(told.give, PANEL[0], case.id, FOR, "好", {"total": "80"}) == "C001"


@pytest.mark.parametrize(
    ("passes", "votes", "result"),
    [(MAJORITY, "yyn", "通过"), (MAJORITY, "yn", "不通过"), (TWO_THIRDS, "yyn", "通过"), (TWO_THIRDS, "yynn", "不通过"),
     (MAJORITY, "y", "")],
)  # fmt: skip
def test_votes_are_counted_as_the_matter_says(passes: str, votes: str, result: str) -> None:
    seats = [Expert(str(n), str(n), "", GIVEN, vote=FOR if one == "y" else AGAINST) for n, one in enumerate(votes)]
    seats += [Expert("r", "r", "", RECUSED), Expert("w", "w", "", ACCEPTED)]
    panel = Panel("t", "s", "2026-02-13", Actor("staff", "x", "x"), tuple(seats))
    assert tally(Experts(3, 2, passes), panel).result == result
