"""Messages by their pages: the badge, the list, preferences; and the log of the operator."""

from __future__ import annotations

import re

import msgspec
import pytest

from engine.ports.effects import Job
from engine.services.message_rules import MESSAGES, RATINGS
from tests.flow.test_messages import RATED, RULES
from tests.web.admin_world import AdminWorld, Desk
from tests.web.portal_world import PortalWorld
from tests.web.test_portal_cases import supplemented


@pytest.fixture(scope="module")
def world(admin_world: AdminWorld) -> AdminWorld:
    declare(admin_world)
    return admin_world


def declare(world: AdminWorld | PortalWorld) -> None:
    at = world.zhunyu.clock.now().isoformat()
    with world.zhunyu.store.write() as tx:
        tx.versions.keep_reference(MESSAGES, msgspec.json.encode(RULES), at)
        tx.versions.keep_reference(RATINGS, msgspec.json.encode(RATED), at)


def badge(desk: Desk, etag: str = "") -> tuple[int, int, str]:
    answer = desk.client.get("/messages/badge", headers={"X-Poll": "1", **({"If-None-Match": etag} if etag else {})})
    return answer.status_code, (answer.json or {}).get("unread", -1), answer.headers.get("ETag", "")


def first(page: str) -> str:
    found = re.search(r'href="(/messages/[0-9A-Z]{26})"', page)
    assert found is not None
    return found[1]


def test_the_badge_says_nothing_new_until_there_is(world: AdminWorld) -> None:
    desk = world.desk("window")
    _, before, etag = badge(desk)
    assert badge(desk, etag)[0] == 304
    world.filed("消息路1号")
    status, after, _ = badge(desk, etag)
    assert (status, after) == (200, before + 1)


def test_a_message_leads_to_its_case_and_is_read_with_that(world: AdminWorld) -> None:
    desk, case = world.desk("window"), world.filed("消息路2号")
    unread = badge(desk)[1]
    page = desk.page(first(desk.page("/messages")))
    assert "窗口示例许可" in page and f"/cases/{case.id}" in page
    assert badge(desk)[1] == unread - 1


def test_messages_are_put_away_and_found_by_kind_and_words(world: AdminWorld) -> None:
    desk = world.desk("window")
    world.filed("消息路3号")
    path = first(desk.page("/messages?box=all&rule=task_new&text=受理"))
    desk.post("/messages", {"what": "archive", "id": path.rsplit("/", 1)[1], "box": "all"})
    assert path not in desk.page("/messages?box=all") and path in desk.page("/messages?box=archived")
    assert "没有符合条件的消息" in desk.page("/messages?box=all&text=没有这样的话")
    desk.post("/messages", {"what": "read_all"})
    assert "没有未读消息" in desk.page("/messages")


def test_nobody_reads_a_message_of_another_district(world: AdminWorld) -> None:
    world.filed("消息路4号")
    path = first(world.desk("window").page("/messages"))
    assert world.desk("pudong").client.get(path).status_code == 404


def test_preferences_are_kept_and_what_is_wrong_with_them_is_told(world: AdminWorld) -> None:
    desk = world.desk("approve")
    chosen = {"contact.短信": "13800000009", "digest": "8", "quiet_from": "21", "quiet_to": "6"}
    chosen["task_new.办公平台"] = "1"
    assert desk.post("/messages/preferences", chosen).status_code == 303
    page = desk.page("/messages/preferences")
    assert 'value="13800000009"' in page and 'name="task_new.办公平台" value="1" checked' in page
    assert 'name="urged.短信" value="1" checked' not in page
    wrong = desk.post("/messages/preferences", {**chosen, "contact.短信": "123"})
    assert wrong.status_code == 422 and "短信的联系方式不对" in wrong.text and 'value="123"' in wrong.text


def test_the_operator_is_told_of_a_failed_push_and_sees_the_log_and_nobody_else(world: AdminWorld) -> None:
    job = Job("J1", "push", "", 1, "ywtb", "决定", {}, "k1")
    world.zhunyu.effects._give_up["push"](job, "对方拒收")
    desk = world.desk("system")
    page = desk.page("/messages")
    assert "推送失败" in page and "ywtb" in desk.page(first(page))
    assert desk.client.get("/outbox/messages").status_code == 200
    assert world.desk("window").client.get("/outbox/messages").status_code == 403


def test_an_applicant_reads_what_is_asked_of_them_and_a_rival_does_not(portal_world: PortalWorld) -> None:
    declare(portal_world)
    path = supplemented(portal_world, "消息路9号")
    browser = portal_world.browser()
    page = browser.get("/messages").text
    assert "需要补正" in page and 'data-badge="/messages/badge"' in page
    assert path in browser.get(first(page)).text
    assert "没有未读消息" in portal_world.browser("rival").get("/messages").text
    assert browser.get("/messages/preferences").status_code == 200
    assert portal_world.browser("").get("/messages/badge", headers={"Accept": "application/json"}).status_code == 401
