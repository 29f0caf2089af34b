"""The pages of the organisation: units and posts, delegations, the permission table with its versions, accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import ZhunyuError
from tests.web.admin_world import PASSWORD, AdminWorld, Desk


@pytest.fixture
def world(admin_world: AdminWorld) -> AdminWorld:
    return admin_world


@pytest.fixture
def security(world: AdminWorld) -> Desk:
    return world.desk("security")


def day(world: AdminWorld, more: int = 0) -> str:
    return (world.zhunyu.clock.now().date() + timedelta(days=more)).isoformat()


def settled(world: AdminWorld, login: str) -> str:
    """The id of an account whose owner has changed the first password."""
    id = next(one.id for one in world.zhunyu.accounts.list("staff") if one.login == login)
    with world.zhunyu.store.write() as tx:
        tx.sign_in.mark_password(id, world.zhunyu.clock.now().isoformat(), False)
    return id


def test_the_security_officer_builds_a_unit_a_post_and_puts_a_new_person_into_it(
    world: AdminWorld, security: Desk
) -> None:
    account = {"name": "新示一", "login": "newcomer", "district": "黄浦区", "roles": ["窗口"], "password": PASSWORD}
    assert security.post("/staff-accounts", account).status_code == 303
    with pytest.raises(ZhunyuError, match="A030"):  # the first password is to be changed
        world.zhunyu.accounts.sign_in("staff", "newcomer", PASSWORD)
    settled(world, "newcomer")
    unit = {"id": "t-sp", "name": "示例审批科", "district": "黄浦区"}
    assert security.post("/organisation/units", unit).status_code == 303
    post = {"id": "t-win", "name": "示例受理岗", "unit": "t-sp"}
    assert security.post("/organisation/posts", post).status_code == 303
    placed = security.post("/organisation/people", {"login": "newcomer", "post": "t-win", "since": day(world)})
    assert placed.status_code == 303
    page = world.desk("window").page("/organisation?q=新示一")
    assert "示例审批科" in page and "示例受理岗" in page and "新示一" in page and "安排人员" not in page
    row = {"index": "-1", "seen": "0", "post": "t-win", "roles": ["核查"], "sees": "按需", "since": day(world),
           "reason": "新设岗位"}  # fmt: skip
    asked = security.post("/permissions/row", row)
    assert asked.status_code == 200 and "增加　示例受理岗" in asked.text.replace("黄浦区 ", "")
    assert security.post("/permissions/row", {**row, "confirmed": "1"}).status_code == 303
    again = security.post("/permissions/row", {**row, "confirmed": "1"})
    assert again.status_code == 409 and "刚刚由他人改过" in again.text and "新设岗位" in again.text
    for reader in ("security", "audit"):
        assert "第 1 版" in world.desk(reader).page("/permissions")
    assert "核查" in world.desk("newcomer").page("/delegations")


def test_a_refused_change_says_why_and_keeps_what_was_typed(security: Desk) -> None:
    refused = security.post("/organisation/posts", {"id": "t-x", "name": "某岗", "unit": "nowhere"})
    assert refused.status_code == 422 and "没有这个单位" in refused.text and "某岗" in refused.text
    both = {"name": "兼示", "login": "both", "district": "黄浦区", "roles": ["审计", "审批"], "password": PASSWORD}
    apart = security.post("/staff-accounts", both)
    assert apart.status_code == 422 and "不能同时担任" in apart.text and "兼示" in apart.text


def test_an_account_is_stopped_restored_and_leads_to_help_with_signing_in(world: AdminWorld, security: Desk) -> None:
    account = {"name": "停示", "login": "stopme", "district": "黄浦区", "roles": ["窗口"], "password": PASSWORD}
    security.post("/staff-accounts", account)
    id = settled(world, "stopme")
    desk = world.desk("stopme")
    assert desk.client.get("/organisation").status_code == 200
    assert security.post(f"/staff-accounts/{id}/stop", {}).status_code == 303
    assert desk.client.get("/organisation").status_code == 303
    assert "停用" in security.page("/staff-accounts?q=stopme")
    assert security.post(f"/staff-accounts/{id}/restore", {}).status_code == 303
    assert f"/credentials/{id}" in security.page("/staff-accounts?q=stopme")
    assert security.post(f"/staff-accounts/{id}/password", {"password": "Other-Harbour-2027"}).status_code == 404
    with world.zhunyu.store.read() as tx:
        told = [(one.entry.what, one.entry.actor) for one in tx.history.of_trail(f"account:{id}")]
    keeper = next(one.id for one in world.zhunyu.accounts.list("staff") if one.login == "security")
    assert {("停用账号", keeper), ("恢复账号", keeper)} <= set(told)


def test_a_person_gives_and_takes_back_a_delegation_and_sees_who_acts_for_them(world: AdminWorld) -> None:
    giver, taker = world.desk("approve2"), next(
        one.id for one in world.zhunyu.accounts.list("staff") if one.login == "window"
    )
    sent = {"taker": taker, "roles": ["审批"], "since": day(world), "until": day(world, 2), "reason": "参加培训"}
    assert giver.post("/delegations/give", {**sent, "until": day(world, -2)}).status_code == 422
    assert giver.post("/delegations/give", sent).status_code == 303
    assert "参加培训" in giver.page("/delegations")
    assert '<span class="tag info">受委托' in world.desk("window").page("/delegations")
    entry = next(one.entry.id for one in world.zhunyu.staffing.delegating.lines(
        world.zhunyu.accounts.sign_in("staff", "approve2", PASSWORD))[0] if one.state == "有效")  # fmt: skip
    assert "参加培训" in world.desk("audit").page("/delegations/all")
    absent = {"person": taker, "deputy": taker, "since": day(world, 9), "until": day(world, 9)}
    assert world.desk("security").post("/delegations/all", absent).status_code == 422
    assert world.desk("audit").post("/delegations/all", absent).status_code == 403
    assert world.desk("inspect1").post(f"/delegations/{entry}/end", {}).status_code == 403
    assert giver.post(f"/delegations/{entry}/end", {}).status_code == 303
    assert "已收回" in giver.page("/delegations")
    assert '<span class="tag info">受委托' not in world.desk("window").page("/delegations")
