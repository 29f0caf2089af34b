"""依职权注销 at the desk: from the expired licence found to its end, the holder told and heard on the way."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.filling import floor_plan
from tests.browser.inspecting import Inspection, inspect
from tests.browser.journeys import CASE, act, case_number, open_case, sign
from tests.browser.running import Site
from tests.browser.visitors import Visitors

MATTER = "public_place_cancel_exofficio"
NUMBER, HOLDER = "沪卫公〔2022〕黄字第00011号", "上海示例锦程商务宾馆有限公司"
PAGES = ("ex_officio.matters", "ex_officio.find", "ex_officio.form", "ex_officio.form with errors",
         "acting.begin record_statement", "case_page.show waiting")  # fmt: skip
KEPT = os.environ.get("ZHUNYU_PICTURES", "")


class Followed:
    """What was seen on the way."""

    def __init__(self) -> None:
        self.pages: dict[str, Inspection] = {}
        self.waiting, self.holder, self.decided, self.register = "", "", "", ""

    def keep(self, name: str, page: Page) -> None:
        self.pages[name] = inspect(page, Path(KEPT) / name.replace(" ", "-") if KEPT else None)


def _main(page: Page) -> str:
    return page.get_by_role("main").inner_text()


def _open(seen: Followed, page: Page, site: Site) -> str:
    page.goto(f"{site.admin}/ex-officio")
    seen.keep("ex_officio.matters", page)
    page.get_by_role("link", name="公共场所卫生许可（依职权注销）", exact=True).click()
    page.get_by_label("证照编号或持证人").fill("锦程商务")
    page.get_by_role("button", name="查找").click()
    seen.keep("ex_officio.find", page)
    begin = page.get_by_role("row").filter(has_text=NUMBER).get_by_role("button", name=re.compile("填写立案表"))
    for _ in range(200):  # the demonstration's certificates are sealed while the first tests run
        if begin.count():
            break
        page.reload()
    begin.click()
    page.wait_for_url(re.compile(r"/ex-officio/forms/"))
    seen.keep("ex_officio.form", page)
    page.get_by_role("button", name="立案", exact=True).click()
    seen.keep("ex_officio.form with errors", page)
    page.get_by_label("有效期届满未延续").check()
    page.get_by_label(re.compile("^查证日期")).fill("2025-01-20")
    page.get_by_label(re.compile("^查证情况")).fill("现场已空置，门窗上锁。")
    page.get_by_role("group", name=re.compile("正在复议或者诉讼")).get_by_label("否").check()
    page.get_by_label("邮寄送达").check()
    page.locator('input[name="file.evidence"]').set_input_files(
        FilePayload(name="笔录.pdf", mimeType="application/pdf", buffer=floor_plan())
    )
    page.get_by_role("button", name="立案", exact=True).click()
    page.wait_for_url(re.compile(r"/cases/\w+$"))
    return case_number(page)


@pytest.fixture(scope="module")
def followed(visitors: Visitors, site: Site) -> Iterator[Followed]:
    seen = Followed()
    with visitors.page("hp-review") as page:
        number = _open(seen, page, site)
    for login in ("hp-inspect-1", "hp-inspect-2"):
        with visitors.page(login) as officer:
            open_case(officer, site.admin, number)
            act(officer, "完成查证", 结论="属实", 办理意见="现场查证属实。")
    with visitors.page("jincheng") as holder:
        holder.goto(f"{site.portal}/cases")
        holder.get_by_role("link", name=re.compile("依职权注销")).first.click()
        seen.holder = _main(holder)
    with visitors.page("hp-review") as page:
        open_case(page, site.admin, number)
        seen.waiting = _main(page)
        seen.keep("case_page.show waiting", page)
        case = page.url
        page.goto(f"{case}/act/record_statement")
        seen.keep("acting.begin record_statement", page)
        page.get_by_label("放弃陈述、申辩").check()
        page.get_by_role("button", name="下一步，确认").click()
        sign(page)
        page.wait_for_url(CASE)
        act(page, "完成告知陈述申辩", 办理意见="当事人放弃陈述、申辩。")
        open_case(page, site.admin, number)
        act(page, "完成审核", 办理意见="事实清楚，建议注销。")
    with visitors.page("hp-approve") as page:
        open_case(page, site.admin, number)
        act(page, "作出注销决定", 办理意见="同意注销。")
        seen.decided = _main(page)
        for letter in ("notice", "decision"):
            answer = page.request.get(f"{case}/letters/{letter}")
            assert answer.ok and answer.body().startswith(b"%PDF")
        page.goto(f"{site.portal}/verify/{NUMBER}")
        seen.register = _main(page)
    yield seen


def test_the_step_says_that_its_period_is_running(followed: Followed) -> None:
    assert "还没有届满" in followed.waiting and "记录陈述申辩" in followed.waiting


def test_the_holder_is_told_and_cannot_withdraw_it(followed: Followed) -> None:
    assert "已立案" in followed.holder and "注销事先告知书" in followed.holder
    assert "撤回申请" not in followed.holder


def test_the_decision_ends_the_licence_in_the_public_register(followed: Followed) -> None:
    assert "已决定" in followed.decided and "注销" in followed.decided
    assert "证照已注销" in followed.register


def test_the_matter_is_not_offered_on_the_portal(site: Site, desk: Page) -> None:
    desk.goto(f"{site.portal}/search?text=依职权注销")
    expect(desk.get_by_role("link", name=re.compile("依职权注销"))).to_have_count(0)
    desk.goto(f"{site.portal}/matters/{MATTER}")
    expect(desk.get_by_role("link", name="开始办理")).to_have_count(0)
    expect(desk.get_by_text("由行政机关依职权办理，不用申请。")).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_ex_officio_cases_is_accessible_and_fits(followed: Followed, name: str) -> None:
    seen = followed.pages[name]
    assert (seen.axe_at_desk, seen.axe_on_phone) == ([], [])
    assert (seen.wide_at_desk, seen.wide_on_phone, seen.small_on_phone) == ([], [], [])
