"""The viewer beside a case, by mouse and keyboard, and the counter's reader; nothing breaks the security policy."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.journeys import FOOT_BATH, NEW, at, file, open_case, read_cards
from tests.browser.running import Site
from tests.browser.visitors import PHONE, Visitors


def _turned(page: Page) -> str:
    return str(page.locator("[data-picture]").evaluate("one => one.style.transform"))


def test_a_clerk_looks_through_a_material_beside_what_it_proves(visitors: Visitors, site: Site) -> None:
    with visitors.page("yunxiu") as page:
        number = file(page, site.portal, NEW, **at("样张路91号", "黄浦区", "豫园街道"), **FOOT_BATH)
    with visitors.page("hp-window") as page:
        open_case(page, site.admin, number)
        viewer, picture = page.get_by_role("group", name=re.compile("^材料查看器")), page.locator("[data-picture]")
        expect(picture).to_have_js_property("complete", True)
        before = picture.bounding_box()
        viewer.focus()
        page.keyboard.press("r")
        assert "rotate(90deg)" in _turned(page)
        page.keyboard.press("r")
        page.keyboard.press("+")
        after = picture.bounding_box()
        assert before is not None and after is not None and after["width"] > before["width"] * 1.2
        page.get_by_role("button", name="适宽").click()
        expect(page.locator(".proof:not([hidden]) dt")).to_contain_text(["经营地址", "使用面积", "经营面积"])
        page.get_by_role("link", name=re.compile("^看材料")).first.click()
        expect(viewer).to_be_focused()
        page.get_by_text("办理意见", exact=True).click()
        expect(page.locator('.timeline > li[data-of=""]').first).to_be_hidden()
        page.get_by_role("link", name="查找相似案例").click()
        expect(page.get_by_text(re.compile("没有相似案例|比较了最近决定的")).first).to_be_visible()
    with visitors.page("hp-window", PHONE) as page:
        open_case(page, site.admin, number)
        page.get_by_role("navigation", name="本页内容").get_by_role("link", name="材料", exact=True).click()
        expect(page.locator("[data-picture]")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_reader_types_a_line_and_the_form_opens(visitors: Visitors, site: Site) -> None:
    with visitors.page("hp-window") as page:
        page.goto(f"{site.admin}/window/start/{NEW}")
        read_cards(page)
        page.get_by_role("button", name="填写申请表").click()
        expect(page.get_by_role("complementary", name="即时核对")).to_be_visible()
        page.get_by_role("link", name="登记纸质材料").click()
        expect(page.get_by_role("heading", name="登记纸质材料")).to_be_visible()
