"""Past cases are judged again under a draft: what flips, by which rule, and what cannot be told."""

from __future__ import annotations

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.sql.tables.cases import cases as case_table
from engine.errors import ZhunyuError
from engine.model.commands import Accept, FinishStep, Refuse
from engine.model.form import Field, Group
from engine.model.matter import Check, Matter
from engine.model.types import Type
from engine.ports.world import Answer
from engine.services import backtesting as module
from engine.services.backtest_chunk import Task
from engine.services.backtest_past import UNREADABLE, Span
from engine.services.backtesting import Backtesting
from engine.worker.backtesting import Reply, carry_out
from tests.flow.world import World, hashed, located, session
from tests.unit.pipeline import sample


def backtesting(world: World) -> Backtesting:
    return Backtesting(store=world.store, shelf=world.shelf)


def some_cases(world: World) -> None:
    """Four granted at once (area 80, 85, 90, 95), two sent to a person."""
    for number, area in enumerate(("80", "85", "90", "95"), 1):
        world.filed(session(number), area=area, site=f"示例路{number}号")
    for number in (5, 6):
        world.filed(session(number), site="别处")


@pytest.fixture(autouse=True)
def registry_knows_every_site(world: World) -> None:
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "示例路1号"})
    addresses = iter(["示例路1号", "示例路2号", "示例路3号", "示例路4号", "甲", "乙"])
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": next(addresses)})


def stricter(limit: int = 88) -> Matter:
    """The sample with one more check that sends larger places to a person."""
    rule = sample.rule(f"经营面积 ≤ {limit}", {"<=": [{"var": "area"}, limit]}, "area")
    check = Check("small", rule, "经营面积 {area} 较大。", "转人工", title="小型场所")
    return hashed(msgspec.structs.replace(located(), precheck=(*located().precheck, check)))


def test_a_stricter_draft_sends_cases_to_people_by_the_rule_that_says_so(world: World) -> None:
    some_cases(world)
    found = backtesting(world).impact(world.shelf.current("sample_new"), stricter())
    assert (found.judged, found.before, found.after) == (6, {"秒批": 4, "转人工": 2}, {"转人工": 4, "秒批": 2})
    (flip,) = found.flips
    assert (flip.before, flip.after, flip.count) == ("秒批", "转人工", 2)
    assert [(one.key, one.title, one.count) for one in flip.rules] == [("check:small", "核对 小型场所", 2)]
    assert "实际为 9" in flip.rules[0].examples[0].words[0]
    assert found.work.manual_after - found.work.manual_before == 2


def test_a_milder_draft_is_told_by_what_no_longer_bars(world: World) -> None:
    world.publish(stricter())
    some_cases(world)
    found = backtesting(world).impact(stricter(), located())
    assert [(one.before, one.after, one.count) for one in found.flips] == [("转人工", "秒批", 2)]
    assert found.flips[0].rules[0].key == "check:small"
    assert (found.open_cases, found.open_changed, len(found.open_numbers)) == (4, 2, 2)
    assert found.staff.table["秒批"] == {"自动准予": 2, "在办": 2}


def test_cases_that_were_never_asked_are_told_and_not_counted(world: World) -> None:
    some_cases(world)
    asked = Field("lift", "电梯", "是否", Type("bool"))
    rule = sample.rule("电梯 = 否", {"==": [{"var": "lift"}, False]}, "lift")
    old = located()
    groups = (*old.groups, Group("more", "其他", (asked,)))
    check = Check("no_lift", rule, "有电梯。", "转人工")
    draft = hashed(msgspec.structs.replace(
        old, groups=groups, precheck=(*old.precheck, check), titles={**old.titles, "lift": "电梯"}
    ))  # fmt: skip
    found = backtesting(world).impact(old, draft)
    assert (found.judged, found.undecided, found.waiting, found.flips) == (6, 6, {"电梯": 6}, ())
    assert found.after == {"待定": 6}


def test_a_grant_that_staff_refused_is_pointed_out(world: World) -> None:
    world.publish(stricter(10))
    case = world.filed(session(1), site="示例路1号")
    steps = [(Accept(), sample.CLERK), (FinishStep("inspect", "不符合", "现场不符"), sample.INSPECTOR),
             (FinishStep("inspect", "不符合", "现场不符"), sample.SECOND_INSPECTOR),
             (Refuse("现场不符。", ("条例第八条",)), sample.APPROVER)]  # fmt: skip
    for command, actor in steps:
        world.later(hours=1)
        case = world.committing.carry_out(case, command, actor)
    found = backtesting(world).impact(stricter(10), located())
    assert (found.staff.table, found.staff.risky) == ({"秒批": {"不予许可": 1}}, 1)
    assert found.staff.risky_examples[0].number == case.number
    assert (found.work.manual_before, found.work.manual_after, found.work.measured) == (1, 0, 0)


