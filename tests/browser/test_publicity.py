"""公示 on the portal: found by everybody, objected to by somebody who signs in, seen at the desk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page

import portal
from engine.model.commands import Accept
from engine.model.route import Publicity
from engine.model.route import Step as RouteStep
from tests.browser.inspecting import Inspection, inspect
from tests.flow.serving import served
from tests.web.admin_world import PASSWORD, AdminWorld, desk_matter

PAGES = ("publicity.notices", "publicity.notices empty", "publicity.notice", "publicity.ask_objection",
         "publicity.results", "admin case_page.show publicity")  # fmt: skip
KEPT = os.environ.get("ZHUNYU_PICTURES", "")


class Seen:
    """The pages as they were drawn, and what stood on them."""

    def __init__(self) -> None:
        self.pages: dict[str, Inspection] = {}
        self.words: dict[str, str] = {}

    def keep(self, name: str, page: Page) -> None:
        self.pages[name] = inspect(page, Path(KEPT) / name.replace(" ", "-") if KEPT else None)
        self.words[name] = page.get_by_role("main").inner_text()


def _under_publicity(world: AdminWorld) -> str:
    """A case whose shop is shown to everybody; its id."""
    shows = Publicity(5, shows=("site",), basis="《示例条例》第九条")
    show = RouteStep("show", "公示", "审查", publicity=shows, results={"无异议": "approve", "有异议": "inspect"})
    made = desk_matter()
    accept, inspect_, approve = made.route
    made = msgspec.structs.replace(
        made, hash="d" * 64, route=(accept, show, inspect_, approve), publish_within=7,
    )  # fmt: skip
    product = world.zhunyu
    with product.store.write() as tx:
        tx.versions.publish(made, id=product.ids.new(), at="2026-01-01T00:00:00+08:00", by="测试")
    case = world.filed("示例路8号1层")
    window = product.accounts.sign_in("staff", "all", PASSWORD)
    product.acting.act(window, case.id, Accept(), case.version)
    return case.id


@pytest.fixture(scope="module")
def seen(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    world, found = AdminWorld(tmp_path_factory.mktemp("publicity")), Seen()
    case = _under_publicity(world)
    with served(portal.create_app(world.zhunyu)) as base, served(world.app) as admin:
        page = browser.new_page(locale="zh-CN", timezone_id="Asia/Shanghai")
        page.goto(f"{base}/publicity")
        found.keep("publicity.notices", page)
        page.goto(f"{base}/publicity?text=没有这样的地址")
        found.keep("publicity.notices empty", page)
        page.goto(f"{base}/public")
        found.keep("publicity.results", page)
        page.goto(f"{base}/publicity?text=示例路8号")
        page.locator("a.title-link").click()
        found.keep("publicity.notice", page)
        page.get_by_role("link", name="登录并提出异议").click()
        page.fill("[name=login]", "hotel")
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.get_by_label("异议的内容和理由").wait_for()
        found.keep("publicity.ask_objection", page)
        page.get_by_label("异议的内容和理由").fill("这里是居民楼，不能开浴室。")
        page.get_by_role("button", name="提交异议").click()
        page.get_by_text("异议已提交").wait_for()
        found.words["after"] = page.get_by_role("main").inner_text()
        officer = browser.new_page(locale="zh-CN", timezone_id="Asia/Shanghai")
        officer.goto(f"{admin}/login")
        officer.fill("[name=login]", "all")
        officer.fill("[name=password]", PASSWORD)
        officer.get_by_role("button", name="登录").click()
        officer.wait_for_url(f"{admin}/")
        officer.goto(f"{admin}/cases/{case}")
        found.keep("admin case_page.show publicity", officer)
        page.close()
        officer.close()
    world.close()
    yield found


def test_everybody_finds_what_is_shown_and_nothing_else(seen: Seen) -> None:
    assert "示例路8号1层" in seen.words["publicity.notice"]
    assert "上海示例泊云酒店有限公司" not in seen.words["publicity.notice"]  # the matter does not name it
    assert "没有查到公示" in seen.words["publicity.notices empty"]


def test_the_desk_reads_the_objection_and_everybody_does_not(seen: Seen) -> None:
    assert "这里是居民楼" in seen.words["admin case_page.show publicity"]
    assert "这里是居民楼" not in seen.words["after"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_publicity_is_accessible_and_fits(seen: Seen, name: str) -> None:
    page = seen.pages[name]
    assert (page.axe_at_desk, page.axe_on_phone) == ([], [])
    assert (page.wide_at_desk, page.wide_on_phone, page.small_on_phone) == ([], [], [])
