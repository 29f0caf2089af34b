"""The pages of the guard, the draws, recall and the checks after the decision, as they are drawn at both widths."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from engine.ports.recalls import BasisQuery
from tests.browser.inspecting import Inspection, inspect
from tests.flow.serving import served
from tests.web.admin_world import PASSWORD, AdminWorld
from tests.web.test_admin_safeguards import filed, instant_matter

PAGES = ("safeguards.overview", "safeguards.draws", "recalls.listing", "recalls.show", "aftercheck.show")
KEPT = os.environ.get("ZHUNYU_PICTURES", "")


def _paths(world: AdminWorld) -> dict[str, tuple[str, str]]:
    """Who opens what: a tripped guard, a freeze, a recall that waits for confirmation, and a duty."""
    matter = instant_matter("drawn_sample", hourly=1, sample="100%")
    case = filed(world, matter)
    filed(world, matter)
    world.zhunyu.guarding.freeze("黄业示", "S", "row", matter.id, "instant", "漏了一个条件")
    question = BasisQuery("row", "instant", matter.id, "黄浦区")
    recall = world.zhunyu.recalls.open("黄业示", "S", question, "漏了一个条件，已改正并重新发布。")
    world.zhunyu.recalls.work(recall.id)
    return {
        "safeguards.overview": ("matters", "/safeguards"),
        "safeguards.draws": ("matters", "/safeguards/draws"),
        "recalls.listing": ("matters", f"/recalls?kind=row&matter={matter.id}&key=instant"),
        "recalls.show": ("matters", f"/recalls/{recall.id}"),
        "aftercheck.show": ("inspect1", f"/cases/{case.id}/checks/duty-1"),
    }


@pytest.fixture(scope="module")
def inspected(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Inspection]]:
    world = AdminWorld(tmp_path_factory.mktemp("safeguards"))
    found: dict[str, Inspection] = {}
    paths = _paths(world)
    with served(world.app) as base:
        for who in ("matters", "inspect1"):
            page = browser.new_page(locale="zh-CN", timezone_id="Asia/Shanghai")
            page.goto(f"{base}/login")
            page.fill("[name=login]", who)
            page.fill("[name=password]", PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.wait_for_url(f"{base}/")
            for name, (by, path) in paths.items():
                if by == who:
                    page.goto(base + path)
                    found[name] = inspect(page, Path(KEPT) / name if KEPT else None)
            page.close()
    world.close()
    yield found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_safeguards_meets_wcag(inspected: dict[str, Inspection], name: str) -> None:
    assert (inspected[name].axe_at_desk, inspected[name].axe_on_phone) == ([], [])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_safeguards_does_not_scroll_sideways(inspected: dict[str, Inspection], name: str) -> None:
    assert (inspected[name].wide_at_desk, inspected[name].wide_on_phone) == ([], [])


@pytest.mark.parametrize("name", PAGES)
def test_everything_on_a_page_of_the_safeguards_can_be_touched(inspected: dict[str, Inspection], name: str) -> None:
    assert inspected[name].small_on_phone == []
