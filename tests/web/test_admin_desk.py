from __future__ import annotations

import pytest

from engine.model.case import Case, Status
from tests.web.admin_world import BASIS, PASSWORD, AdminWorld, Desk

OPINION = "经核查，与申请内容一致。"


@pytest.fixture
def world(admin_world: AdminWorld) -> AdminWorld:
    return admin_world


def accepted(world: AdminWorld, site: str, by: str = "window") -> Case:
    case = world.filed(site)
    assert world.desk(by).act(case, "accept", {"opinion": "予以受理。"}).status_code == 303
    return world.case(case)


def inspected(world: AdminWorld, site: str) -> Case:
    case = accepted(world, site)
    for login in ("inspect1", "inspect2"):
        answer = world.desk(login).act(world.case(case), "finish_step", {"result": "符合", "opinion": OPINION})
        assert answer.status_code == 303
    return world.case(case)


def test_a_visitor_is_sent_to_sign_in(world: AdminWorld) -> None:
    assert world.app.test_client().get("/").location == "/login?next=%2F"


def test_a_wrong_password_shows_the_page_again_with_the_login(world: AdminWorld) -> None:
    answer = Desk(world.app.test_client()).post("/login", {"login": "window", "password": "wrong"})
    assert (answer.status_code, 'value="window"' in answer.text) == (401, True)


def test_an_applicant_cannot_sign_in_at_the_desk(world: AdminWorld) -> None:
    assert Desk(world.app.test_client()).post("/login", {"login": "hotel", "password": PASSWORD}).status_code == 401


def test_five_wrong_passwords_lock_the_account(world: AdminWorld) -> None:
    desk = Desk(world.app.test_client())
    for _ in range(5):
        desk.post("/login", {"login": "nobody", "password": "wrong"})
    assert "账号已锁定" in desk.post("/login", {"login": "nobody", "password": PASSWORD}).text


def test_signing_in_goes_only_to_a_page_of_this_site(world: AdminWorld) -> None:
    desk = Desk(world.app.test_client())
    answer = desk.post("/login", {"login": "window", "password": PASSWORD, "next": "//evil.example/"})
    assert answer.location == "/"


def test_acting_without_the_csrf_token_changes_nothing(world: AdminWorld) -> None:
    case, desk = world.filed("无令牌路1号"), world.desk("window")
    desk.client.post(f"/cases/{case.id}/act/accept", data={"version": case.version, "confirmed": "1"})
    assert world.case(case).status is Status.RECEIVED


def test_a_new_case_is_in_the_list_of_its_post(world: AdminWorld) -> None:
    case = world.filed("待办路1号")
    assert f"/cases/{case.id}" in world.desk("window").page(f"/?text={case.number}")


def test_the_counts_are_asked_without_the_page(world: AdminWorld) -> None:
    world.filed("计数路1号")
    page = world.desk("window").page("/counts?view=group")
    assert ("<html" in page, "本岗待办" in page) == (False, True)


def test_a_new_case_is_not_in_the_list_of_another_district(world: AdminWorld) -> None:
    case = world.filed("待办路2号")
    assert f"/cases/{case.id}" not in world.desk("pudong").page(f"/?view=all&text={case.number}")


def test_the_city_sees_every_district(world: AdminWorld) -> None:
    case = world.filed("待办路3号")
    assert world.desk("city").client.get(f"/cases/{case.id}").status_code == 200


def test_a_case_is_unread_until_it_was_opened(world: AdminWorld) -> None:
    case, desk = world.filed("未读路1号"), world.desk("window")
    before = "有新情况" in desk.page(f"/?text={case.number}")
    desk.page(f"/cases/{case.id}")
    assert (before, "有新情况" in desk.page(f"/?text={case.number}")) == (True, False)


def test_a_case_of_another_district_is_refused(world: AdminWorld) -> None:
    case = world.filed("跨区路1号")
    answer = world.desk("pudong").client.get(f"/cases/{case.id}")
    assert (answer.status_code, "没有查看权限" in answer.text) == (403, True)


def test_acting_on_a_case_of_another_district_is_refused(world: AdminWorld) -> None:
    case = world.filed("跨区路2号")
    answer = world.desk("pudong").act(case, "accept")
    assert (answer.status_code, world.case(case).status) == (403, Status.RECEIVED)