def test_a_case_whose_sealed_part_cannot_be_opened_is_told_and_left_out(world: World) -> None:
    some_cases(world)
    with world.database.engine.begin() as connection:
        newest = sa.select(sa.func.max(case_table.c.id)).scalar_subquery()
        connection.execute(sa.update(case_table).where(case_table.c.id == newest).values(sealed="x"))
    found = backtesting(world).impact(located(), stricter())
    assert (found.judged, found.unread) == (5, {UNREADABLE: 1})


def test_a_span_keeps_its_days_and_its_number(world: World) -> None:
    addresses = [f"示例路{number}号" for number in range(1, 5)]
    for number, site in enumerate(addresses, 1):
        world.filed(session(number), site=site)
        world.later(days=1)
    service, old = backtesting(world), located()
    assert len(service.ids(old.id, Span(since="2026-02-11", until="2026-02-12"))) == 2
    assert len(service.ids(old.id, Span(limit=3))) == 3
    assert service.run(old, stricter(), Span(until="2026-02-10")).judged == 1
    with pytest.raises(ZhunyuError, match="A003 2027-01-01 起没有"):
        service.run(old, stricter(), Span(since="2027-01-01"))


def test_columns_and_single_judgements_tell_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    some_cases(world)
    walked = backtesting(world).run(located(), stricter(), Span())
    monkeypatch.setattr(module, "CHECKED", 2)
    columns = backtesting(world).run(located(), stricter(), Span(), seed=9)
    assert (walked.checked, columns.checked) == (6, 3)
    same = msgspec.structs.replace(columns, checked=walked.checked, confirmed=walked.confirmed)
    assert same == walked


def test_a_worker_gives_the_same_counts_and_hands_errors_back(world: World) -> None:
    some_cases(world)
    service = backtesting(world)
    task, ids = Task(located(), stricter()), list(service.ids("sample_new", Span()))
    text = msgspec.json.encode(task).decode()
    product = type("Product", (), {"backtesting": service})()
    reply = msgspec.json.decode(carry_out(product, text, ids), type=Reply)
    assert reply.tally == service.chunk(task, ids)
    monkey = type(
        "Broken", (), {"chunk": lambda self, task, ids: (_ for _ in ()).throw(ZhunyuError("S020", "不一致。"))}
    )
    broken = type("Product", (), {"backtesting": monkey()})()
    assert msgspec.json.decode(carry_out(broken, text, ids), type=Reply).error == ("S020", "不一致。", "")


def test_sensitive_values_stay_out_of_the_examples(world: World) -> None:
    some_cases(world)
    rule = sample.rule("联系电话 = 1", {"==": [{"var": "phone"}, "1"]}, "phone")
    old = located()
    draft = hashed(msgspec.structs.replace(old, precheck=(*old.precheck, Check("p", rule, "{phone}", "转人工"))))
    found = backtesting(world).impact(old, draft)
    told = msgspec.json.encode(found).decode()
    assert "（已保护）" in told and "13912345678" not in told


def test_a_case_on_a_certificate_is_judged_with_the_certificate_as_it_was(world: World) -> None:
    valid = sample.rule("原证.状态 = 有效", {"==": [{"var": "original.status"}, "有效"]}, "original.status")
    check = Check("valid", valid, "原证无效。", "转人工", title="原证有效")
    cancelling = hashed(msgspec.structs.replace(
        sample.cancelling(materials=(), groups=()), authorities=(sample.OFFICE,), precheck=(check,), titles={},
    ))  # fmt: skip
    world.publish(located(), cancelling)
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": sample.ANSWERS["site"]})
    holder = session()
    first = world.issued(holder)
    draft = world.draft(holder, "sample_cancel", first.certificates[0])
    with world.store.write() as tx:
        tx.drafts.replace(msgspec.structs.replace(draft, answers={}, revision=2), 1)
    world.cases.submit(holder, draft.id, draft.id)
    draft_version = hashed(msgspec.structs.replace(cancelling, summary="改了一个字"))
    found = backtesting(world).impact(world.shelf.current("sample_cancel"), draft_version)
    assert (found.before, found.after, found.flips) == ({"秒批": 1}, {"秒批": 1}, ())
