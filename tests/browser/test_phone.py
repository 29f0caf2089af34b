"""当场办结 on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.browser.filling import fill, start
from tests.browser.inspecting import sideways, small_targets
from tests.browser.journeys import BARBER, NEW, application, at, hand_in_what_is_missing, panel, review, submit
from tests.browser.running import Site
from tests.browser.visitors import PHONE, Visitors


@dataclass
class Way:
    """What was met on the way."""

    wide: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    brief: str = ""
    certificate: str = ""

    def look(self, page: Page) -> None:
        self.wide += sideways(page)
        self.small += small_targets(page)


@pytest.fixture(scope="module")
def way(visitors: Visitors, site: Site) -> Iterator[Way]:
    """jianyi opens a barber's shop."""
    met = Way()
    with visitors.page("jianyi", PHONE) as page:
        page.goto(f"{site.portal}/matters/{NEW}")
        met.look(page)
        start(page, site.portal, NEW)
        met.look(page)
        fill(page, application(NEW, **at("样张路12号底层", "黄浦区", "豫园街道"), **BARBER))
        hand_in_what_is_missing(page)
        met.brief = panel(page).locator("summary").first.inner_text()
        met.look(page)
        review(page)
        met.look(page)
        submit(page)
        expect(page.get_by_role("link", name="下载法定电子证照")).to_be_visible()
        met.look(page)
        met.certificate = page.get_by_role("article").inner_text()
    yield met


def test_the_folded_panel_says_that_the_application_qualifies(way: Way) -> None:
    assert "可以当场办结" in way.brief


def test_the_certificate_appears_on_the_phone(way: Way) -> None:
    assert "黄浦区示例剪艺理发店" in way.certificate


def test_nothing_on_the_way_scrolls_sideways(way: Way) -> None:
    assert way.wide == []


def test_everything_on_the_way_can_be_touched(way: Way) -> None:
    assert way.small == []
