"""Matters that act on a certificate: from the certificate's own page to its new face, or its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.filling import fill
from tests.browser.journeys import application, hand_in_what_is_missing, panel, review, submit
from tests.browser.running import Site
from tests.browser.visitors import Visitors

CANCELLED = "沪卫公〔2025〕黄字第00012号"


def act_on(page: Page, site: Site, number: str, action: str, matter: str, **changes: Any) -> None:
    """Start from the certificate, fill in, submit; ends on the page of the case when it is decided."""
    page.goto(f"{site.portal}/certificates")
    block = page.get_by_role("main").locator("section", has=page.get_by_text(number)).last
    block.get_by_role("link", name=action).click()
    page.get_by_role("radio", name=number).check()
    page.get_by_role("button", name=re.compile("开始填写|重新填一份")).click()
    page.wait_for_url(re.compile(r"/apply/\w+"))
    fill(page, application(matter, **changes))
    hand_in_what_is_missing(page)
    review(page)
    submit(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^(准予许可|已发证|已办结)$"))


@pytest.mark.parametrize(
    ("login", "number", "action", "matter", "changes", "shown"),
    [
        ("haitang", "沪卫公〔2023〕黄字第00006号", "延续", "public_place_renew",
         {"hvac": "集中空调通风系统", "hvac_report_no": "示检2026-0089"}, "沪卫公〔2023〕黄字第00006号"),
        ("xingyue", "沪卫公〔2024〕浦字第00003号", "变更单位名称", "public_place_change_name",
         {}, "上海示例星阅影院管理有限公司"),
        ("jinghe", "沪卫公〔2025〕静字第00004号", "变更法定代表人", "public_place_change_legal",
         {"legal_id_no": "310101197901191091"}, "郑示雅"),
        ("xuxing", "沪卫公〔2024〕徐字第00005号", "变更地址路名门牌", "public_place_change_plate",
         {"new_address": "范本路20号"}, "范本路20号"),
        ("boyun", "沪卫公〔2024〕黄字第00001号", "补证", "public_place_reissue",
         {}, "沪卫公〔2024〕黄字第00001号"),
    ],
    ids=["renew", "change the name", "change the legal representative", "change the plate", "reissue"],
)  # fmt: skip
def test_a_certificate_gets_its_new_face_from_its_own_page(
    visitors: Visitors, site: Site, login: str, number: str, action: str, matter: str, changes: dict[str, Any],
    shown: str,
) -> None:  # fmt: skip
    with visitors.page(login) as page:
        act_on(page, site, number, action, matter, **changes)
        expect(page.get_by_role("article")).to_contain_text(shown)


@pytest.fixture(scope="module")
def cancelled(visitors: Visitors, site: Site) -> Iterator[Page]:
    with visitors.page("jianyi") as page:
        act_on(page, site, CANCELLED, "依申请注销", "public_place_cancel")
        yield page


def test_a_cancelled_certificate_verifies_as_cancelled(cancelled: Page, site: Site, desk: Page) -> None:
    desk.goto(f"{site.portal}/verify/{CANCELLED}")
    expect(desk.get_by_role("main")).to_contain_text("注销")


def test_nothing_more_can_be_done_with_a_cancelled_certificate(cancelled: Page, site: Site) -> None:
    cancelled.goto(f"{site.portal}/certificates")
    block = cancelled.get_by_role("main").locator("section", has=cancelled.get_by_text(CANCELLED)).last
    expect(block.get_by_role("link", name=re.compile("延续|变更"))).to_have_count(0)


def test_a_certificate_another_case_acts_on_cannot_be_chosen(visitors: Visitors, site: Site) -> None:
    number = "沪卫公〔2023〕浦字第00002号"  # tangquan has penalties: its renewal goes to an officer and holds the lock
    with visitors.page("tangquan") as page:
        page.goto(f"{site.portal}/start/public_place_renew")
        page.get_by_role("radio", name=number).check()
        page.get_by_role("button", name="开始填写").click()
        fill(page, application("public_place_renew", hvac="集中空调通风系统", hvac_report_no="示检2026-0089"))
        hand_in_what_is_missing(page)
        review(page)
        submit(page)
        page.goto(f"{site.portal}/start/public_place_reissue")
        expect(page.get_by_role("radio", name=number)).to_be_disabled()


def test_a_renewal_far_from_its_end_is_told_so_by_the_panel(visitors: Visitors, site: Site) -> None:
    with visitors.page("boyun") as page:
        page.goto(f"{site.portal}/start/public_place_renew")
        page.get_by_role("radio", name="沪卫公〔2026〕黄字第00010号").check()
        page.get_by_role("button", name="开始填写").click()
        fill(page, application("public_place_renew"))
        expect(panel(page)).to_contain_text("90")
