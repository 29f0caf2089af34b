"""The browser shows and hides fields by itself as the server would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.filling import start, wait_until_judged
from tests.browser.journeys import NEW
from tests.browser.running import Site
from tests.browser.visitors import Visitors

_SHOWN = """() => [...document.querySelectorAll("#application [data-field]:not([hidden])")]
  .map(one => one.getAttribute("data-field")).sort()"""


@pytest.fixture(scope="module")
def new(visitors: Visitors, site: Site) -> Iterator[Page]:
    with visitors.page("xingyue") as page:
        start(page, site.portal, NEW)
        yield page


@pytest.fixture(scope="module")
def renewal(visitors: Visitors, site: Site) -> Iterator[Page]:
    with visitors.page("pujiang") as page:
        start(page, site.portal, "public_place_renew")
        yield page


def _set(page: Page, name: str, value: str) -> None:
    control = page.locator(f'[name="{name}"]:not([type=hidden])')
    if control.first.evaluate("one => one.tagName") == "SELECT":
        control.first.select_option(value)
    else:
        page.locator(f'[name="{name}"][value="{value}"]').set_checked(True)


def _server(page: Page) -> list[str]:
    state: dict[str, Any] = json.loads(page.locator("#form-state").get_attribute("data-state") or "{}")
    return sorted(field for field, visible in state["visible"].items() if visible)


NEW_CASES = [
    ("types", "足浴"), ("types", "影剧院"), ("types", "游泳场（馆）"), ("types", "宾馆"), ("types", "公共浴室"),
    ("types", "理发店"), ("property_right", "租赁"), ("self_handled", "否"), ("legal_id_kind", "护照"),
    ("receive_way", "邮政EMS寄送"), ("disinfection", "委托外送清洗消毒"), ("hvac", "集中空调通风系统"),
]  # fmt: skip
RENEWAL_CASES = [("mode", "告知承诺"), ("mode", "一般程序"), ("hvac", "集中空调通风系统"), ("hvac", "无空调")]


@pytest.mark.parametrize(("name", "value"), NEW_CASES)
def test_the_browser_shows_what_the_server_shows(new: Page, name: str, value: str) -> None:
    _set(new, name, value)
    browser = new.evaluate(_SHOWN)
    wait_until_judged(new)
    assert browser == _server(new)


@pytest.mark.parametrize(("name", "value"), RENEWAL_CASES)
def test_the_browser_shows_what_the_server_shows_in_a_renewal(renewal: Page, name: str, value: str) -> None:
    _set(renewal, name, value)
    browser = renewal.evaluate(_SHOWN)
    wait_until_judged(renewal)
    assert browser == _server(renewal)


def test_central_air_conditioning_asks_for_its_report(renewal: Page) -> None:
    _set(renewal, "mode", "一般程序")
    _set(renewal, "hvac", "集中空调通风系统")
    assert "hvac_report_no" in renewal.evaluate(_SHOWN)


def test_no_air_conditioning_asks_for_no_report(renewal: Page) -> None:
    _set(renewal, "hvac", "无空调")
    assert "hvac_report_no" not in renewal.evaluate(_SHOWN)
