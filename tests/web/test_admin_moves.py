"""Acts beside the steps at the desk: forms, confirmation, who may, what the others are told."""

from __future__ import annotations

import re

import pytest

from engine.model.case import Case, Status
from tests.web.admin_world import BASIS, AdminWorld
from tests.web.test_admin_desk import OPINION, accepted, inspected


@pytest.fixture
def world(admin_world: AdminWorld) -> AdminWorld:
    return admin_world


def account(world: AdminWorld, login: str) -> str:
    with world.zhunyu.store.read() as tx:
        found = tx.accounts.by_login("staff", login)
    assert found is not None
    return found[0].id


def move(world: AdminWorld, by: str, case: Case, name: str, **data: object):
    """What the desk answers to a confirmed act."""
    now = world.case(case)
    given = {"version": now.version, "confirmed": "1", **data}
    return world.desk(by).post(f"/cases/{case.id}/moves/{name}", given)


def refusals(world: AdminWorld, login: str) -> list[str]:
    world.zhunyu.audit.watching.flush()
    with world.zhunyu.store.read() as tx:
        found = tx.history.of_trail(f"refusal:{account(world, login)}")
    return [one.entry.what for one in found]


def test_a_step_is_sent_back_from_the_desk_to_the_group_that_did_it(world: AdminWorld) -> None:
    case = inspected(world, "退回路1号")
    answer = move(world, "approve", case, "send_back", step="inspect", reason="照片不清楚")
    step = world.case(case).steps[-1]
    assert (answer.status_code, step.step, step.round) == (303, "inspect", 2)


def test_a_move_asks_for_confirmation_first(world: AdminWorld) -> None:
    case = inspected(world, "退回路2号")
    answer = move(world, "approve", case, "send_back", step="inspect", reason="照片不清楚", confirmed="")
    assert ("确认退回" in answer.text, "现场核查" in answer.text, world.case(case).steps[-1].step) == (
        True, True, "approve",
    )  # fmt: skip


def test_a_form_that_is_not_filled_in_says_what_is_missing(world: AdminWorld) -> None:
    answer = move(world, "approve", inspected(world, "退回路3号"), "send_back", step="inspect", reason="")
    assert (answer.status_code, "请填写退回的理由" in answer.text) == (422, True)


def test_a_task_that_is_handed_over_is_in_the_list_of_the_colleague(world: AdminWorld) -> None:
    case = accepted(world, "转办路1号")
    to = account(world, "inspect2")
    assert move(world, "inspect1", case, "hand_over", target="inspect-1", to=to, reason="休假").status_code == 303
    assert case.number in world.desk("inspect2").page("/?view=mine")


def test_who_was_given_a_task_gives_it_back_with_a_reason(world: AdminWorld) -> None:
    case = accepted(world, "委派路1号")
    to = account(world, "inspect1")
    move(world, "approve", case, "assign", target="inspect-1", to=to, reason="请您去")
    page = world.desk("inspect1").page(f"/cases/{case.id}")
    without = world.desk("inspect1").post(f"/cases/{case.id}/tasks/inspect-1/release", {})
    answer = move(world, "inspect1", case, "give_back", target="inspect-1", reason="当天另有任务")
    assert (without.status_code, "写明理由" in without.text) == (409, True)
    assert ("退还任务" in page, answer.status_code) == (True, 303)
    assert case.number not in world.desk("inspect1").page("/?view=mine")


def test_who_does_not_lead_assigns_nothing_and_that_is_logged(world: AdminWorld) -> None:
    case = accepted(world, "委派路2号")
    before = len(refusals(world, "inspect2"))
    to = account(world, "inspect1")
    answer = move(world, "inspect2", case, "assign", target="inspect-1", to=to, reason="请您去")
    assert (answer.status_code, refusals(world, "inspect2")[before:]) == (409, ["拒绝 状态不符"])


def test_a_forged_task_is_refused_and_logged(world: AdminWorld) -> None:
    case = accepted(world, "伪造路1号")
    before = len(refusals(world, "inspect1"))
    to = account(world, "inspect2")
    answer = move(world, "inspect1", case, "give_back", target="approve-9", reason="编造的")
    forged = move(world, "inspect1", case, "hand_over", target="inspect-7", to=to, reason="编造的")
    assert (answer.status_code, forged.status_code) == (404, 404)
    assert refusals(world, "inspect1")[before:] == ["拒绝 编号不存在"] * 2


def test_two_who_act_at_once_one_wins_and_the_other_loses_no_text(world: AdminWorld) -> None:
    case, typed = inspected(world, "抢办路3号"), "我写了很久的退回理由"
    version = world.case(case).version
    world.desk("approve2").act(world.case(case), "refuse", {"reason": "不符合", "basis": BASIS})
    answer = move(world, "approve", case, "send_back", version=version, step="inspect", reason=typed)
    assert (answer.status_code, "已被他人处理" in answer.text, typed in answer.text) == (409, True, True)


