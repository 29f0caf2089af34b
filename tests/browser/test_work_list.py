"""The work list by keyboard, and many tasks at once by script; on one small installation."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser.visitors import PHONE
from tests.web.admin_world import PASSWORD, AdminWorld

pytestmark = pytest.mark.browser


class Quiet(WSGIRequestHandler):
    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nothing is written for a request."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    world = AdminWorld(tmp_path_factory.mktemp("desk"))
    for number in range(4):
        world.filed(f"键盘路{number}号")
    server = make_server("127.0.0.1", 0, world.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    world.close()


def at_the_list(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    page.fill("[name=login]", "window")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(f"{address}/")


def test_tasks_are_chosen_by_key_and_claimed_together(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="zh-CN")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    at_the_list(page, address)
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-count]")).to_have_text("已选 2 件")
    page.keyboard.press("/")
    page.keyboard.type("jx?")
    expect(page.locator("#text")).to_have_value("jx?")
    expect(page.locator("[data-count]")).to_have_text("已选 2 件")
    page.locator("#text").evaluate("one => one.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("button[value=claim]").click()
    page.get_by_role("button", name="确认领取").click()
    expect(page.get_by_role("main")).to_contain_text("领取：2 件办成")
    page.get_by_role("button", name="退回").first.click()
    expect(page.get_by_role("main")).to_contain_text("已退回本岗待办")
    assert errors == []
    page.close()


def test_on_a_phone_the_list_is_cards_within_a_thumbs_reach(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, locale="zh-CN")
    page = context.new_page()
    at_the_list(page, address)
    page.locator("[data-pick]").first.check()
    box = page.locator("button[value=claim]").bounding_box()
    assert box is not None and box["height"] >= 44 and box["y"] + box["height"] <= PHONE["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()
