"""Site inspections from the plan to the signed step: what a phone sends twice is kept once, and nothing is lost."""

from __future__ import annotations

import io

import msgspec
import pytest
from PIL import Image

from engine.adapters.render.typst_renderer import TypstRenderer
from engine.adapters.uploads import ContentChecker
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import FinishStep
from engine.model.field_commands import PlanVisit
from engine.model.values import Answers
from engine.services.accounts import Session
from engine.services.field_papers import FieldPapers
from engine.services.visit_merging import Report
from engine.services.visit_views import Taken, base_of
from engine.services.visits import Visits
from tests.flow.test_guard import SQLITE, refused, staff
from tests.flow.test_records import at_inspection, desk, done
from tests.flow.world import World, together

ONE, TWO, THREE = staff("核查", "核示甲"), staff("核查", "核示乙"), staff("核查", "核示丙")
FULL: Answers = {"note": "甲看到", "site": "中山东一路1号", "phone": "13800001111"}
WHEN = PlanVisit("inspect", "2026-02-12", "上午", "中山东一路1号", "王示窗", "021-60000000", ())


def picture(colour: str = "teal", kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, kind)
    return out.getvalue()


def visits(world: World) -> Visits:
    return Visits(
        store=world.store, clock=world.clock, ids=world.ids, files=world.files, uploads=ContentChecker(),
        shelf=world.shelf, committing=world.committing,
    )  # fmt: skip


def employ(world: World, *people: Session, number: str = "沪卫监-01") -> None:
    with world.store.write() as tx:
        for one in people:
            tx.accounts.add(msgspec.structs.replace(one.account, inspector=number), "x", world.at)


def planned(world: World) -> Case:
    case = at_inspection(world)
    employ(world, ONE, TWO)
    return visits(world).plan(ONE, case.id, WHEN, (ONE.account.id, TWO.account.id), case.version)


def report(world: World, who: Session, case: Case, key: str, given: Answers, **more: object) -> Report:
    """What a phone sends that was taken along just now."""
    view = visits(world).along(who, case.id)
    answers = {f"R_{field}": value for field, value in given.items()}
    return msgspec.structs.replace(Report(key, answers, base_of(view)), **more)


def test_a_visit_is_planned_reported_by_two_signed_and_printed(world: World) -> None:
    case = planned(world)
    told = visits(world)
    assert [one.case for one in told.coming(TWO)] == [case.id]
    at, place = "2026-02-10T09:00:00+08:00", "31.2,121.5"
    assert told.add_photo(ONE, case.id, "photo-key-1", "现场.jpg", picture(), at, place) == (True, 1)
    sent = report(
        world, ONE, case, "report-key-1", {"site": "中山东一路1号", "phone": "13800001111", "note": "布局一致"},
        result="符合", opinion="与申请一致", attest="签字", name="王示在", picture=picture("black", "PNG"),
        signed_at="2026-02-10T09:20:00+08:00",
    )  # fmt: skip
    assert told.report(ONE, case.id, sent) == Taken()
    for who in (ONE, TWO):
        done(world, who, case, FinishStep("inspect", "符合", "与申请一致"))
    kept = world.load(case.id)
    assert kept.steps[1].answers["note"] == "布局一致" and kept.steps[1].finished_at
    assert told.coming(TWO) == ()
    papers = FieldPapers(files=world.files, renderer=TypstRenderer(), staff_view=desk(world).view)
    name, made = papers.visit(ONE, case.id, "inspect-1")
    assert (name, made[:5]) == (f"现场核查笔录-{case.number}.pdf", b"%PDF-")
    assert papers.visit(ONE, case.id, "inspect-1")[1] == made


def test_what_is_sent_twice_at_once_is_kept_once(world: World) -> None:
    case, told, data = planned(world), visits(world), picture()
    taken = together(4, lambda _: told.add_photo(ONE, case.id, "photo-key-1", "现场.jpg", data, "", ""))
    assert sorted(taken) == [(False, 1), (False, 1), (False, 1), (True, 1)]
    sent = report(world, ONE, case, "report-key-1", {"note": "一次"})
    results = together(4, lambda _: told.report(ONE, case.id, sent))
    assert sum(one == Taken() for one in results) == 1 and sum(one == Taken(again=True) for one in results) == 3
    visit = world.load(case.id).visits[0]
    assert (len(visit.photos), visit.sent) == (1, ("report-key-1",))
    assert len([key for key in world.files.content if key.startswith("uploads/")]) == 1


@SQLITE
def test_two_phones_that_filled_in_different_fields_are_put_together(world: World) -> None:
    case, told = planned(world), visits(world)
    mine, other = report(world, ONE, case, "key-of-one", {"note": "甲看到"}), report(
        world, TWO, case, "key-of-two", {"phone": "13800001111"}, opinion="乙的意见"
    )
    assert (told.report(ONE, case.id, mine), told.report(TWO, case.id, other)) == (Taken(), Taken())
    kept = world.load(case.id)
    assert kept.steps[-1].answers == {"site": "中山东一路1号", "note": "甲看到", "phone": "13800001111"}
    assert kept.visits[0].opinion == "乙的意见"


