"""The pages of the guard, the draws, recall and the checks after the decision, and who may do what on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import msgspec
import pytest

from engine.model.case import Case, Status
from engine.model.guard import Guard
from engine.model.matter import Duration, Duty, Matter, Row
from engine.model.rule import ALWAYS
from engine.trust.sm3 import sm3_hex
from tests.web.admin_world import READY, AdminWorld, desk_matter

OPINION = {"opinion": "已到现场，与承诺逐项核对。"}


def instant_matter(id: str, hourly: int | None = None, sample: str = "") -> Matter:
    """Granted at once on the applicant's word, with a duty for two people."""
    base = desk_matter()
    fields = tuple(
        msgspec.structs.replace(
            group, fields=tuple(msgspec.structs.replace(one, prefill="") for one in group.fields)
        )
        for group in base.groups
    )
    duty = Duty("承诺事项核查", Duration(60, "自然日", "决定"), 2, {"相符": "结束", "不符": "责令限期整改"})
    return msgspec.structs.replace(
        base, id=id, title=f"示例许可 {id}", hash=sm3_hex(id.encode()), main_item=id, groups=fields, facts=(),
        materials=(), precheck=(), route=(), after=(duty,), sample=sample, guard=Guard(hourly=hourly),
        decide=(
            Row("instant", READY, "秒批", "已书面承诺。", commitment=True),
            Row("otherwise", ALWAYS, "转人工", "需核实。"),
        ),
    )  # fmt: skip


def filed(world: AdminWorld, matter: Matter) -> Case:
    """Publish a matter and file an application that fits."""
    zhunyu, at = world.zhunyu, world.zhunyu.clock.now().isoformat(timespec="seconds")
    with zhunyu.store.write() as tx:
        tx.versions.publish(matter, id=zhunyu.ids.new(), at=at, by="测试")
    zhunyu.shelf._looked = 0.0
    draft = zhunyu.drafts.start(world.applicant, matter.id)
    answers = {"name": "上海示例泊云酒店有限公司", "site": "示例路1号", "ready": True}
    zhunyu.drafts.save(world.applicant, draft.id, answers)
    return zhunyu.cases.submit(world.applicant, draft.id, draft.id)


@pytest.fixture
def file(admin_world: AdminWorld) -> Callable[[Matter], Case]:
    """As `filed`, on the installation of all tests."""
    return partial(filed, admin_world)


File = Callable[[Matter], Case]


def check_of(case: Case) -> str:
    return f"/cases/{case.id}/checks/duty-1"


def signed(world: AdminWorld, who: str, case: Case, result: str, version: int = 0) -> int:
    given = {"result": result, "version": version or world.case(case).version, **OPINION}
    return int(world.desk(who).post(check_of(case), given).status_code)


def test_a_tripped_guard_is_told_on_the_work_list_and_armed_again_by_who_may(
    admin_world: AdminWorld, file: File
) -> None:
    matter = instant_matter("guarded_one", hourly=1)
    first, second = file(matter), file(matter)
    told = admin_world.desk("window").page("/")
    path, epoch = "/safeguards/guarded_one/arm", {"epoch": "1"}
    refused = admin_world.desk("window").post(path, {**epoch, "reason": "好了"}).status_code
    unreasoned = admin_world.desk("approve").post(path, {**epoch, "reason": " "})
    armed = admin_world.desk("approve").post(path, {**epoch, "reason": "已核对，属正常。"}).status_code
    assert (first.status, second.status) == (Status.GRANTED, Status.RECEIVED)
    assert "示例许可 guarded_one" in told and "每小时上限" in told
    assert (refused, unreasoned.status_code, armed) == (403, 422, 303)
    assert "没有写明理由" in unreasoned.text
    assert "示例许可 guarded_one</b>：" not in admin_world.desk("window").page("/")


def test_staff_see_on_the_case_why_it_was_not_granted_at_once(admin_world: AdminWorld, file: File) -> None:
    matter = instant_matter("guarded_two", hourly=1)
    file(matter)
    assert "守护自本件起停下本事项的秒批" in admin_world.desk("window").page(f"/cases/{file(matter).id}")


def test_nobody_is_promised_what_the_guard_would_stop(admin_world: AdminWorld, file: File) -> None:
    matter, drafts = instant_matter("guarded_three", hourly=1), admin_world.zhunyu.drafts
    file(matter)
    draft = drafts.start(admin_world.applicant, matter.id)
    preview = drafts.preview(admin_world.applicant, draft.id, {"name": "示例", "site": "示例路1号", "ready": True})
    assert (preview.ready, preview.instant, preview.assessment.barred) == (True, False, ())