def test_a_reminder_in_between_takes_nothing_from_who_has_the_form_open(world: AdminWorld) -> None:
    case = accepted(world, "催办路1号")
    assert move(world, "window", case, "remind").status_code == 303
    answer = world.desk("inspect1").act(case, "finish_step", {"result": "符合", "opinion": OPINION}, case.version)
    assert answer.status_code == 303


def test_a_second_reminder_within_the_hour_is_refused(world: AdminWorld) -> None:
    case = accepted(world, "催办路2号")
    move(world, "window", case, "remind")
    answer = move(world, "window", case, "remind")
    assert (answer.status_code, "一小时内只催办一次" in answer.text) == (403, True)


def test_a_step_waits_for_a_further_opinion_and_says_so(world: AdminWorld) -> None:
    case = inspected(world, "加签路1号")
    asked = account(world, "approve2")
    assert move(world, "approve", case, "ask_cosign", people=asked, question="是否可行").status_code == 303
    assert "加签还有 1 项没有表态：黄批乙" in world.desk("approve").page(f"/cases/{case.id}")
    assert "是否可行" in world.desk("approve2").page(f"/cases/{case.id}/moves/state_cosign?target=cosign-1")
    stated = move(world, "approve2", case, "state_cosign", target="cosign-1", agrees="同意", opinion="可行")
    granted = world.desk("approve").act(world.case(case), "grant", {"opinion": "准予。"})
    assert (stated.status_code, granted.status_code) == (303, 303)


def test_a_copy_is_read_once_it_is_opened_and_the_sender_sees_that(world: AdminWorld) -> None:
    case = accepted(world, "抄送路1号")
    move(world, "window", case, "send_copy", people=account(world, "approve"), note="请知悉此件")
    inbox = world.desk("approve").page("/copies")
    copy = re.search(r'/copies/(\w+)"[^>]*>(?:(?!</tr>).)*' + case.number, inbox, re.DOTALL) or re.search(
        case.number + r'(?:(?!</tr>).)*?/copies/(\w+)"', inbox, re.DOTALL
    )
    assert copy is not None and "请知悉此件" in inbox
    before = "黄批示已读" in world.desk("window").page(f"/cases/{case.id}")
    answer = world.desk("approve").post(f"/copies/{copy[1]}", {})
    assert (before, answer.status_code) == (False, 303)
    assert "黄批示已读" in world.desk("window").page(f"/cases/{case.id}")


def test_a_copy_of_somebody_else_is_not_opened(world: AdminWorld) -> None:
    case = accepted(world, "抄送路2号")
    move(world, "window", case, "send_copy", people=account(world, "approve"), note="")
    with world.zhunyu.store.read() as tx:
        (copy,) = tx.copies.of_case(case.id)
    assert world.desk("inspect1").post(f"/copies/{copy.id}", {}).status_code == 404


def test_a_wrong_click_is_taken_back(world: AdminWorld) -> None:
    case = inspected(world, "撤回路1号")
    answer = move(world, "inspect2", case, "take_back", reason="点错了")
    record = world.case(case).steps[-1]
    assert (answer.status_code, record.step, record.finished_at) == (303, "inspect", "")
    assert world.desk("inspect2").act(world.case(case), "finish_step", {"result": "符合", "opinion": OPINION})


def test_nothing_is_taken_back_once_the_next_has_begun(world: AdminWorld) -> None:
    case = inspected(world, "撤回路2号")
    world.desk("approve").post(f"/cases/{case.id}/tasks/approve-1/claim", {})
    answer = move(world, "inspect2", case, "take_back", reason="点错了")
    assert (answer.status_code, "已经领取任务" in answer.text) == (403, True)


def test_a_terminated_case_has_its_letter(world: AdminWorld) -> None:
    case = accepted(world, "终止路1号")
    answer = move(
        world, "approve", case, "terminate", ground="申请人死亡或者终止", reason="企业已注销登记。", basis=BASIS
    )
    letter = world.desk("approve").client.get(f"/cases/{case.id}/letters/termination")
    assert (answer.status_code, world.case(case).status) == (303, Status.TERMINATED)
    assert (letter.status_code, letter.data[:5]) == (200, b"%PDF-")


def test_whoever_is_to_keep_away_cannot_claim_or_act_any_more(world: AdminWorld) -> None:
    case = accepted(world, "回避路1号")
    person = account(world, "inspect1")
    world.desk("inspect1").post(f"/cases/{case.id}/tasks/inspect-1/claim", {})
    move(world, "inspect1", case, "ask_recusal", person=person, reason="与申请人是近亲属")
    answer = move(
        world, "approve", case, "decide_recusal", target="recusal-1", approved="批准", opinion="应当回避"
    )
    claimed = world.desk("inspect1").post(f"/cases/{case.id}/tasks/inspect-1/claim", {})
    acted = world.desk("inspect1").act(world.case(case), "finish_step", {"result": "符合", "opinion": OPINION})
    assert (answer.status_code, claimed.status_code, acted.status_code) == (303, 403, 403)
    assert case.number not in world.desk("inspect1").page("/?view=mine")