@SQLITE
def test_two_phones_that_filled_in_the_same_field_otherwise_clash_and_lose_nothing(world: World) -> None:
    case, told = planned(world), visits(world)
    mine, other = (
        report(world, who, case, f"key-of-{text}", {"note": text}) for who, text in ((ONE, "甲看到"), (TWO, "乙看到"))
    )
    told.report(ONE, case.id, mine)
    taken = told.report(TWO, case.id, other)
    assert [(one.title, one.mine, one.theirs) for one in taken.clashes] == [("查看情况", "乙看到", "甲看到")]
    assert (taken.by, world.load(case.id).steps[-1].answers["note"]) == ("核示甲", "甲看到")
    insisted = msgspec.structs.replace(other, base={**other.base, "note": "甲看到"})
    assert told.report(TWO, case.id, insisted) == Taken()
    assert world.load(case.id).steps[-1].answers["note"] == "乙看到"


@SQLITE
def test_a_clash_may_be_left_as_the_other_wrote_it(world: World) -> None:
    case, told = planned(world), visits(world)
    both = ((ONE, "甲看到"), (TWO, "乙看到"))
    mine, other = (report(world, who, case, f"key-of-{text}", {"note": text}) for who, text in both)
    told.report(ONE, case.id, mine)
    assert told.report(TWO, case.id, msgspec.structs.replace(other, theirs=("note",))) == Taken()
    assert world.load(case.id).steps[-1].answers["note"] == "甲看到"


@SQLITE
def test_an_inspector_without_a_certificate_number_is_not_sent(world: World) -> None:
    case = at_inspection(world)
    employ(world, ONE, number="沪卫监-01")
    employ(world, TWO, number="")
    offered = {one.account.name: one.why_not for one in visits(world).candidates(ONE, case.id)}
    assert offered == {"核示甲": "", "核示乙": "没有登记执法证号"}
    assert refused(visits(world).plan, ONE, case.id, WHEN, (ONE.account.id, TWO.account.id), case.version) == "C004"


@SQLITE
def test_one_inspector_is_too_few_and_a_day_that_has_passed_is_no_plan(world: World) -> None:
    case = at_inspection(world)
    employ(world, ONE, TWO)
    both, past = (ONE.account.id, TWO.account.id), msgspec.structs.replace(WHEN, day="2026-02-09")
    assert refused(visits(world).plan, ONE, case.id, WHEN, both[:1], case.version) == "C004"
    assert refused(visits(world).plan, ONE, case.id, past, both, case.version) == "C004"


@SQLITE
def test_who_is_not_sent_neither_reports_nor_signs(world: World) -> None:
    case = planned(world)
    assert refused(visits(world).along, THREE, case.id) == "A002"
    with pytest.raises(ZhunyuError, match="A002"):
        done(world, THREE, case, FinishStep("inspect", "符合", "已查", FULL))


@SQLITE
def test_a_refusal_to_sign_needs_a_reason_and_a_witness(world: World) -> None:
    case, told = planned(world), visits(world)
    sent = report(world, ONE, case, "report-key-1", {}, attest="拒绝签字", name="王示在", reason="不同意")
    assert refused(told.report, ONE, case.id, sent) == "C004"
    assert told.report(ONE, case.id, msgspec.structs.replace(sent, witness="居委会李示证")) == Taken()
    said = world.load(case.id).visits[0].attest
    assert said is not None and (said.kind, said.witness) == ("拒绝签字", "居委会李示证")


@SQLITE
def test_nothing_is_added_to_a_record_that_somebody_signed(world: World) -> None:
    case, told = planned(world), visits(world)
    sent = report(world, TWO, case, "key-of-two", {"note": "乙看到"})
    done(world, ONE, case, FinishStep("inspect", "符合", "已查", FULL))
    assert refused(told.report, TWO, case.id, sent) == "C001"
    assert refused(told.add_photo, TWO, case.id, "photo-key", "x.jpg", picture(), "", "") == "C001"


@SQLITE
def test_what_is_no_picture_is_refused(world: World) -> None:
    case = planned(world)
    assert refused(visits(world).add_photo, ONE, case.id, "photo-key", "x.jpg", b"%PDF-1.7", "", "") == "A007"


@SQLITE
def test_the_applicant_is_told_when_and_where(world: World) -> None:
    case = planned(world)
    with world.store.read() as tx:
        words = [getattr(one.event, "words", "") for one in tx.cases.events(case.id)]
    assert "“现场核查”安排在 2026-02-12 上午，地点：中山东一路1号。联系人：王示窗（021-60000000）。" in words


@SQLITE
def test_a_confidential_case_is_not_taken_along(world: World) -> None:
    case = planned(world)
    told = visits(world)
    hidden = msgspec.structs.replace(case, confidential=True)
    with pytest.raises(ZhunyuError, match="重特事项不得保存在手机上"):
        told._require_sent(ONE, hidden, hidden.steps[-1])


@SQLITE
def test_what_is_sensitive_is_not_taken_along_and_not_lost_by_a_report(world: World) -> None:
    case, told = planned(world), visits(world)
    first = report(world, ONE, case, "key-of-one", {"phone": "13800001111", "note": "甲看到"})
    told.report(ONE, case.id, first)
    view = told.along(TWO, case.id)
    assert view.record is not None and "R_phone" not in view.record.answers
    told.report(TWO, case.id, report(world, TWO, case, "key-of-two", {"site": "中山东一路1号", "note": "甲看到"}))
    assert world.load(case.id).steps[-1].answers["phone"] == "13800001111"
