"""Every page of signing in as it is drawn; the phone lets the desk in, the sandbox office platform its people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

import portal
from engine.ports.accounts import Account
from tests.browser.inspecting import Inspection, inspect, sideways, small_targets
from tests.browser.running import Site
from tests.browser.visitors import PHONE, Visitors
from tests.flow.serving import served
from tests.web.sign_in_installation import PASSWORD, PIN, Installation

LOGIN = "hp-approve"
PAGES = (
    "admin sign_in.enrol", "admin sign_in.enrol codes", "admin sign_in.renew", "admin sign_in.second totp",
    "admin sign_in.second recovery", "admin sign_in.second", "admin sign_in.ticket", "admin qr.show", "admin qr.asked",
    "admin qr.answered", "admin security.overview", "admin security.enrol", "admin credentials.people",
    "admin credentials.person", "admin credentials.person given", "security.overview",
)  # fmt: skip
KEPT = os.environ.get("ZHUNYU_PICTURES", "")
NEW = "Suzhou-2026-river"


class Seen:
    """The pages as they were drawn, each by its name."""

    def __init__(self) -> None:
        self.pages: dict[str, Inspection] = {}

    def keep(self, name: str, page: Page) -> None:
        self.pages[name] = inspect(page, Path(KEPT) / name.replace(" ", "-") if KEPT else None)


@pytest.fixture(scope="module")
def seen(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    here, found = Installation(tmp_path_factory.mktemp("sign-in"), "http://127.0.0.1:9/idp"), Seen()
    with closing(here.zhunyu), served(here.app) as base, served(portal.create_app(here.zhunyu)) as outside:
        page = browser.new_page(locale="zh-CN")
        _first_time(found, here, page, base)
        _security_officer(found, here, page, base)
        page.goto(f"{base}/login/ticket?ticket={_ticket(here)}")
        found.keep("admin sign_in.ticket", page)
        here.zhunyu.accounts.create(Account("", "hotel", "applicant", "陈示安", level=3), PASSWORD)
        _enter(page, outside, "账号", "hotel", PASSWORD)
        page.goto(f"{outside}/security")
        found.keep("security.overview", page)
        page.context.close()
        yield found


def _first_time(found: Seen, here: Installation, page: Page, base: str) -> None:
    """Someone new: enrols, changes the password that was given, signs in again."""
    newcomer = Account("", "newcomer", "staff", "新示人", roles=("审查",), district="黄浦区")
    here.zhunyu.accounts.create(newcomer, PASSWORD, given=True)
    _enter(page, base, "登录名", "newcomer", PASSWORD)
    found.keep("admin sign_in.enrol", page)
    totp = pyotp.TOTP((page.locator(".secret").text_content() or "").replace(" ", ""))
    page.get_by_role("textbox", name="动态口令").fill(totp.at(here.zhunyu.clock.now()))
    page.get_by_role("button", name="开启").click()
    found.keep("admin sign_in.enrol codes", page)
    page.get_by_role("link", name="我已保存").click()
    page.get_by_label("再输一次新口令").fill(NEW)
    page.locator("#f-new").fill(NEW)
    found.keep("admin sign_in.renew", page)
    page.get_by_role("button", name="换好").click()
    page.get_by_role("button", name="退出").click()
    page.get_by_label("登录名").wait_for()
    _enter(page, base, "登录名", "newcomer", NEW)
    found.keep("admin sign_in.second totp", page)
    page.get_by_role("link", name="备用码").click()
    found.keep("admin sign_in.second recovery", page)
    page.get_by_role("button", name="换一个账号登录").click()
    page.get_by_label("登录名").wait_for()


def _security_officer(found: Seen, here: Installation, page: Page, base: str) -> None:
    """The certificate, one's own security, help for somebody else, and a code to confirm."""
    _enter(page, base, "登录名", "guard", PASSWORD)
    found.keep("admin sign_in.second", page)
    page.get_by_role("textbox", name="签名口令").fill(PIN)
    page.get_by_role("button", name="继续").click()
    page.get_by_role("button", name="退出").wait_for()
    page.goto(f"{base}/login/qr")
    found.keep("admin qr.show", page)
    page.goto(page.locator(".secret").text_content() or "")
    found.keep("admin qr.asked", page)
    page.get_by_role("button", name="拒绝").click()
    found.keep("admin qr.answered", page)
    page.goto(f"{base}/security")
    found.keep("admin security.overview", page)
    page.get_by_label("登录口令").fill(PASSWORD)
    page.get_by_role("button", name="开启动态口令").click()
    page.get_by_text("扫这个二维码").wait_for()
    found.keep("admin security.enrol", page)
    page.goto(f"{base}/credentials")
    found.keep("admin credentials.people", page)
    page.get_by_role("link", name="黄窗示").click()
    found.keep("admin credentials.person", page)
    page.get_by_role("button", name="重置口令").click()
    page.locator(".given").wait_for()
    found.keep("admin credentials.person given", page)


def _enter(page: Page, base: str, label: str, login: str, password: str) -> None:
    page.goto(f"{base}/login")
    page.get_by_label(label).fill(login)
    page.get_by_label("口令").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: not url.endswith("/login"))


def _ticket(here: Installation) -> str:
    settings = here.zhunyu.settings
    return here.office.ticket("hp-0101", settings.staff.office, settings.public_url)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_signing_in_is_accessible_and_fits(seen: Seen, name: str) -> None:
    page = seen.pages[name]
    assert (page.axe_at_desk, page.axe_on_phone) == ([], [])
    assert (page.wide_at_desk, page.wide_on_phone, page.small_on_phone) == ([], [], [])


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
