"""A site inspection on a phone that loses its network, and its session, and sends what it kept once.

The server swallows the first answer to everything that is sent, so that the phone has to send it again.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect
from werkzeug.serving import make_server

from engine.model.case import Case
from tests.browser.inspecting import Inspection, inspect
from tests.browser.visitors import PHONE
from tests.web.admin_world import PASSWORD, AdminWorld
from tests.web.field_world import accepted, field_world, ids, planned

KEPT = os.environ.get("ZHUNYU_PICTURES", "")
# The sender fires twice at a time, until nothing is left or it has been tried often enough.
FIRE = """async () => {
  for (let turn = 0; turn < 8; turn += 1) {
    await Promise.all([window.ZhunyuField.flush(), window.ZhunyuField.flush()]);
    if (!(await window.ZhunyuField.queue()).length) break;
  }
  return (await window.ZhunyuField.queue()).length;
}"""
PAGES = {"field.page", "fieldwork.visit", "fieldwork.panel", "reviews.listing", "reviews.seat", "phone.me"}


class Swallowing:
    """Carries every request out, and loses the first answer to each thing that was sent from the phone."""

    def __init__(self, app: Any) -> None:
        self.app, self.sent = app, list[str]()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "POST" or not path.startswith("/field/"):
            return self.app(environ, start)
        first = path not in self.sent
        self.sent.append(path)
        if not first:
            return self.app(environ, start)
        list(self.app(environ, lambda *given, **more: None))
        start("502 Bad Gateway", [("Content-Type", "text/plain")])
        return [b"lost"]


@dataclass
class Inspected:
    """What was seen on the way."""

    offline: str = ""
    queued: str = ""
    expired: str = ""
    left: int = -1
    told: list[str] = field(default_factory=list)
    kept_after: list[str] = field(default_factory=list)
    looks: dict[str, Inspection] = field(default_factory=dict)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AdminWorld, str, Swallowing]]:
    with field_world(tmp_path_factory.mktemp("field")) as world:
        app = Swallowing(world.app)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield world, f"http://127.0.0.1:{server.port}", app
        server.shutdown()
        thread.join(timeout=5)


@pytest.fixture(scope="module")
def case(served: tuple[AdminWorld, str, Swallowing]) -> Case:
    return planned(served[0], "示例路1号2层")


@pytest.fixture(scope="module")
def way(served: tuple[AdminWorld, str, Swallowing], browser: Browser, case: Case) -> Iterator[Inspected]:
    world, base, _ = served
    met = Inspected()
    context = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    page = context.new_page()
    sign_in(page, base, "inspect1")
    met.looks["fieldwork.visit"] = look(page, "visit", f"{base}/cases/{case.id}/visit")
    met.looks["phone.me"] = look(page, "me", f"{base}/me")
    page.goto(f"{base}/field")
    page.get_by_role("button", name="带到现场").click()
    page.get_by_label("现场整洁").wait_for()
    context.set_offline(True)
    page.reload()
    net = page.locator("[data-net]")
    expect(net).not_to_be_empty()
    met.offline = net.inner_text()
    fill(page)
    met.queued = page.locator("[data-count]").inner_text()
    met.looks["field.page"] = look(page, "field")
    end_session(world, context)
    context.set_offline(False)
    page.reload()
    met.expired = page.locator("[data-expired]").inner_text()
    page.get_by_role("link", name="重新登录").click()
    enter(page, "inspect1")
    page.wait_for_url("**/field")
    page.wait_for_function("() => window.ZhunyuField")
    met.left = page.evaluate(FIRE)
    expect(page.locator("[data-count]")).to_have_count(0)
    page.evaluate("id => { location.hash = id; }", case.id)
    page.get_by_role("heading", name="现场照片").wait_for()
    met.told = page.locator("[data-sent]").all_inner_texts()
    page.goto(f"{base}/me")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login")
    met.kept_after = page.evaluate(
        "async () => [...(await indexedDB.databases()).map(one => one.name), ...(await caches.keys())]"
    )
    context.close()
    yield met


def sign_in(page: Page, base: str, login: str) -> None:
    page.goto(f"{base}/login")
    enter(page, login)
    page.get_by_role("button", name="退出").first.wait_for()


def enter(page: Page, login: str) -> None:
    page.get_by_label("登录名").fill(login)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def fill(page: Page) -> None:
    """Everything there is to fill in, with a photo and a signature."""
    page.get_by_label("现场整洁").fill("地面整洁")
    page.get_by_label("符合", exact=True).check()
    page.get_by_label("办理意见").fill("与申请一致")
    out = io.BytesIO()
    Image.new("RGB", (2400, 1800), "teal").save(out, "JPEG")
    shot: FilePayload = {"name": "shot.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    page.locator("#f-shot").set_input_files(shot)
    expect(page.locator("[data-count]")).to_have_text("未发送 1 项")
    page.get_by_label("姓名", exact=True).fill("陈示在")
    pad = page.locator(".sign-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 80, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="提交现场记录").click()
    expect(page.locator("[data-count]")).to_have_text("未发送 2 项")


def end_session(world: AdminWorld, context: BrowserContext) -> None:
    """The sessions of the inspector end while the phone is offline."""
    people = ids(world)
    with world.zhunyu.store.write() as tx:
        tx.accounts.end_sessions(people["inspect1"])
    world._tokens.clear()


def look(page: Page, name: str, url: str = "") -> Inspection:
    if url:
        page.goto(url)
    return inspect(page, Path(KEPT) / name if KEPT else None)


def test_the_page_opens_and_is_filled_in_without_a_network(way: Inspected) -> None:
    assert (way.offline, way.queued) == ("离线", "未发送 2 项")


def test_a_session_that_ended_meanwhile_is_told_and_nothing_is_lost(way: Inspected) -> None:
    assert "手机上的内容都在" in way.expired


def test_what_was_sent_twice_is_kept_once(
    way: Inspected, served: tuple[AdminWorld, str, Swallowing], case: Case
) -> None:
    world, _, app = served
    assert way.left == 0
    assert way.told[0] == "已发送 1 张，待发送 0 张" and way.told[1].startswith("现场记录已于 ")
    kept = world.case(case)
    assert [app.sent.count(f"/field/visits/{case.id}/{one}") >= 2 for one in ("photos", "report")] == [True, True]
    visit = kept.visits[0]
    assert (len(visit.photos), len(visit.sent), visit.result) == (1, 1, "符合")
    assert kept.steps[-1].answers == {"clean": "地面整洁"}
    assert visit.attest is not None and visit.attest.picture is not None and visit.photos[0].size < 200_000


def test_nothing_stays_on_the_phone_after_signing_out(way: Inspected) -> None:
    assert way.kept_after == []


@pytest.fixture(scope="module")
def experts(served: tuple[AdminWorld, str, Swallowing], browser: Browser) -> Iterator[dict[str, Inspection]]:
    world, base, _ = served
    found: dict[str, Inspection] = {}
    case = accepted(world, "示例路9号")
    for login in ("inspect1", "inspect2"):
        given = {"result": "符合", "opinion": "一致", "R_clean": "整洁", "R_tel": "13800001111"}
        assert world.desk(login).act(world.case(case), "finish_step", given).status_code == 303
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    sign_in(page, base, "all")
    found["fieldwork.panel"] = look(page, "panel", f"{base}/cases/{case.id}/panel")
    for name in ("专示1", "专示2"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="发出邀请").click()
    expect(page.get_by_text("已发出邀请")).to_be_visible()
    context.close()
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    sign_in(page, base, "expert1")
    found["reviews.listing"] = look(page, "reviews")
    page.get_by_role("link", name="窗口示例许可").click()
    page.get_by_role("button", name="接受邀请").click()
    page.get_by_label("评审意见").wait_for()
    found["reviews.seat"] = look(page, "seat")
    context.close()
    yield found


def test_every_page_of_field_work_is_accessible_in_its_window_and_touchable(
    way: Inspected, experts: dict[str, Inspection]
) -> None:
    looks = {**way.looks, **experts}
    assert set(looks) == PAGES
    wrong = {
        name: (one.axe_at_desk, one.axe_on_phone, one.wide_at_desk, one.wide_on_phone, one.small_on_phone)
        for name, one in looks.items()
    }
    assert {name: one for name, one in wrong.items() if any(one)} == {}