def test_a_file_of_a_case_of_another_district_is_refused(world: AdminWorld) -> None:
    case = world.filed("跨区路3号")
    assert world.desk("pudong").client.get(f"/cases/{case.id}/files/any").status_code == 403


def test_the_page_holds_an_answer_that_agrees_with_who_signed_in(world: AdminWorld) -> None:
    assert "一致" in world.desk("window").page(f"/cases/{world.filed('核对路1号').id}")


def test_the_page_says_of_an_unavailable_source_that_nothing_was_verified(world: AdminWorld) -> None:
    assert "未能核验" in world.desk("window").page(f"/cases/{world.filed('核对路2号').id}")


def test_the_page_shows_why_a_finding_failed(world: AdminWorld) -> None:
    page = world.desk("window").page(f"/cases/{world.filed('意见路1号').id}")
    assert ("设施没有备齐。" in page, "怎样更正：请备齐设施。" in page) == (True, True)


def test_what_an_applicant_typed_is_shown_as_text(world: AdminWorld) -> None:
    page = world.desk("window").page(f"/cases/{world.filed('<script>alert(1)</script>路1号').id}")
    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)


def test_a_file_is_shown_in_the_viewer_and_may_load_nothing(world: AdminWorld) -> None:
    case = world.filed("材料路1号", plan=True)
    upload = case.uploads["plan"][0]
    answer = world.desk("window").client.get(f"/cases/{case.id}/files/{upload.id}")
    policy = answer.headers["Content-Security-Policy"]
    assert (answer.content_type, "default-src 'none'" in policy, "frame-ancestors 'self'" in policy) == (
        "application/pdf", True, True,
    )  # fmt: skip


def test_a_decided_case_has_its_letters_as_pdf(world: AdminWorld) -> None:
    case = world.filed("文书路1号")
    world.desk("window").act(case, "decline", {"reason": "不属于本机关职权范围。", "basis": BASIS})
    answer = world.desk("window").client.get(f"/cases/{case.id}/letters/decision")
    assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")


def test_an_action_asks_for_confirmation_first(world: AdminWorld) -> None:
    case, desk = world.filed("确认路1号"), world.desk("window")
    answer = desk.act(case, "accept", {"confirmed": "", "opinion": "予以受理。"})
    assert ("确认受理" in answer.text, world.case(case).status) == (True, Status.RECEIVED)


def test_the_accepted_case_goes_to_inspection(world: AdminWorld) -> None:
    assert accepted(world, "受理路1号").steps[-1].step == "inspect"


def test_an_action_of_another_state_is_refused(world: AdminWorld) -> None:
    case = accepted(world, "状态路1号")
    answer = world.desk("window").act(case, "accept")
    assert answer.status_code == 409


def test_an_action_of_another_post_is_refused(world: AdminWorld) -> None:
    case = world.filed("岗位路1号")
    answer = world.desk("approve").act(case, "accept")
    assert (answer.status_code, world.case(case).status) == (403, Status.RECEIVED)


def test_the_second_of_two_people_is_told_and_keeps_what_was_typed(world: AdminWorld) -> None:
    case, typed = world.filed("抢办路1号"), "我写了很久的理由"
    world.desk("window").act(case, "accept")
    answer = world.desk("all").act(case, "decline", {"reason": typed, "basis": BASIS})
    assert (answer.status_code, "已被他人处理" in answer.text, typed in answer.text) == (409, True, True)


def test_the_second_of_two_people_changes_nothing(world: AdminWorld) -> None:
    case = world.filed("抢办路2号")
    world.desk("window").act(case, "accept")
    world.desk("all").act(case, "decline", {"reason": "理由", "basis": BASIS})
    assert world.case(case).status is Status.ACCEPTED


def test_one_inspector_alone_does_not_finish_the_inspection(world: AdminWorld) -> None:
    case = accepted(world, "核查路1号")
    world.desk("inspect1").act(case, "finish_step", {"result": "符合", "opinion": OPINION})
    assert world.case(case).steps[-1].finished_at == ""


def test_one_inspector_does_not_sign_twice(world: AdminWorld) -> None:
    case = accepted(world, "核查路2号")
    desk = world.desk("inspect1")
    desk.act(case, "finish_step", {"result": "符合", "opinion": OPINION})
    assert desk.act(world.case(case), "finish_step", {"result": "符合", "opinion": OPINION}).status_code == 403


