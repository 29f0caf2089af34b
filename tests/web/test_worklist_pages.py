"""The work list's pages: views, filters, saved views, bulk acts, hand-over, search."""

from __future__ import annotations

import re

import pytest

from engine.model.case import Case, Status
from tests.web.admin_world import AdminWorld, Desk


@pytest.fixture
def world(admin_world: AdminWorld) -> AdminWorld:
    return admin_world


def chosen(*cases: Case) -> list[str]:
    return [f"{case.id}|accept-1" for case in cases]


def begun(desk: Desk, action: str, *cases: Case) -> str:
    """The page of a run that is drawn up."""
    answer = desk.post("/bulk", {"action": action, "task": chosen(*cases)})
    assert answer.status_code == 303
    return str(answer.location)


def carried_out(desk: Desk, action: str, *cases: Case) -> str:
    page = begun(desk, action, *cases)
    assert desk.post(page, {"words": "一并办理"}).status_code == 303
    return page


@pytest.mark.parametrize("view", ["department", "overdue", "today", "stopped", "returned", "alerts", "all", "done"])
def test_every_view_opens(world: AdminWorld, view: str) -> None:
    assert world.desk("all").client.get(f"/?view={view}").status_code == 200


def test_what_is_due_soon_is_among_the_alerts(world: AdminWorld) -> None:
    case = world.filed("预警路1号")
    assert case.number in world.desk("window").page(f"/?view=alerts&text={case.number}")


def test_a_part_of_the_address_finds_a_task(world: AdminWorld) -> None:
    case = world.filed("独特的梧桐里88弄")
    desk = world.desk("window")
    assert (case.number in desk.page("/?text=梧桐里88"), case.number in desk.page("/?text=梧桐外")) == (True, False)


def test_a_filter_by_risk_leaves_out_what_has_no_doubts(world: AdminWorld) -> None:
    clear, doubtful = world.filed("无疑点路1号", ready=True), world.filed("有疑点路1号")
    page = world.desk("window").page("/?risk=1&size=100")
    assert (doubtful.number in page, clear.number in page) == (True, False)


def test_the_columns_are_those_that_were_chosen(world: AdminWorld) -> None:
    world.filed("列路1号")
    page = world.desk("window").page("/?column=channel&column=received")
    heads = re.findall(r'<th scope="col">([^<]+)</th>', page)
    assert heads == ["办件", "来源", "收件日期"]


def test_what_the_address_asks_that_there_is_not_is_as_usual(world: AdminWorld) -> None:
    assert world.desk("window").client.get("/?view=nonsense&size=7&order=x&column=y&risk=z").status_code == 200


def test_a_saved_view_opens_with_its_filters_until_it_is_deleted(world: AdminWorld) -> None:
    desk = world.desk("inspect1")
    kept = desk.post("/views", {"view": "all", "text": "梧桐", "column": ["due"], "name": "梧桐一带"})
    page = desk.page(kept.location)
    saved = re.search(r"saved=(\w+)", kept.location)
    assert saved is not None
    again = desk.post("/views", {"view": "all", "name": "梧桐一带"})
    assert "您已有名为“梧桐一带”的视图" in desk.page(again.location)
    desk.post(f"/views/{saved[1]}", {"do": "delete"})
    assert ('value="梧桐"' in page, "梧桐一带" in page, "梧桐一带" in desk.page("/")) == (True, True, False)


def test_the_usual_view_is_what_the_list_opens_with(world: AdminWorld) -> None:
    desk = world.desk("inspect2")
    kept = desk.post("/views", {"view": "done", "name": "办结", "usual": "1"})
    page = desk.page("/")
    desk.post(f"/views/{kept.location.rpartition('=')[2]}", {"do": "delete"})
    assert '<h1 class="sr">办结</h1>' in page


def test_a_view_of_somebody_else_cannot_be_changed(world: AdminWorld) -> None:
    kept = world.desk("window").post("/views", {"view": "all", "name": "窗口的"})
    id = kept.location.rpartition("=")[2]
    assert world.desk("all").post(f"/views/{id}", {"do": "delete"}).status_code == 404


