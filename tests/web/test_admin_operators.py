from __future__ import annotations

import msgspec
import pytest

from engine.ports.effects import Job
from engine.web.access import undeclared
from portal import create_app as create_portal
from tests.web.admin_world import AdminWorld, desk_matter


@pytest.fixture
def world(admin_world: AdminWorld) -> AdminWorld:
    return admin_world


@pytest.mark.parametrize("path", ["/matters", "/matters/desk_sample", "/certificates", "/password", "/?view=done"])
def test_staff_open_the_page(world: AdminWorld, path: str) -> None:
    assert world.desk("window").client.get(path).status_code == 200


def test_the_matter_page_shows_the_hash_of_the_version(world: AdminWorld) -> None:
    assert "b" * 64 in world.desk("window").page("/matters/desk_sample")


def test_only_the_matter_keeper_withdraws(world: AdminWorld) -> None:
    assert world.desk("window").client.get("/matters/desk_sample/withdraw").status_code == 403


def test_withdrawing_shows_a_confirmation_first(world: AdminWorld) -> None:
    assert "确认撤下" in world.desk("matters").page("/matters/desk_sample/withdraw")


def test_the_keeper_withdraws_a_matter(world: AdminWorld) -> None:
    gone = msgspec.structs.replace(desk_matter(), id="desk_gone", hash="c" * 64)
    with world.zhunyu.store.write() as tx:
        tx.versions.publish(gone, id=world.zhunyu.ids.new(), at="2026-11-23T09:00:00+08:00", by="测试")
    with world.zhunyu.store.read() as tx:
        before = {one.matter: one.state for one in tx.versions.current()}["desk_gone"]
    world.zhunyu.shelf._looked = 0.0
    world.desk("matters").post("/matters/desk_gone/withdraw", {"hash": "c" * 64})
    with world.zhunyu.store.read() as tx:
        after = {one.matter: one.state for one in tx.versions.current()}["desk_gone"]
    assert (before, after) == ("published", "withdrawn")


def test_the_keeper_puts_an_earlier_version_back(world: AdminWorld) -> None:
    for hash in ("d" * 64, "e" * 64):
        version = msgspec.structs.replace(desk_matter(), id="desk_twice", hash=hash)
        with world.zhunyu.store.write() as tx:
            tx.versions.publish(version, id=world.zhunyu.ids.new(), at="2026-11-23T09:00:00+08:00", by="测试")
    desk = world.desk("matters")
    asked = "确认恢复" in desk.page(f"/matters/desk_twice/restore/{'d' * 64}")
    reason = {"reason": "新版的核对有误，先退回上一版。"}
    desk.post(f"/matters/desk_twice/restore/{'d' * 64}", reason)
    with world.zhunyu.store.read() as tx:
        current = {one.matter: one.hash for one in tx.versions.current()}["desk_twice"]
    assert (asked, current) == (True, "d" * 64)


def test_a_matter_that_was_published_anew_meanwhile_is_not_withdrawn(world: AdminWorld) -> None:
    assert world.desk("matters").post("/matters/desk_sample/withdraw", {"hash": "old"}).status_code == 409


def test_the_outbox_is_for_the_system_operator(world: AdminWorld) -> None:
    codes = [world.desk(login).client.get("/outbox").status_code for login in ("window", "system")]
    assert codes == [403, 200]


def test_a_dead_letter_is_sent_again(world: AdminWorld) -> None:
    job = Job(
        id=world.zhunyu.ids.new(), kind="push", case="nobody", seq=1, to="ywtb", event="收件", body={}, key="k-1",
        created_at="2026-11-23T09:00:00.000+08:00", next_at="2026-11-23T09:00:00.000+08:00",
    )  # fmt: skip
    at = "2026-11-23T09:00:00.000+08:00"
    with world.zhunyu.store.write() as tx:
        tx.effects.enqueue(job)
        lease = {one.id: one.lease for one in tx.effects.claim(("push",), 50, lease="l", now=at, until=at)}[job.id]
        tx.effects.bury(job.id, lease, at, "对方拒收")
    desk = world.desk("system")
    shown = "对方拒收" in desk.page("/outbox")
    desk.post(f"/outbox/{job.id}/resend", {})
    with world.zhunyu.store.read() as tx:
        found = tx.effects.job(job.id)
    assert (shown, found is not None and found.state) == (True, "waiting")


def test_every_route_of_the_admin_app_declares_who_may_call_it(world: AdminWorld) -> None:
    assert undeclared(world.app) == ()


def test_every_route_of_the_portal_declares_who_may_call_it(world: AdminWorld) -> None:
    assert undeclared(create_portal(world.zhunyu)) == ()