def test_two_inspectors_finish_the_inspection(world: AdminWorld) -> None:
    assert inspected(world, "核查路3号").steps[-1].step == "approve"


def test_an_inspection_needs_a_result(world: AdminWorld) -> None:
    answer = world.desk("inspect1").act(accepted(world, "核查路4号"), "finish_step", {"opinion": OPINION})
    assert (answer.status_code, "请选择本环节的结论" in answer.text) == (422, True)


def test_whoever_accepted_the_case_does_not_decide_it(world: AdminWorld) -> None:
    case = accepted(world, "分离路1号", by="all")
    for login in ("inspect1", "inspect2"):
        world.desk(login).act(world.case(case), "finish_step", {"result": "符合", "opinion": OPINION})
    answer = world.desk("all").act(world.case(case), "grant", {"opinion": "准予。"})
    assert (answer.status_code, "不得再办本环节" in answer.text) == (403, True)


def test_the_grant_orders_the_certificate(world: AdminWorld) -> None:
    case = inspected(world, "准予路1号")
    world.desk("approve").act(case, "grant", {"opinion": "准予许可。"})
    granted = world.case(case)
    assert (granted.status, len(granted.certificates)) == (Status.GRANTED, 1)


def test_a_refusal_needs_reasons_and_basis(world: AdminWorld) -> None:
    answer = world.desk("approve").act(inspected(world, "不予路1号"), "refuse")
    assert ("请写明理由" in answer.text, "请勾选或填写" in answer.text, answer.status_code) == (True, True, 422)


def test_a_refusal_with_reasons_closes_the_case(world: AdminWorld) -> None:
    case = inspected(world, "不予路2号")
    world.desk("approve").act(case, "refuse", {"reason": "场所不符合条件。", "more_basis": "《示例条例》第九条"})
    decision = world.case(case).decision
    assert decision is not None and decision.basis == ("《示例条例》第九条",)


def test_the_request_for_supplement_is_drawn_up_from_the_findings(world: AdminWorld) -> None:
    page = world.desk("window").page(f"/cases/{world.filed('补正路1号').id}/act/ask_supplement")
    assert ("设施没有备齐。请备齐设施。" in page, 'name="fields-0" value="ready" checked' in page) == (True, True)


def test_an_item_is_added_to_the_request_without_losing_the_others(world: AdminWorld) -> None:
    case = world.filed("补正路2号")
    given = {"items": "1", "what-0": "补一张图", "materials-0": "plan", "change": "add", "confirmed": ""}
    page = world.desk("window").act(case, "ask_supplement", given).text
    assert ("补一张图" in page, 'name="what-1"' in page) == (True, True)


def test_an_item_is_removed_from_the_request(world: AdminWorld) -> None:
    case = world.filed("补正路3号")
    given = {"items": "2", "what-0": "补一张图", "what-1": "补签名", "change": "remove-0", "confirmed": ""}
    page = world.desk("window").act(case, "ask_supplement", given).text
    assert ("补一张图" in page, "补签名" in page) == (False, True)


def test_an_item_that_opens_nothing_is_refused(world: AdminWorld) -> None:
    case = world.filed("补正路4号")
    answer = world.desk("window").act(case, "ask_supplement", {"items": "1", "what-0": "补一张图"})
    assert (answer.status_code, "选择申请人可以修改的内容" in answer.text) == (422, True)


def test_the_request_for_supplement_reaches_the_case(world: AdminWorld) -> None:
    case = world.filed("补正路5号")
    world.desk("window").act(case, "ask_supplement", {"items": "1", "what-0": "补一张图", "materials-0": "plan"})
    now = world.case(case)
    assert now.supplement is not None
    assert (now.status, now.supplement.items[0].materials) == (Status.SUPPLEMENT, ("plan",))


def test_a_task_is_taken_by_one_person(world: AdminWorld) -> None:
    case = world.filed("领取路1号")
    with world.zhunyu.store.read() as store:
        task = store.cases.tasks(case.id)[0].task
    world.desk("window").post(f"/cases/{case.id}/tasks/{task}/claim", {})
    assert world.desk("all").post(f"/cases/{case.id}/tasks/{task}/claim", {}).status_code == 409
