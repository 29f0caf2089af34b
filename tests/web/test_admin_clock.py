"""The clock and the hearing at the desk and on the portal: forms, panel, letters, what the applicant reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from engine.model.calendar import add_workdays
from engine.model.case import Case
from engine.model.matter import Duration, Limits
from engine.ports.accounts import Account
from engine.web.app import SESSION_KEY
from portal import create_app as portal_app
from tests.web.admin_world import PASSWORD, AdminWorld, desk_matter

LIMITS = Limits(
    legal=Duration(20), promised={"转人工": 8}, extend_days=10, extend_by="机关负责人", stops=("专家评审", "听证")
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdminWorld]:
    made = AdminWorld(Path(tmp_path_factory.mktemp("clock")))
    timed = msgspec.structs.replace(desk_matter(), limits=LIMITS, document_prefix="黄卫健", hash="c" * 64)
    with made.zhunyu.store.write() as tx:
        at = made.zhunyu.clock.now().isoformat(timespec="seconds")
        tx.versions.publish(timed, id=made.zhunyu.ids.new(), at=at, by="测试")
    made.zhunyu.accounts.create(Account("", "head", "staff", "黄负示", roles=("负责人",), district="黄浦区"), PASSWORD)
    yield made
    made.close()


def accepted(world: AdminWorld, site: str) -> Case:
    case = world.filed(site)
    assert world.desk("window").act(case, "accept", {"opinion": "予以受理。"}).status_code == 303
    return world.case(case)


def act(world: AdminWorld, case: Case, name: str, by: str = "inspect1", **values: Any) -> Any:
    given = {f"c-{key.replace('_', '-', 1) if key[-1].isdigit() else key}": value for key, value in values.items()}
    return world.desk(by).act(world.case(case), name, given)


def at_portal(world: AdminWorld) -> FlaskClient:
    client = portal_app(world.zhunyu).test_client()
    with client.session_transaction() as kept:
        kept[SESSION_KEY] = world.applicant.token
    return client


def read_by_applicant(world: AdminWorld, case: Case) -> str:
    return at_portal(world).get(f"/cases/{case.id}").text


STOP = {"ground": "专家评审", "days": "15", "reason": "需要专家评审。"}


def test_the_clock_is_stopped_told_and_resumed(world: AdminWorld) -> None:
    case = accepted(world, "停表路1号")
    assert "中止计时" in world.desk("inspect1").page(f"/cases/{case.id}/act/suspend")
    assert act(world, case, "suspend", **STOP).status_code == 303
    page = world.desk("inspect1").page(f"/cases/{case.id}")
    assert "已停表" in page and "因专家评审中止" in page and "中止计时告知书" in page and "恢复计时" in page
    assert "已停表" in world.desk("inspect1").page("/?text=" + case.number)
    letter = world.desk("inspect1").client.get(f"/cases/{case.id}/letters/suspension-1")
    assert letter.data.startswith(b"%PDF") and world.case(case).timing.stops[0].notice.startswith("黄卫健止〔")
    told = read_by_applicant(world, case)
    assert "办理时限已中止计算" in told and world.case(case).timing.stops[0].notice in told and "suspension-1" in told
    assert act(world, case, "resume", reason="意见已出。").status_code == 303
    assert "办理时限已中止计算" not in read_by_applicant(world, case)


def test_what_is_missing_or_not_allowed_is_told_in_the_form_and_nothing_typed_is_lost(world: AdminWorld) -> None:
    case = accepted(world, "停表路2号")
    answer = act(world, case, "suspend", **{**STOP, "ground": "", "days": "很多"})
    assert answer.status_code == 422
    assert "请选择停表事由。" in answer.text and "要写成整数" in answer.text and "需要专家评审。" in answer.text
    answer = act(world, case, "propose_extension", days="40", reason="案情复杂，需要延长。")
    assert "延长的天数应为 1 至 10 个工作日" in answer.text and "案情复杂，需要延长。" in answer.text
    assert "“核查”岗位" in act(world, case, "suspend", by="approve", **STOP).text


def test_an_extension_goes_from_who_handles_the_case_to_the_head(world: AdminWorld) -> None:
    case = accepted(world, "延期路1号")
    assert act(world, case, "propose_extension", days="10", reason="案情复杂。").status_code == 303
    assert "等待批准" in world.desk("inspect1").page(f"/cases/{case.id}")
    form = world.desk("head").page(f"/cases/{case.id}/act/extend")
    assert 'value="10"' in form and "案情复杂。" in form
    assert act(world, case, "extend", by="head", days="10", reason="案情复杂。").status_code == 303
    assert "已延长 10 个工作日" in world.desk("inspect1").page(f"/cases/{case.id}")
    assert world.desk("head").client.get(f"/cases/{case.id}/letters/extension").data.startswith(b"%PDF")
    assert "办理期限已延长 10 个工作日" in read_by_applicant(world, case)


def test_a_hearing_is_told_of_asked_for_called_and_ended(world: AdminWorld) -> None:
    case = accepted(world, "听证路1号")
    told = {"how": "告知申请人、利害关系人有要求听证的权利", "reason": "涉及相邻住户。", "third": "邻示民\n邻示居"}
    assert act(world, case, "tell_hearing", **told).status_code == 303
    today = world.zhunyu.clock.now().date()
    assert "您可以在" in read_by_applicant(world, case)
    assert act(world, case, "ask_hearing", by="inspect1", on=today.isoformat()).status_code == 422
    asked = {"c-by": "邻示民", "c-on": today.isoformat(), "c-words": "担心噪声。"}
    assert world.desk("inspect1").act(world.case(case), "ask_hearing", asked).status_code == 303
    assert world.case(case).timing.stops[0].ground == "听证"
    calendar = world.zhunyu.shelf.reference_calendar()
    soon, fit = (add_workdays(today, days, calendar) for days in (3, 10))
    call = {"place": "三楼会议室", "presider": "周主持", "public": "公开举行"}
    assert "最早可以定在" in act(world, case, "call_hearing", at=f"{soon}T09:30", **call).text
    assert act(world, case, "call_hearing", at=f"{fit}T09:30", **call).status_code == 303
    page = world.desk("inspect1").page(f"/cases/{case.id}")
    assert "三楼会议室" in page and "邻示居（利害关系人）" in page
    for kind in ("hearing-notice", "hearing-call"):
        assert world.desk("inspect1").client.get(f"/cases/{case.id}/letters/{kind}").data.startswith(b"%PDF")
    assert "三楼会议室" in read_by_applicant(world, case)
    assert act(world, case, "end_hearing", reason="申请人撤回。").status_code == 303
    assert world.case(case).due_legal


def test_the_applicant_asks_for_a_hearing_on_the_portal_in_time_and_once(world: AdminWorld) -> None:
    case, client = accepted(world, "听证路2号"), at_portal(world)
    here = f"/cases/{case.id}/hearing"
    assert "现在不能提出听证申请" in client.get(here).text
    told = {"how": "告知申请人、利害关系人有要求听证的权利", "reason": "涉及相邻住户。", "third": "邻示民"}
    assert act(world, case, "tell_hearing", **told).status_code == 303
    assert here in read_by_applicant(world, case)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(here).text)
    assert token is not None
    filled = {"csrf_token": token[1], "words": "对噪声的认定有意见。"}
    assert client.post(here, data=filled).status_code == 303
    hearing = world.case(case).hearing
    assert hearing is not None and (hearing.state, hearing.asked_by) == ("已申请", case.subjects[0].name)
    assert hearing.asked_words == "对噪声的认定有意见。" and hearing.hold_by
    (stop,) = world.case(case).timing.stops
    assert (stop.ground, stop.resumed_at) == ("听证", "") and stop.notice.startswith("黄卫健止〔")
    again = client.post(here, data=filled)
    assert (again.status_code, "听证程序不在这一步" in again.text) == (409, True)
    assert "将在" in read_by_applicant(world, case) and "通知听证时间地点" in world.desk("inspect1").page(
        f"/cases/{case.id}"
    )
