"""The desk shows a code, the phone confirms, and the desk goes in by itself; the sandbox office platform lets in."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.inspecting import sideways, small_targets
from tests.browser.running import Site
from tests.browser.visitors import PHONE, Visitors

LOGIN = "hp-approve"


def test_a_phone_that_is_signed_in_lets_the_desk_in(visitors: Visitors, site: Site) -> None:
    with visitors.page() as desk, visitors.page(LOGIN, PHONE) as phone:
        desk.goto(f"{site.admin}/login/qr")
        address = desk.locator(".secret").text_content() or ""
        phone.goto(address)
        expect(phone.locator(".check-number b")).to_have_text(desk.locator(".check-number b").text_content() or "-")
        assert (sideways(phone), small_targets(phone)) == ([], [])
        expect(desk.locator("[data-qr-words]")).to_contain_text("已扫码")
        phone.get_by_role("button", name="是我，同意登录").click()
        expect(phone.get_by_role("heading")).to_have_text("已同意电脑登录")
        desk.get_by_role("button", name="退出").wait_for()


def test_a_refusal_on_the_phone_is_told_at_the_desk(visitors: Visitors, site: Site) -> None:
    with visitors.page() as desk, visitors.page(LOGIN, PHONE) as phone:
        desk.goto(f"{site.admin}/login/qr")
        phone.goto(desk.locator(".secret").text_content() or "")
        phone.get_by_role("button", name="拒绝").click()
        expect(desk.locator("[data-qr-words]")).to_contain_text("拒绝了这次登录")


def test_the_office_platform_of_the_sandbox_lets_its_people_in(visitors: Visitors, site: Site) -> None:
    with visitors.page(size=PHONE) as page:
        page.goto(f"{site.peer}/office")
        page.get_by_role("link", name="黄批示").click()
        assert (sideways(page), small_targets(page)) == ([], [])
        page.get_by_role("button", name="进入").click()
        page.get_by_role("button", name="退出").wait_for()
        page.goto(f"{site.admin}/security")
        expect(page.get_by_role("table")).to_contain_text("办公平台")
        assert (sideways(page), small_targets(page)) == ([], [])
