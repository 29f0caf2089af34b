"""The pages of the electronic archive, as they are drawn at both widths, and one way through them by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from admin import create_app
from engine.adapters.sql.database import Database
from engine.adapters.sql.schema import migrate
from engine.ports.accounts import Account
from tests.browser.inspecting import Inspection, inspect
from tests.flow.archive_world import ArchiveWorld, archive_world, archivist
from tests.flow.serving import served
from tests.web.admin_world import PASSWORD

PAGES = (
    "archives.listing", "archives.show", "archive_lists.basis", "archive_lists.basis_file", "archive_lists.transfers",
    "archive_lists.due", "archive_lists.destruction",
)  # fmt: skip
KEPT = os.environ.get("ZHUNYU_PICTURES", "")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArchiveWorld]:
    folder = tmp_path_factory.mktemp("archive")
    database = Database(f"sqlite:///{folder / 'zhunyu.db'}")
    migrate(database)
    with archive_world(folder, database) as made:
        for login, name in (("archive1", "市档甲"), ("archive2", "市档乙")):
            account = Account("", login, "staff", name, roles=("档案",), district="市级")
            made.zhunyu.accounts.create(account, PASSWORD)
        yield made
    database.close()


@pytest.fixture(scope="module")
def site(world: ArchiveWorld) -> Iterator[str]:
    with served(create_app(world.zhunyu)) as base:
        yield base


def signed_in(browser: Browser, site: str, login: str) -> Page:
    page = browser.new_page(locale="zh-CN", timezone_id="Asia/Shanghai")
    page.goto(f"{site}/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{site}/")
    return page


@pytest.fixture(scope="module")
def inspected(browser: Browser, world: ArchiveWorld, site: str) -> dict[str, Inspection]:
    sent, kept = (world.archived(world.ended(number)) for number in (1, 2))
    world.office.transferring.order(archivist(), sent.id)
    world.work()
    world.clock.move(timedelta(days=4100))
    made = world.office.destroying.propose(archivist(), [sent.id], "保管期满，鉴定无继续保存价值。")
    file = world.office.basis.find(archivist(), "示例2号")[0][0]
    paths = {
        "archives.listing": "/archives", "archives.show": f"/archives/{kept.id}",
        "archive_lists.basis": "/archive/basis",
        "archive_lists.basis_file": f"/archive/basis/{file.id}", "archive_lists.transfers": "/archive/transfers",
        "archive_lists.due": "/archive/due", "archive_lists.destruction": f"/archive/due/{made.id}",
    }  # fmt: skip
    page, found = signed_in(browser, site, "archive1"), {}
    for name, path in paths.items():
        page.goto(site + path)
        found[name] = inspect(page, Path(KEPT) / name if KEPT else None)
    page.close()
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_archive_meets_wcag(inspected: dict[str, Inspection], name: str) -> None:
    assert (inspected[name].axe_at_desk, inspected[name].axe_on_phone) == ([], [])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_archive_does_not_scroll_sideways(inspected: dict[str, Inspection], name: str) -> None:
    assert (inspected[name].wide_at_desk, inspected[name].wide_on_phone) == ([], [])


@pytest.mark.parametrize("name", PAGES)
def test_everything_on_a_page_of_the_archive_can_be_touched(inspected: dict[str, Inspection], name: str) -> None:
    assert inspected[name].small_on_phone == []


def test_an_archivist_records_a_virus_check_and_two_destroy_what_is_past_its_time(
    browser: Browser, world: ArchiveWorld, site: str, inspected: dict[str, Inspection]
) -> None:
    page = signed_in(browser, site, "archive1")
    page.goto(f"{site}/archives?text=示例2号")
    page.get_by_role("link", name="示例许可（新办）").click()
    item = page.locator("li", has_text="信息包不含病毒")
    item.get_by_text("登记检测结果").click()
    item.get_by_label("通过", exact=True).check()
    item.get_by_label("检测方法和结果").fill("离线杀毒软件检测，未发现病毒。")
    item.get_by_role("button", name="登记").click()
    expect(page.locator("li", has_text="信息包不含病毒")).to_contain_text("未发现病毒")
    page.goto(f"{site}/archive/due")
    page.locator("input[name=archive]").first.check()
    page.get_by_label("销毁的理由").fill("保管期满，鉴定无继续保存价值。")
    page.get_by_role("button", name="列入销毁清单").click()
    page.locator("table a.title-link", has_text="1 件").first.click()
    expect(page.get_by_text("须另一名档案人员确认")).to_be_visible()
    other = signed_in(browser, site, "archive2")
    other.goto(page.url)
    other.get_by_label("确认或撤回的理由").fill("复核同意。")
    other.get_by_role("button", name="确认销毁 1 件").click()
    expect(other.get_by_text("已确认销毁")).to_be_visible()
    page.close()
    other.close()
