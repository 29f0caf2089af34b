"""The case page: what a supplement changed, materials as pictures, advice, similar cases, conditions, the course."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from engine.model.case import Case, SupplementItem
from engine.model.commands import AskSupplement
from engine.services.accounts import actor_of
from tests.web.admin_world import BASIS, PASSWORD, AdminWorld, one_page


@pytest.fixture
def world(admin_world: AdminWorld) -> AdminWorld:
    return admin_world


@pytest.fixture(scope="module")
def supplemented(admin_world: AdminWorld) -> Case:
    """A case whose plan and address came back changed."""
    world = admin_world
    case = world.filed("旧路1号", ready=False, plan=True)
    clerk = actor_of(world.zhunyu.accounts.sign_in("staff", "window", PASSWORD))
    items = (SupplementItem("请核对地址，平面图重新上传。", fields=("site", "ready"), materials=("plan",)),)
    world.zhunyu.acting._committing.carry_out(case, AskSupplement(items), clerk)
    cases = world.zhunyu.cases
    new = cases.supplement_upload(world.applicant, case.id, "plan", "新平面图.pdf", one_page() + b"\n")
    return cases.answer_supplement(world.applicant, case.id, {"site": "新路2号", "ready": False}, {"plan": (new,)})


def test_what_a_supplement_changed_stands_side_by_side(world: AdminWorld, supplemented: Case) -> None:
    page = world.desk("window").page(f"/cases/{supplemented.id}")
    part = page[page.index('id="altered"') : page.index('id="suggestion"')]
    assert all(word in part for word in ("旧路1号", "新路2号", "已修改", "平面图.pdf", "新平面图.pdf"))
    assert "要求补正但没有变化：设施已备齐" in part


def test_the_file_that_was_replaced_can_still_be_opened(world: AdminWorld, supplemented: Case) -> None:
    desk = world.desk("window")
    page = desk.page(f"/cases/{supplemented.id}")
    part = page[page.index('class="side was"') :]
    part = part[part.index("/files/") + 7 :]
    old = part[: part.index('"')]
    assert old not in {one.id for one in supplemented.uploads["plan"]}
    assert desk.client.get(f"/cases/{supplemented.id}/files/{old}").status_code == 200
    assert desk.client.get(f"/cases/{supplemented.id}/files/{'0' * 26}").status_code == 404


def test_a_page_of_a_file_is_a_picture_that_runs_nothing(world: AdminWorld, supplemented: Case) -> None:
    upload = supplemented.uploads["plan"][0].id
    address = f"/cases/{supplemented.id}/files/{upload}/pages"
    answer = world.desk("window").client.get(f"{address}/1?width=400")
    picture = Image.open(io.BytesIO(answer.data))
    assert (answer.mimetype, picture.format, picture.width) == ("image/jpeg", "JPEG", 480)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert world.desk("window").client.get(f"{address}/9").status_code == 404
    assert world.desk("pudong").client.get(f"{address}/1").status_code == 403


def test_the_advice_names_rule_and_clause_and_leads_to_no_filled_in_form(world: AdminWorld) -> None:
    case = world.filed("建议路1号", ready=False)
    page = world.desk("window").page(f"/cases/{case.id}")
    part = page[page.index('id="advice"') : page.index('id="suggestion"')]
    assert all(word in part for word in ("一次补正", "设施没有备齐。", "设施已备齐", "依据：", "不替您作任何选择"))
    assert "href" not in part.replace('href="#', "")


def test_conditions_and_clauses_and_the_course_are_on_the_page(world: AdminWorld, supplemented: Case) -> None:
    page = world.desk("window").page(f"/cases/{supplemented.id}")
    assert "有固定的经营场所" in page and "由人核实" in page and "《行政许可法》第三十二条" in page
    course = page[page.index('id="timeline"') :]
    assert all(word in course for word in ("补正提交", "补正告知", "收件", "办理意见", "系统记录"))


def test_similar_cases_show_how_they_were_decided_and_where_they_differ(world: AdminWorld) -> None:
    past = world.filed("相似路1号", ready=False)
    declined = {"reason": "设施没有备齐，不属于受理范围。", "basis": BASIS}
    assert world.desk("window").act(past, "decline", declined).status_code == 303
    case = world.filed("相似路2号", ready=False)
    desk = world.desk("window")
    assert "查找相似案例" in desk.page(f"/cases/{case.id}")
    page = desk.page(f"/cases/{case.id}/similar")
    part = desk.client.get(f"/cases/{case.id}/similar", headers={"HX-Request": "true"}).text
    assert "<html" in page and "<html" not in part
    assert all(word in part for word in (past.number, "不予受理", "相似 100%", declined["reason"], "用时 0 个工作日"))
    other = desk.page(f"/cases/{world.filed('相似路3号', ready=True).id}/similar")
    assert past.number not in other or "那件：否" in other


def test_similar_cases_are_never_shown_to_another_district(world: AdminWorld) -> None:
    case = world.filed("他区路1号")
    assert world.desk("pudong").client.get(f"/cases/{case.id}/similar").status_code == 403