def test_many_are_accepted_at_once_each_with_its_result(world: AdminWorld) -> None:
    cases = [world.filed(f"批量路{n}号") for n in range(2)]
    desk = world.desk("window")
    page = begun(desk, "accept", *cases)
    assert "受理不能撤销" in desk.page(page)
    before = [world.case(case).status for case in cases]
    assert world.desk("window").act(cases[0], "accept").status_code == 303  # somebody was first
    desk.post(page, {"words": "予以受理"})
    result = desk.page(page)
    assert before == [Status.RECEIVED] * 2
    assert world.case(cases[1]).status is Status.ACCEPTED
    assert ("1 件办成，1 件没有办成" in result, "撤销" in result.split("逐件结果")[1]) == (True, False)


def test_claiming_many_can_be_undone_one_by_one(world: AdminWorld) -> None:
    cases = [world.filed(f"领取路{n}号") for n in range(2)]
    desk = world.desk("window")
    page = carried_out(desk, "claim", *cases)
    desk.post(f"{page}/undo/0", {})
    mine = desk.page("/?view=mine&size=100")
    assert [case.number in mine for case in cases] == [False, True]
    assert "已退回本岗待办" in desk.page(page)


def test_a_reminder_is_shown_and_not_repeated_within_the_hour(world: AdminWorld) -> None:
    case, desk = world.filed("催办路1号"), world.desk("approve")
    carried_out(desk, "remind", case)
    assert '<span class="tag warn">催办</span>' in world.desk("window").page(f"/?text={case.number}")
    assert "一小时内只催办一次" in desk.page(carried_out(desk, "remind", case))


def test_a_case_of_another_district_is_in_no_run(world: AdminWorld) -> None:
    case = world.filed("跨区批量路1号")
    answer = world.desk("pudong").post("/bulk", {"action": "remind", "task": chosen(case)})
    assert answer.status_code == 403


def test_a_run_of_somebody_else_is_not_shown(world: AdminWorld) -> None:
    page = begun(world.desk("window"), "claim", world.filed("他人批量路1号"))
    assert world.desk("all").client.get(page).status_code == 404


def test_choosing_nothing_leads_back_with_why(world: AdminWorld) -> None:
    desk = world.desk("window")
    answer = desk.post("/bulk", {"action": "claim", "back": "//evil.example/"})
    assert (answer.location, "没有选择任务" in desk.page(answer.location)) == ("/", True)


def test_a_list_that_is_taken_over_moves_the_tasks(world: AdminWorld) -> None:
    case = world.filed("交接路1号")
    giver, taker = world.desk("window"), world.desk("all")
    carried_out(giver, "claim", case)
    colleague = re.search(r'<option value="(\w+)">黄全示', giver.page("/changeovers/new"))
    assert colleague is not None
    given = giver.post("/changeovers/new", {"taker": colleague[1], "reason": "休假", "task": chosen(case)})
    page = str(given.location)
    assert "等您签收" in taker.page("/")
    refused = world.desk("inspect1").client.get(page).status_code
    assert taker.post(f"{page}/take", {}).status_code == 303
    paper = taker.client.get(f"{page}/paper")
    assert (refused, paper.data[:5], case.number in taker.page("/?view=mine&size=100")) == (403, b"%PDF-", True)
    assert (case.number in giver.page("/?view=mine&size=100"), "已转移" in giver.page(page)) == (False, True)


def test_a_list_without_a_reason_keeps_what_was_chosen(world: AdminWorld) -> None:
    case, desk = world.filed("交接路2号"), world.desk("window")
    carried_out(desk, "claim", case)
    answer = desk.post("/changeovers/new", {"taker": "", "reason": "", "task": chosen(case)})
    assert (answer.status_code, f'value="{case.id}|accept-1" data-pick checked' in answer.text) == (422, True)


def test_the_search_finds_cases_by_number_name_and_address(world: AdminWorld) -> None:
    case, desk = world.filed("查得到的银杏巷9号"), world.desk("window")
    for asked in (f"number={case.number[:14]}", "text=银杏巷9", f"text={case.number}", "text=银杏巷9号&state=open"):
        assert f"/cases/{case.id}" in desk.page(f"/search?{asked}"), asked
    assert f"/cases/{case.id}" not in desk.page("/search?text=银杏巷9&state=closed")


def test_the_search_stays_in_ones_district(world: AdminWorld) -> None:
    case = world.filed("外区查不到的香樟巷9号")
    found = [f"/cases/{case.id}" in world.desk(login).page("/search?text=香樟巷") for login in ("pudong", "city")]
    assert found == [False, True]


def test_a_single_letter_is_told_to_be_too_little(world: AdminWorld) -> None:
    answer = world.desk("window").client.get("/search?text=路")
    assert (answer.status_code, "至少两个字" in answer.text) == (422, True)
