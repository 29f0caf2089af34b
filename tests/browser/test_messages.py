"""The badge lives by itself; the pages of messages and ratings are accessible and fit, at the desk and on the phone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import portal
from engine.model.commands import Decline
from engine.model.ratings import OUTCOME
from engine.services.ratings import Given
from tests.browser.inspecting import Inspection, inspect
from tests.flow.serving import served
from tests.web.admin_world import PASSWORD, AdminWorld
from tests.web.test_messages import declare

PAGES = (
    "messages.listing", "messages.listing portal", "messages.listing empty", "messages.show", "messages.preferences",
    "messages.preferences portal", "message_log.listing", "outbox.queue messages", "ratings.show portal",
    "ratings.show portal answered", "ratings.listing", "ratings.show", "ratings.figures", "ratings.behind",
)  # fmt: skip
KEPT = os.environ.get("ZHUNYU_PICTURES", "")


class Seen:
    """The pages as they were drawn, and what the badge said."""

    def __init__(self, browser: Browser, world: AdminWorld) -> None:
        self.pages: dict[str, Inspection] = {}
        self.badge: list[str] = []
        self.asked: list[str] = []
        self._browser, self._world = browser, world

    def keep(self, name: str, page: Page) -> None:
        self.pages[name] = inspect(page, Path(KEPT) / name.replace(" ", "-") if KEPT else None)

    def signed_in(self, base: str, login: str) -> Page:
        page = self._browser.new_page(locale="zh-CN", timezone_id="Asia/Shanghai")
        page.goto(f"{base}/login")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/login" not in url)
        return page


def _ended(world: AdminWorld) -> str:
    """A case that is over, its rating a bad one; its id."""
    case, product = world.filed("消息路1号"), world.zhunyu
    window = product.accounts.sign_in("staff", "window", PASSWORD)
    product.acting.act(window, case.id, Decline("不属于本机关职权范围。", ("《示例条例》第四条",)), case.version)
    given = Given(5, ("超过时限",), "来了三次，每次说的都不一样。")
    product.ratings.rate(world.applicant, case.id, OUTCOME, given)
    return case.id


def _watch_the_badge(found: Seen, world: AdminWorld, page: Page) -> None:
    """Let the page's clock run: a new message shows without a reload; nothing is asked while the page is hidden."""
    count = page.locator("[data-badge] .badge-count")
    page.on("request", lambda asked: found.asked.append(asked.url) if asked.url.endswith("/badge") else None)
    page.clock.install()
    page.reload()
    expect(count).to_be_visible()
    found.badge.append(count.inner_text())
    world.filed("消息路2号")
    page.clock.run_for(21_000)
    expect(count).not_to_have_text(found.badge[0])
    found.badge.append(count.inner_text())
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
                  "document.dispatchEvent(new Event('visibilitychange'))")  # fmt: skip
    before = len(found.asked)
    page.clock.run_for(300_000)
    found.badge.append(str(len(found.asked) - before))


def _desk(found: Seen, world: AdminWorld, admin: str) -> None:
    page = found.signed_in(admin, "window")
    _watch_the_badge(found, world, page)
    page.close()
    page = found.signed_in(admin, "window")
    for name, path in (
        ("messages.listing", "/messages"), ("messages.listing empty", "/messages?text=没有这样的话"),
        ("messages.preferences", "/messages/preferences"),
    ):  # fmt: skip
        page.goto(admin + path)
        found.keep(name, page)
    page.goto(f"{admin}/messages")
    page.locator(".message-body").first.click()
    page.get_by_role("link", name="打开办件").wait_for()
    found.keep("messages.show", page)
    page.close()
    page = found.signed_in(admin, "system")
    for name, path in (("message_log.listing", "/outbox/messages"), ("outbox.queue messages", "/outbox")):
        page.goto(admin + path)
        found.keep(name, page)
    page.close()


def _ratings(found: Seen, admin: str, base: str, case: str) -> None:
    page = found.signed_in(admin, "city")
    for name, path in (
        ("ratings.listing", "/ratings"), ("ratings.figures", "/ratings/figures"), ("ratings.behind", "/ratings/behind"),
    ):  # fmt: skip
        page.goto(admin + path)
        found.keep(name, page)
    page.goto(f"{admin}/ratings")
    page.locator("a.title-link").first.click()
    page.get_by_label("核实和整改的情况").fill("已约谈窗口人员，公示一次性告知清单。")
    found.keep("ratings.show", page)
    page.get_by_role("button", name="答复").click()
    page.get_by_text("已答复，评价人可以看到").wait_for()
    page.close()
    page = found.signed_in(base, "hotel")
    page.goto(f"{base}/cases/{case}/rating")
    expect(page.get_by_text("已约谈窗口人员")).to_be_visible()
    found.keep("ratings.show portal answered", page)
    page.close()


def _applicant(found: Seen, base: str, case: str) -> None:
    page = found.signed_in(base, "hotel")
    for name, path in (
        ("messages.listing portal", "/messages?box=all"), ("messages.preferences portal", "/messages/preferences"),
    ):  # fmt: skip
        page.goto(base + path)
        found.keep(name, page)
    page.goto(f"{base}/cases/{case}/rating")
    page.locator("summary", has_text="改评价").click()
    page.get_by_role("radio", name="不满意", exact=True).check()
    expect(page.get_by_text("等待时间长")).to_be_visible()
    expect(page.get_by_label("态度生硬")).to_be_hidden()
    found.keep("ratings.show portal", page)
    page.close()


@pytest.fixture(scope="module")
def seen(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    world = AdminWorld(tmp_path_factory.mktemp("messages"))
    try:
        declare(world)
        found = Seen(browser, world)
        case = _ended(world)
        jobs = world.zhunyu.effects
        while claimed := jobs.claim(("notify",), 20):
            for job in claimed:
                jobs.run(job)
        with served(portal.create_app(world.zhunyu)) as base, served(world.app) as admin:
            _desk(found, world, admin)
            _applicant(found, base, case)
            _ratings(found, admin, base, case)
    finally:
        world.close()
    yield found


def test_the_badge_counts_on_by_itself_and_rests_while_the_page_is_hidden(seen: Seen) -> None:
    before, after, asked_while_hidden = seen.badge
    assert int(re.sub(r"\D", "", after)) == int(re.sub(r"\D", "", before)) + 1
    assert asked_while_hidden == "0"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_messages_is_accessible_and_fits(seen: Seen, name: str) -> None:
    page = seen.pages[name]
    assert (page.axe_at_desk, page.axe_on_phone) == ([], [])
    assert (page.wide_at_desk, page.wide_on_phone, page.small_on_phone) == ([], [], [])
