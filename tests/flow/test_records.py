"""A record 记录表 from the desk to the store: kept on the way, sealed where sensitive, shown to who may read it."""

from __future__ import annotations

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.sql.tables.cases import cases
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import Accept, Command, FinishStep, KeepRecord
from engine.model.form import Field, RecordForm
from engine.model.matter import Matter
from engine.model.types import Part, Type
from engine.model.values import Answers
from engine.ports.world import Answer
from engine.services.accounts import Session
from engine.services.desk import Desk
from engine.services.desk_acting import DeskActing
from engine.services.unmasking import hidden_words
from tests.flow.test_guard import SQLITE, staff
from tests.flow.world import World, located, session
from tests.unit.pipeline import sample

NUMBER, PHONE = "310101199001011234", "13800001111"
TEXT = Type("text")
PERSON = Type("record", parts={"name": Part("姓名", TEXT), "id_no": Part("证件号", TEXT), "phone": Part("电话", TEXT)})
RECORD = RecordForm(
    "现场核查表",
    (
        Field("site", "查看的地址", "地址", TEXT, prefill="site"),
        Field("phone", "陪同人电话", "电话", TEXT, sensitive=True),
        Field("note", "查看情况", "长文本", TEXT),
    ),
)
GOOD: Answers = {"site": "中山东一路1号", "phone": PHONE, "note": "布局与图纸一致"}
WINDOW, ONE, TWO = staff("窗口", "窗示"), staff("核查", "核示甲"), staff("核查", "核示乙")


def recording() -> Matter:
    base = located()
    accept, inspect, approve = base.route
    route = (accept, msgspec.structs.replace(inspect, form=RECORD), approve)
    return located(route=route, sensitive=(*base.sensitive, "step.inspect.phone"))


def desk(world: World) -> Desk:
    return Desk(store=world.store, clock=world.clock, files=world.files, shelf=world.shelf)


def acting(world: World) -> DeskActing:
    return DeskActing(store=world.store, clock=world.clock, shelf=world.shelf, committing=world.committing)


def done(world: World, who: Session, case: Case, command: Command) -> Case:
    return acting(world).act(who, case.id, command, world.load(case.id).version)


def at_inspection(world: World) -> Case:
    world.publish(recording())
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    return done(world, WINDOW, world.filed(session()), Accept())


def test_a_record_is_kept_signed_by_two_and_read_back(world: World) -> None:
    case = at_inspection(world)
    acting(world).keep_record(ONE, case.id, KeepRecord("inspect", {"phone": PHONE}), case.version)
    assert world.load(case.id).steps[-1].answers == {"phone": PHONE}
    done(world, ONE, case, FinishStep("inspect", "符合", "已查", GOOD))
    done(world, TWO, case, FinishStep("inspect", "符合", "已查"))
    record = world.load(case.id).steps[1]
    assert ({**record.answers}, [one.name for one in record.signed]) == (GOOD, ["核示甲", "核示乙"])


def test_what_is_sensitive_in_a_record_does_not_lie_in_the_clear(world: World) -> None:
    case = at_inspection(world)
    done(world, ONE, case, FinishStep("inspect", "符合", "已查", GOOD))
    with world.database.read() as connection:
        document = connection.execute(sa.select(cases.c.document).where(cases.c.id == case.id)).scalar_one()
    assert PHONE not in document and "布局与图纸一致" in document


def test_the_number_of_a_person_on_the_form_does_not_lie_in_the_clear(world: World) -> None:
    base = recording()
    group = base.groups[0]
    fields = (*group.fields, Field("boss", "负责人", "人员", PERSON))
    groups = (msgspec.structs.replace(group, fields=fields),)
    world.publish(located(groups=groups, sensitive=("phone", "boss.id_no", "boss.phone")))
    case = world.filed(session(), boss={"name": "张示例", "id_no": "11010519491231002X", "phone": PHONE})
    with world.database.read() as connection:
        document = connection.execute(sa.select(cases.c.document).where(cases.c.id == case.id)).scalar_one()
    assert "11010519491231002X" not in document
    assert world.load(case.id).answers["boss"]["id_no"] == "11010519491231002X"


@SQLITE
def test_the_record_is_drawn_with_what_the_application_says_and_what_is_kept(world: World) -> None:
    case = at_inspection(world)
    seen = desk(world).case(ONE, case.id)
    view = acting(world).record(ONE, seen.view)
    assert view is not None and view.record == {"site": "中山东一路1号"}
    assert sorted(view.problems) == ["R_note", "R_phone"]


@SQLITE
def test_only_who_may_do_the_step_keeps_its_record(world: World) -> None:
    case = at_inspection(world)
    for who in (WINDOW, staff("核查", "浦核", "浦东新区")):
        with pytest.raises(ZhunyuError, match="A002"):
            acting(world).keep_record(who, case.id, KeepRecord("inspect", GOOD), case.version)


@SQLITE
def test_a_record_kept_over_what_somebody_else_has_changed_is_refused(world: World) -> None:
    case = at_inspection(world)
    acting(world).keep_record(ONE, case.id, KeepRecord("inspect", {"note": "甲"}), case.version)
    with pytest.raises(ZhunyuError, match="C002"):
        acting(world).keep_record(TWO, case.id, KeepRecord("inspect", {"note": "乙"}), case.version)


@SQLITE
def test_personal_data_of_a_record_are_masked_on_the_case_page(world: World) -> None:
    case = at_inspection(world)
    done(world, ONE, case, FinishStep("inspect", "符合", "已查", GOOD))
    assert PHONE in hidden_words(world.load(case.id), recording(), names=False)
    assert sample.ANSWERS["site"] not in hidden_words(world.load(case.id), recording(), names=False)
