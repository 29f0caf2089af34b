"""Work lists and the search: order, marks, filters, cursors; and that every one of them is read along an index."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import msgspec
import pytest

from engine.adapters.sql.work_upkeep import rank
from engine.model.case import Case, SupplementItem
from engine.model.commands import Accept, AnswerSupplement, AskSupplement
from engine.model.saved_views import VIEWS, Arrangement, Filters
from engine.ports.accounts import Account
from engine.ports.work import SearchQuery, WorkQuery
from engine.ports.world import Answer
from engine.services.accounts import Session
from engine.services.worklist import WorkList
from tests.flow.plans import nodes, plans, whole_tables
from tests.flow.world import World, session
from tests.unit.pipeline.sample import CLERK

QUERY = WorkQuery(
    person=CLERK.id, roles=("窗口", "审批"), district="黄浦区", office="黄浦区", today="2026-02-10", soon="2026-02-12"
)  # fmt: skip
CITY = msgspec.structs.replace(QUERY, district="", office="市级")
BIG = {"cases", "tasks", "case_index", "task_marks"}
SEARCHES = (
    SearchQuery(), SearchQuery(text="酒店"), SearchQuery(number="2026"), SearchQuery(certificate="沪"),
    SearchQuery(district="黄浦区", matter="sample_new"), SearchQuery(status="已受理"), SearchQuery(state="open"),
    SearchQuery(district="黄浦区", status="已受理", since="2026-01-01", until="2026-03-01"),
)  # fmt: skip


def received(world: World, number: int = 1) -> Case:
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    return world.filed(session(number))


def listed(world: World, query: WorkQuery) -> list[str]:
    with world.store.read() as tx:
        return [row.case.id for row in tx.work.page(query)[0]]


def viewed(view: str, query: WorkQuery = QUERY, **filters: str) -> WorkQuery:
    return msgspec.structs.replace(query, view=view, filters=Filters(**filters))  # type: ignore[arg-type]


def test_the_sort_key_puts_the_earlier_day_first_then_the_greater_risk() -> None:
    keys = [rank("2026-02-11", 0), rank("2026-02-10", 0), rank("2026-02-10", 40), rank("", 9), rank("2026-02-09T12", 1)]
    assert [keys.index(key) for key in sorted(keys)] == [4, 2, 1, 0, 3]


def test_a_clock_that_stands_is_behind_what_is_due_and_before_what_has_no_day() -> None:
    assert rank("2030-01-01", 0) < rank("2026-01-01", 9, stopped=True) < rank("", 9)


def test_a_list_may_be_turned_round(world: World) -> None:
    first, later = received(world), None
    world.later(days=3)
    later = received(world, 2)
    assert listed(world, viewed("all")) == [first.id, later.id]
    assert listed(world, msgspec.structs.replace(viewed("all"), reverse=True)) == [later.id, first.id]


def test_what_is_overdue_due_today_and_due_soon_is_told_by_the_day(world: World) -> None:
    case = received(world)  # to be accepted by 11 February
    days = {"2026-02-12": "overdue", "2026-02-11": "today", "2026-02-10": "alerts"}
    for today, wanted in days.items():
        asked = msgspec.structs.replace(QUERY, today=today, soon="2026-02-13")
        found = [view for view in ("overdue", "today", "alerts") if listed(world, viewed(view, asked)) == [case.id]]
        assert found == [wanted], today


def test_an_answered_supplement_is_returned_until_it_is_accepted(world: World) -> None:
    case = received(world)
    asked = AskSupplement((SupplementItem("请补正地址", fields=("site",)),))
    case = world.committing.carry_out(case, asked, CLERK)
    case = world.committing.carry_out(case, AnswerSupplement({}, {}), case.initiator)
    before = listed(world, viewed("returned"))
    world.committing.carry_out(case, Accept(), CLERK)
    assert (before, listed(world, viewed("returned"))) == ([case.id], [])


def test_a_filter_leaves_out_what_does_not_fit(world: World) -> None:
    received(world)
    for filters in (
        {"matter": "another"}, {"status": "已受理"}, {"district": "徐汇区"}, {"channel": "窗口"},
        {"due_from": "2026-03-01"}, {"due_to": "2026-02-01"}, {"text": "2026999999"}, {"text": "没有的名称"},
        {"text": "沪〔2026〕第1号"}, {"text": "%号酒_"},
    ):  # fmt: skip
        assert listed(world, viewed("all", **filters)) == [], filters


def test_a_filter_keeps_what_fits(world: World) -> None:
    case = received(world)
    for filters in (
        {"matter": "sample_new"}, {"status": "已收件"}, {"district": "黄浦区"}, {"channel": "网上"},
        {"text": "示例1号酒店"}, {"due_from": "2026-02-11", "due_to": "2026-02-11"}, {"text": "黄浦"},
        {"text": "示例 1 号"},
    ):  # fmt: skip
        assert listed(world, viewed("all", **filters)) == [case.id], filters


def test_the_search_is_paged_without_losing_or_repeating_a_case(world: World) -> None:
    made = {received(world, number).id for number in range(5)}
    for asked in (SearchQuery(limit=2), SearchQuery(text="酒店", limit=2)):
        seen, after = list[str](), ""
        while True:
            with world.store.read() as tx:
                lines, after = tx.work.search(msgspec.structs.replace(asked, after=after))
            seen += [line.id for line in lines]
            if not after:
                break
        assert (len(seen), set(seen)) == (5, made)


def test_a_finished_case_is_found_by_its_certificate(world: World) -> None:
    case = world.issued(session())
    with world.store.read() as tx:
        line = tx.cases.line(case.id)
        assert line is not None and line.certificate_number
        found, _ = tx.work.search(SearchQuery(certificate=line.certificate_number, state="closed"))
    assert [one.id for one in found] == [case.id]


def test_views_are_of_their_account_and_one_is_the_usual(world: World) -> None:
    worklist = WorkList(store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf)
    one, other = (
        Session("", Account(id, id, "staff", id, roles=("窗口",), district="黄浦区"), None, "", "") for id in ("A", "B")
    )
    worklist.keep_view(one, "第一", Arrangement("mine"), usual=True)
    worklist.keep_view(one, "第二", Arrangement("all", size=7), usual=True)
    assert [(view.name, view.usual, view.arrangement.size) for view in worklist.views(one)] == [
        ("第一", False, 20), ("第二", True, 20),
    ]  # fmt: skip
    assert worklist.views(other) == ()


@pytest.mark.plans
def test_every_list_and_search_is_read_along_an_index(world: World) -> None:
    if world.database.dialect != "postgresql":
        pytest.skip("SQLite tells no plan of this kind")
    received(world)

    def page(query: WorkQuery) -> Callable[[], object]:
        def ask() -> None:
            with world.store.read() as tx:
                tx.work.page(query)
                tx.work.counts(query)

        return ask

    def search(query: SearchQuery) -> Callable[[], object]:
        def ask() -> None:
            with world.store.read() as tx:
                tx.work.search(query)

        return ask

    lists = [viewed(view, asked) for view in VIEWS for asked in (QUERY, CITY)]
    lists += [viewed("all", asked, text="酒店") for asked in (QUERY, CITY)]
    work = [*map(page, lists), *map(search, SEARCHES)]
    told = plans(world.database, work, scans=False)
    assert [statement for statement, plan in told if whole_tables(plan) & BIG] == []
    straight = [page(viewed(view)) for view in ("mine", "department", "overdue", "today", "done")]
    for statement, plan in plans(world.database, straight, scans=False):
        if "ORDER BY tasks" in statement and "LIMIT" in statement:
            assert not any(node["Node Type"] == "Sort" for node in nodes(plan)), statement


def test_a_lost_commit_leaves_the_lists_as_they_were(world: World) -> None:
    case = received(world)
    with contextlib.suppress(RuntimeError), world.store.write() as tx:
        tx.work.hand_over(case.id, "accept-1", "", "X")
        raise RuntimeError("the process ends")
    assert listed(world, viewed("group")) == [case.id]
