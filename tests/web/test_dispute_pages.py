"""The pages of disputes and of findings of false materials."""

from __future__ import annotations

from typing import Any

import pytest

from engine.model.case import Case
from tests.web.admin_world import AdminWorld

OPENED = {
    "kind": "行政复议", "number": "沪府复字第1号", "party": "张示例", "claim": "请求撤销。",
    "received_on": "2026-01-05",
}  # fmt: skip


def post(world: AdminWorld, login: str, case: Case, move: str, **said: str) -> Any:
    given = {"version": str(world.case(case).version), **said}
    return world.desk(login).post(f"/cases/{case.id}/disputes/{move}", given)


def test_a_dispute_is_registered_answered_and_ended_by_its_pages(admin_world: AdminWorld) -> None:
    case = admin_world.filed("争议路1号")
    wrong = post(admin_world, "approve", case, "open", **{**OPENED, "kind": ""})
    answers = [
        post(admin_world, "approve", case, "open", **OPENED),
        post(admin_world, "approve", case, "answer", dispute="dispute-1", answer="证据三份。"),
        post(admin_world, "approve", case, "stay", dispute="dispute-1", basis="沪停1号"),
        post(admin_world, "approve", case, "close", dispute="dispute-1", outcome="维持", outcome_number="沪复1号"),
    ]
    listed = admin_world.desk("approve").page("/disputes?state=已结")
    assert wrong.status_code == 422 and "没有选择争议的种类" in wrong.text and "请求撤销。" in wrong.text
    assert [one.status_code for one in answers] == [303] * 4
    assert "沪府复字第1号" in listed and "维持" in admin_world.desk("approve").page(f"/cases/{case.id}")


def test_false_materials_are_found_by_two(admin_world: AdminWorld) -> None:
    case = admin_world.filed("争议路2号")
    reported = post(admin_world, "approve", case, "report", facts="合同系伪造", evidence="说明一份")
    own = admin_world.desk("approve").page(f"/cases/{case.id}/disputes")
    decided = post(
        admin_world, "approve2", case, "decide", falsehood="falsehood-1", found="1", ban="1", statement="承认",
        reason="事实清楚",
    )
    told = admin_world.desk("approve").page(f"/cases/{case.id}/disputes")
    assert (reported.status_code, decided.status_code) == (303, 303)
    assert "作出决定" not in own and "禁止申请到" in told


@pytest.mark.parametrize("login", ["window", "inspect1", "matters", "audit", "system"])
def test_other_roles_do_not_get_in(admin_world: AdminWorld, login: str) -> None:
    assert admin_world.desk(login).client.get("/disputes").status_code == 403


def test_a_decision_made_again_keeps_the_letter_of_the_first(admin_world: AdminWorld) -> None:
    case = admin_world.filed("争议路3号")
    admin_world.desk("window").act(case, "decline", {"reason": "不属于本机关。", "basis": "《示例条例》第四条"})
    first = admin_world.desk("window").client.get(f"/cases/{case.id}/letters/decision").data
    post(admin_world, "approve", case, "open", **OPENED)
    post(
        admin_world, "approve", case, "close", dispute="dispute-1", outcome="撤销并责令重作", outcome_number="沪复1号"
    )
    again = post(admin_world, "approve", case, "reopen", dispute="dispute-1", reason="复议机关要求重新受理。")
    client = admin_world.desk("approve").client
    kept, none = (client.get(f"/cases/{case.id}/letters/{one}") for one in ("former-0", "decision"))
    assert (again.status_code, kept.status_code, none.status_code) == (303, 200, 404)
    assert kept.data == first and "原决定书" in client.get(f"/cases/{case.id}").text