def test_a_letter_is_corrected_and_the_old_one_is_kept(world: AdminWorld) -> None:
    case = accepted(world, "更正路1号")
    desk = world.desk("approve")
    old = desk.client.get(f"/cases/{case.id}/letters/receipt").data
    answer = move(
        world, "approve", case, "correct_letter", letter="accepted", was="泊云", now="柏云", reason="单位名称有错字"
    )
    new = desk.client.get(f"/cases/{case.id}/letters/receipt").data
    assert (answer.status_code, new != old) == (303, True)
    assert desk.client.get(f"/cases/{case.id}/letters/receipt~0").data == old
    found = world.zhunyu.certificates.by_file(old)
    assert (found.state, "已被更正" in found.reason) == ("revoked", True)
    assert world.zhunyu.certificates.by_file(new).state == "valid"


@pytest.mark.parametrize(
    ("was", "now", "why"), [("没有的字", "别的", "文书里没有"), ("予以受理", "不予受理", "会改变决定的内容")]
)
def test_what_is_no_slip_of_the_pen_is_not_corrected(world: AdminWorld, was: str, now: str, why: str) -> None:
    case = accepted(world, f"更正路{len(was)}{len(now)}号")
    answer = move(world, "approve", case, "correct_letter", letter="accepted", was=was, now=now, reason="有错字")
    assert (answer.status_code, why in answer.text, was in answer.text) == (422, True, True)


def test_a_service_is_put_on_record_with_its_letter(world: AdminWorld) -> None:
    case = accepted(world, "送达路1号")
    given = {"items": "letter:accepted", "to": "上海示例泊云酒店有限公司", "how": "留置送达",
             "day": case.received_at[:10], "place": "经营场所", "refused": "拒绝签收", "witness": ""}  # fmt: skip
    refused = move(world, "window", case, "record_service", **given)
    assert (refused.status_code, "见证人" in refused.text) == (422, True)
    assert move(world, "window", case, "record_service", **{**given, "witness": "居委会 王某"}).status_code == 303
    assert world.desk("window").client.get(f"/cases/{case.id}/letters/service-1").data[:5] == b"%PDF-"


def test_every_move_that_is_offered_has_a_form(world: AdminWorld) -> None:
    case = inspected(world, "表单路1号")
    desk = world.desk("approve")
    links = set(re.findall(rf'href="(/cases/{case.id}/moves/[^"]+)"', desk.page(f"/cases/{case.id}")))
    assert len(links) >= 8
    assert {desk.client.get(link.replace("&amp;", "&")).status_code for link in links} == {200}


def test_opinion_templates_are_added_used_changed_and_deleted(world: AdminWorld) -> None:
    desk, case = world.desk("approve"), inspected(world, "模板路1号")
    desk.post("/opinions/own", {"action": "grant", "text": "材料齐全，予以准予。"})
    assert "材料齐全，予以准予。" in desk.page(f"/cases/{case.id}/act/grant")
    with world.zhunyu.store.read() as tx:
        (kept,) = tx.opinions.of((f"account:{account(world, 'approve')}",))
    desk.post(f"/opinions/own/{kept.id}", {"action": "", "text": "改过的意见。", "_do": "save"})
    assert "改过的意见。" in desk.page(f"/cases/{case.id}/act/refuse")
    desk.post(f"/opinions/own/{kept.id}", {"_do": "remove", "text": "x"})
    assert "改过的意见。" not in desk.page("/opinions")


def test_the_templates_of_the_office_are_kept_by_who_leads(world: AdminWorld) -> None:
    refused = world.desk("inspect1").post("/opinions/office", {"text": "本机关的意见"})
    world.desk("approve").post("/opinions/office", {"text": "本机关统一的意见"})
    page = world.desk("inspect1").page("/opinions")
    assert (refused.status_code, "本机关统一的意见" in page) == (403, True)
    assert "本机关统一的意见" not in world.desk("pudong").page("/opinions")


def test_nobody_changes_a_template_of_somebody_else(world: AdminWorld) -> None:
    world.desk("approve2").post("/opinions/own", {"text": "我自己的意见"})
    with world.zhunyu.store.read() as tx:
        kept = tx.opinions.of((f"account:{account(world, 'approve2')}",))[0]
    answer = world.desk("approve").post(f"/opinions/own/{kept.id}", {"_do": "remove", "text": "x"})
    assert answer.status_code == 404