def test_two_inspectors_carry_the_duty_out_from_their_list(admin_world: AdminWorld, file: File) -> None:
    case = file(instant_matter("duty_one"))
    listed = admin_world.desk("inspect1").page("/?view=checks")
    first, again = signed(admin_world, "inspect1", case, "相符"), signed(admin_world, "inspect1", case, "相符")
    second = signed(admin_world, "inspect2", case, "相符")
    page = admin_world.desk("window").page(f"/cases/{case.id}")
    assert check_of(case) in listed and (first, again, second) == (303, 403, 303)
    assert re.search(r"相符</span> <a [^>]*><b>承诺事项核查", page)


def test_what_was_typed_survives_a_refusal(admin_world: AdminWorld, file: File) -> None:
    case = file(instant_matter("duty_two"))
    answer = admin_world.desk("inspect1").post(
        check_of(case), {"result": "不符", "version": case.version + 5, "opinion": "二楼与承诺不符"}
    )
    assert answer.status_code == 409 and "二楼与承诺不符" in answer.text


def test_a_check_is_recorded_by_its_role_only(admin_world: AdminWorld, file: File) -> None:
    case = file(instant_matter("duty_three"))
    assert signed(admin_world, "window", case, "相符") == 403
    assert admin_world.desk("pudong").client.get(check_of(case)).status_code == 403


@pytest.mark.parametrize(
    ("path", "seen"), [("/safeguards", 200), ("/safeguards/draws", 200), ("/recalls", 200), ("/recalls/nothing", 404)]
)
def test_the_pages_of_the_safeguards_are_for_who_answers_for_them(
    admin_world: AdminWorld, path: str, seen: int
) -> None:
    codes = {who: admin_world.desk(who).client.get(path).status_code for who in ("matters", "city", "approve")}
    assert codes == dict.fromkeys(codes, seen)
    assert admin_world.desk("inspect1").client.get(path).status_code == 403


def test_a_basis_is_found_frozen_and_lifted(admin_world: AdminWorld, file: File) -> None:
    matter = instant_matter("frozen_one")
    case = file(matter)
    desk = admin_world.desk("matters")
    asked = {"kind": "row", "matter": matter.id, "key": "instant", "since": "", "until": ""}
    listed = desk.client.get("/recalls", query_string=asked).text
    frozen = desk.post("/recalls", {**asked, "reason": "漏了条件", "do": "freeze"})
    stopped = file(matter)
    page = desk.page("/safeguards")
    lift = re.search(r"/safeguards/freezes/[0-9A-Z]+/lift", page)
    assert case.number in listed and frozen.status_code == 303 and stopped.status is Status.RECEIVED
    assert lift is not None and desk.post(lift[0], {"reason": "已改正"}).status_code == 303
    assert file(matter).status is Status.GRANTED


def test_a_recall_is_opened_confirmed_and_decided(admin_world: AdminWorld, file: File) -> None:
    matter = instant_matter("recalled_one")
    case = file(matter)
    desk = admin_world.desk("matters")
    asked = {"kind": "version", "matter": matter.id, "key": matter.hash}
    opened = desk.post("/recalls", {**asked, "reason": "发布有误", "do": "open"}).headers["Location"]
    running = desk.page(opened)
    admin_world.zhunyu.recalls.work(opened.rsplit("/", 1)[1])
    waiting = desk.page(opened)
    confirmed = desk.post(f"{opened}/confirm", {}).status_code
    check = f"/cases/{case.id}/checks/recall-{opened.rsplit('/', 1)[1]}"
    given = {"result": "撤销", "version": admin_world.case(case).version, **OPINION}
    decided = admin_world.desk("approve").post(check, given).status_code
    assert "正在逐件立案" in running and "确认召回 1 件" in waiting and (confirmed, decided) == (303, 303)
    assert "撤销 1 件" in desk.page(opened)


def test_a_recall_is_not_opened_by_who_may_not_or_of_another_district(admin_world: AdminWorld, file: File) -> None:
    matter = instant_matter("recalled_two")
    file(matter)
    asked = {"kind": "row", "matter": matter.id, "key": "instant", "reason": "有误", "do": "open"}
    assert admin_world.desk("approve").post("/recalls", asked).status_code == 403
    opened = admin_world.desk("matters").post("/recalls", asked).headers["Location"]
    assert admin_world.desk("pudong").client.get(opened).status_code == 403
    assert admin_world.desk("matters").post(f"{opened}/undo", {}).status_code == 303


def test_a_question_that_cannot_be_answered_is_said_so(admin_world: AdminWorld) -> None:
    desk = admin_world.desk("matters")
    answer = desk.client.get("/recalls", query_string={"kind": "row", "key": "instant"})
    assert answer.status_code == 422 and "须写明事项" in answer.text


def test_the_draw_of_today_is_withheld(admin_world: AdminWorld, file: File) -> None:
    file(instant_matter("drawn_one", sample="100%"))
    desk = admin_world.desk("city")
    today = admin_world.zhunyu.clock.now().date().isoformat()
    assert "次日公开" in desk.page("/safeguards/draws")
    assert "当天的种子在次日公开" in desk.page(f"/safeguards/draws?day={today}")
