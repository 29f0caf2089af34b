"""Whole journeys through the product that several tests start from."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.filling import answers_of, fill, hand_in, start

NEW, STANDARD = "public_place_new", "public_place_new_standard"
CASE = re.compile(r"/cases/\w+(#[\w-]+)?$")  # the address of a case, once its page has come
BOYUN = "上海示例泊云酒店有限公司"


FOOT_BATH: dict[str, Any] = {"types": ["足浴"], "main_type": "足浴", "seats": 6, "private_rooms": 2}
BARBER: dict[str, Any] = {"types": ["理发店"], "main_type": "理发店", "seats": 4, "tinea_box": True}


def application(matter: str, **changes: Any) -> dict[str, Any]:
    """The passing answers of a matter's test file with these changes."""
    return {**answers_of(matter), **changes}


def at(site: str, district: str, street: str) -> dict[str, Any]:
    """The answers that say where a venue is."""
    return {"site": site, "region": {"district": district, "street": street}}


def fill_in(page: Page, base: str, matter: str, certificate: str = "", **changes: Any) -> None:
    """Open a form, fill it and hand in what it still asks for."""
    start(page, base, matter, certificate)
    fill(page, application(matter, **changes))
    hand_in_what_is_missing(page)


def hand_in_what_is_missing(page: Page) -> None:
    """Hand in a file for every material the panel still asks for."""
    folded = open_panel(page)
    while (link := panel(page).get_by_role("link", name=re.compile("^上传"))).count():
        material = (link.first.get_attribute("href") or "").removeprefix("#m-")
        with page.expect_response(re.compile(r"/precheck$")):
            hand_in(page, material, name=f"{material}.pdf")
        expect(panel(page).locator(f'a[href="#m-{material}"]')).to_have_count(0)
    if folded:
        panel(page).locator("summary").first.click()


def panel(page: Page) -> Locator:
    """The pre-check beside the form."""
    return page.get_by_role("complementary", name="即时核对")


def open_panel(page: Page) -> bool:
    """Unfold the panel, which is one line on a phone; whether it was folded."""
    folded = panel(page).locator("details").first.get_attribute("open") is None
    if folded:
        panel(page).locator("summary").first.click()
    return folded


def review(page: Page) -> None:
    """On to check-your-answers."""
    page.get_by_role("button", name="下一步：核对并提交").click()
    page.wait_for_load_state()
    told = page.get_by_role("alert").filter(has_text="需要更正")
    assert told.count() == 0, told.inner_text()
    page.wait_for_url(re.compile(r"/review$"))


def submit(page: Page) -> str:
    """Submit from check-your-answers; the number of the case."""
    page.get_by_role("button", name="确认提交").click()
    page.wait_for_url(CASE)
    return case_number(page)


def case_number(page: Page) -> str:
    """The number of the case the page shows."""
    return page.get_by_role("navigation", name="当前位置").locator("li").last.inner_text().strip()


def file(page: Page, base: str, matter: str, certificate: str = "", **changes: Any) -> str:
    """A whole application, submitted; the number of the case."""
    fill_in(page, base, matter, certificate, **changes)
    review(page)
    return submit(page)


def open_case(page: Page, admin: str, number: str) -> None:
    """An officer looks the case up on the work list and opens it."""
    page.goto(f"{admin}/?text={number}")
    page.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
    page.wait_for_url(CASE)


def act(page: Page, action: str, **filled: str) -> None:
    """Take an action of the bar: fill in, confirm. `filled` by label; a `结论` is a radio button."""
    page.get_by_role("group", name="办理", exact=True).get_by_role("link", name=re.compile(f"^{action}")).click()
    for label, text in filled.items():
        if label in ("结论", "依据"):
            page.get_by_role("group", name=label).get_by_label(text, exact=label == "结论").check()
        else:
            page.get_by_label(re.compile(rf"^{label}(（选填）)?$")).fill(text)
    page.get_by_role("button", name="下一步，确认").click()
    sign(page)
    page.wait_for_url(CASE)


def sign(page: Page) -> None:
    """Confirm what is on the page, with the demonstration's signing PIN where it asks for one."""
    button, pin = page.get_by_role("button", name=re.compile("^确认")), page.get_by_label("签名口令")
    button.wait_for()
    if pin.count():
        pin.fill("135790")
    button.click()


def read_cards(page: Page) -> None:
    """On the first page of the counter: the reader types the licence of BOYUN and the card of who came."""
    expect(page.get_by_label("读卡器输入")).to_be_focused()
    page.keyboard.type("91310101MADEM0011X|上海示例泊云酒店有限公司|陈示安|示例路1号")
    page.keyboard.press("Enter")
    expect(page.get_by_label("姓名或单位名称")).to_have_value("上海示例泊云酒店有限公司")
    page.keyboard.type("陈示安,310101199003074511,19900307,示例路1号")
    page.keyboard.press("Enter")
    expect(page.get_by_label("经办人身份证号码")).to_have_value("310101199003074511")


def draw_up_a_supplement(officer: Page) -> None:
    """On the form of a supplement: one item that opens the name of the shop and the plan; then on to confirm."""
    more = officer.get_by_role("button", name="增加一项")
    more.wait_for()
    while (remove := officer.get_by_role("button", name="删除此项")).count():
        remove.first.click()
        more.wait_for()
    more.click()
    item = officer.get_by_role("group", name="第 1 项")
    item.get_by_label("要补正什么").fill("平面图看不清，请重新上传，并核对店招名称。")
    if not item.get_by_label("店招名称").is_visible():
        item.get_by_text("选择其他填报项或材料").click()
    item.get_by_label("店招名称").check()
    item.get_by_label("材料：地址方位示意图、平面图和卫生设施平面布局图").check()
    officer.get_by_role("button", name="下一步，确认").click()
