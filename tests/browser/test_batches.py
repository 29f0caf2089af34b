"""集体注销 at the desk: filter, tick, one form, the list with its children, the page for everybody."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page

from tests.browser.filling import floor_plan
from tests.browser.inspecting import Inspection, inspect
from tests.browser.journeys import act
from tests.browser.running import Site
from tests.browser.visitors import Visitors

MATTER = "public_place_cancel_batch"
PAGES = ("batches.find", "batches.form", "batches.form with errors", "batches.items", "case_page.show batch")
KEPT = os.environ.get("ZHUNYU_PICTURES", "")
LEFT, TAKEN = "沪卫公〔2022〕浦字第00008号", "沪卫公〔2022〕浦字第00009号"


class Followed:
    """What was seen on the way."""

    def __init__(self) -> None:
        self.pages: dict[str, Inspection] = {}
        self.refused, self.items, self.case = "", "", ""

    def keep(self, name: str, page: Page) -> None:
        self.pages[name] = inspect(page, Path(KEPT) / name.replace(" ", "-") if KEPT else None)


def _main(page: Page) -> str:
    return page.get_by_role("main").inner_text()


def _chosen(seen: Followed, page: Page, site: Site) -> None:
    soon = (date.today() + timedelta(days=40)).isoformat()
    tick = page.get_by_role("checkbox", name=f"选入 {LEFT}")
    for _ in range(200):  # the demonstration's certificates are sealed while the first tests run
        page.goto(f"{site.admin}/ex-officio/batch/{MATTER}?valid_to={soon}")
        if tick.count() and page.get_by_role("checkbox", name=f"选入 {TAKEN}").count():
            break
    seen.keep("batches.find", page)
    tick.uncheck()
    page.get_by_role("button", name="下一步：填写立案表").click()
    seen.refused = page.get_by_role("alert").inner_text()
    page.get_by_label(f"{LEFT} 没有选入的理由").fill("持证人已提出延续。")
    page.get_by_role("button", name="下一步：填写立案表").click()
    page.wait_for_url(re.compile(r"/ex-officio/batch-forms/"))
    seen.keep("batches.form", page)


def _filled(seen: Followed, page: Page) -> None:
    page.get_by_role("button", name="立案", exact=True).click()
    seen.keep("batches.form with errors", page)
    page.get_by_label(re.compile("^批次名称")).fill("浦东新区取消许可类别第一批")
    page.get_by_label("法律法规规定的其他情形").check()
    page.get_by_label(re.compile("^查证日期")).fill("2026-01-20")
    page.get_by_label(re.compile("^查证情况")).fill("许可类别已经取消。")
    page.get_by_role("group", name=re.compile("正在复议或者诉讼")).get_by_label("否").check()
    page.get_by_label("公告送达").check()
    page.locator('input[name="file.evidence"]').set_input_files(
        FilePayload(name="笔录.pdf", mimeType="application/pdf", buffer=floor_plan())
    )
    page.get_by_role("button", name="立案", exact=True).click()
    page.wait_for_url(re.compile(r"/ex-officio/batches/\w+$"))


@pytest.fixture(scope="module")
def followed(visitors: Visitors, site: Site) -> Iterator[Followed]:
    seen = Followed()
    with visitors.page("pd-review") as page:
        _chosen(seen, page, site)
        _filled(seen, page)
        for _ in range(200):  # the effects process makes the children
            if "随批次办理" in _main(page) and "等待核对" not in _main(page):
                break
            page.reload()
        seen.items = _main(page)
        seen.keep("batches.items", page)
        page.get_by_role("link", name=re.compile(r"^\d{16,}")).first.click()
        seen.keep("case_page.show batch", page)
        act(page, "完成初核", 办理意见="逐户核对完毕。")
        seen.case = _main(page)
    yield seen


def test_what_is_left_out_needs_a_reason(followed: Followed) -> None:
    assert "没有选入的证照要写明理由" in followed.refused
    assert "持证人已提出延续" in followed.items and LEFT in followed.items


def test_each_certificate_becomes_a_child_that_follows_and_the_route_goes_on_once(followed: Followed) -> None:
    assert TAKEN in followed.items and "随批次办理" in followed.items
    assert "告知陈述申辩" in followed.case and "注销事先告知书" in followed.case


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_batches_is_accessible_and_fits(followed: Followed, name: str) -> None:
    seen = followed.pages[name]
    assert (seen.axe_at_desk, seen.axe_on_phone) == ([], [])
    assert (seen.wide_at_desk, seen.wide_on_phone, seen.small_on_phone) == ([], [], [])
