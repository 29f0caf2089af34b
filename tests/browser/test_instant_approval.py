"""当场办结 at a desk: from the search to a certificate that anybody can verify."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.filling import floor_plan, hand_in, sign_in, type_in, wait_until_judged
from tests.browser.journeys import BOYUN, NEW, application, panel, review, submit
from tests.browser.running import Site
from tests.browser.visitors import Visitors

PDF = "application/pdf"


@dataclass
class Seen:
    """What the applicant saw on the way."""

    found: list[str]
    guide: str
    prefilled: str
    first_panel: str
    last_panel: str
    answers: str
    reloads: int
    certificate: str
    number: str
    file: bytes
    legal: bytes


@pytest.fixture(scope="module")
def seen(visitors: Visitors, site: Site) -> Iterator[Seen]:
    with visitors.page() as page:
        yield _the_whole_way(page, site)


def _the_whole_way(page: Page, site: Site) -> Seen:
    page.goto(site.portal)
    page.get_by_role("searchbox").fill("wsxk")
    page.get_by_role("button", name="搜索").click()
    link = page.get_by_role("link", name=re.compile("新办·告知承诺"))
    link.wait_for()
    found = page.get_by_role("listitem").filter(has=link).first.inner_text().splitlines()
    link.click()
    guide = page.get_by_role("main").inner_text()
    page.get_by_role("link", name="开始办理").click()
    sign_in(page, site.portal, "boyun", back=page.url)
    page.get_by_role("button", name="开始填写").click()
    page.wait_for_url(re.compile(r"/apply/\w+"))
    prefilled, first = page.locator("#application").inner_text(), panel(page).inner_text()
    type_in(page, application(NEW))
    wait_until_judged(page)
    hand_in(page, "plan")
    expect(panel(page).get_by_text("可以当场办结").last).to_be_visible()
    last = panel(page).inner_text()
    review(page)
    answers = page.get_by_role("main").inner_text()
    submit(page)
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    link = page.get_by_role("link", name="下载法定电子证照")
    expect(link).to_be_visible()
    certificate = page.get_by_role("article").inner_text()
    with page.expect_download() as legal:
        link.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 PDF 副本").click()
    return Seen(
        found, guide, prefilled, first, last, answers, len(loads), certificate,
        re.search(r"沪卫公〔\d{4}〕黄字第\d+号", certificate).group(),  # type: ignore[union-attr]
        Path(download.value.path()).read_bytes(), Path(legal.value.path()).read_bytes(),
    )  # fmt: skip


def test_pinyin_initials_find_the_matter(seen: Seen) -> None:
    assert {"公共场所卫生许可", "新办·告知承诺"} <= set(seen.found)


def test_the_guide_says_what_has_to_be_uploaded(seen: Seen) -> None:
    assert "地址方位示意图、平面图和卫生设施平面布局图" in seen.guide


def test_the_form_is_prefilled_from_the_registry(seen: Seen) -> None:
    assert "上海市黄浦区示例路1号2层" in seen.prefilled


def test_the_panel_first_counts_what_is_missing(seen: Seen) -> None:
    assert re.search(r"还有 \d+ 项没有填完", seen.first_panel)


def test_the_panel_names_what_is_missing(seen: Seen) -> None:
    assert "单位联系电话" in seen.first_panel


def test_the_panel_says_in_the_end_that_the_application_qualifies(seen: Seen) -> None:
    assert "马上领证" in seen.last_panel


def test_the_answers_are_shown_once_more_before_submission(seen: Seen) -> None:
    assert "泊云酒店" in seen.answers


def test_the_review_promises_the_decision_at_once(seen: Seen) -> None:
    assert "符合当场办结条件" in seen.answers


def test_the_certificate_appears_without_a_reload(seen: Seen) -> None:
    assert seen.reloads == 0


def test_the_certificate_names_its_holder(seen: Seen) -> None:
    assert BOYUN in seen.certificate


def test_the_download_is_a_pdf(seen: Seen) -> None:
    assert seen.file.startswith(b"%PDF-")


def test_the_number_verifies_as_valid(seen: Seen, site: Site, desk: Page) -> None:
    desk.goto(f"{site.portal}/verify/{seen.number}")
    expect(desk.get_by_role("heading", level=2, name="真实有效")).to_be_visible()


def test_the_page_of_a_number_shows_the_face(seen: Seen, site: Site, desk: Page) -> None:
    desk.goto(f"{site.portal}/verify/{seen.number}")
    expect(desk.get_by_role("main")).to_contain_text(BOYUN)


def _verify_file(page: Page, site: Site, data: bytes, name: str = "证照.pdf", media: str = PDF) -> None:
    page.goto(f"{site.portal}/verify")
    page.get_by_label("电子证照文件").set_input_files({"name": name, "mimeType": media, "buffer": data})
    page.get_by_role("button", name="查验文件").click()


def test_the_downloaded_file_verifies_as_valid(seen: Seen, site: Site, desk: Page) -> None:
    _verify_file(desk, site, seen.file)
    expect(desk.get_by_role("heading", level=2, name="真实有效")).to_be_visible()


def test_a_file_with_one_byte_changed_is_called_altered(seen: Seen, site: Site, desk: Page) -> None:
    middle = len(seen.file) // 2
    changed = seen.file[:middle] + bytes([seen.file[middle] ^ 1]) + seen.file[middle + 1 :]
    _verify_file(desk, site, changed)
    expect(desk.get_by_role("heading", level=2, name="文件被改动过")).to_be_visible()


def test_the_legal_form_verifies_as_valid(seen: Seen, site: Site, desk: Page) -> None:
    _verify_file(desk, site, seen.legal, "证照.ofd", "application/ofd")
    expect(desk.get_by_role("heading", level=2, name="真实有效")).to_be_visible()
    expect(desk.get_by_role("main")).to_contain_text(BOYUN)


def test_a_legal_form_with_one_byte_changed_is_called_altered(seen: Seen, site: Site, desk: Page) -> None:
    middle = len(seen.legal) // 2
    changed = seen.legal[:middle] + bytes([seen.legal[middle] ^ 1]) + seen.legal[middle + 1 :]
    _verify_file(desk, site, changed, "证照.ofd", "application/ofd")
    expect(desk.get_by_role("heading", level=2, name="文件被改动过")).to_be_visible()


def test_another_pdf_is_called_unknown(site: Site, desk: Page) -> None:
    _verify_file(desk, site, floor_plan())
    expect(desk.get_by_role("heading", level=2, name="没有查到")).to_be_visible()


def test_the_certificate_is_listed_among_ones_own(seen: Seen, site: Site, visitors: Visitors) -> None:
    with visitors.page("boyun") as page:
        page.goto(f"{site.portal}/certificates")
        expect(page.get_by_text(seen.number).first).to_be_visible()
