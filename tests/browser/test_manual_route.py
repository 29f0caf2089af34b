"""Applications that are not decided at once: through the hands of officers, seen by the applicant at every turn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.filling import floor_plan
from tests.browser.journeys import (
    FOOT_BATH,
    NEW,
    STANDARD,
    act,
    at,
    draw_up_a_supplement,
    file,
    fill_in,
    open_case,
    panel,
    review,
    sign,
    submit,
)  # fmt: skip
from tests.browser.running import Site
from tests.browser.visitors import Visitors

ELSEWHERE = "经营地址不在营业执照的住所和备案的经营地址里。"
TOO_SMALL = "清洗消毒间面积不足，不符合国家标准。"
SAME = {"结论": "符合", "办理意见": "经核查，与申请内容一致。"}
WAY: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("hp-window", "受理", {}),
    ("hp-review", "完成审查", {"办理意见": "材料齐全，请现场核查。"}),
    ("hp-inspect-1", "完成现场核查", SAME),
    ("hp-inspect-2", "完成现场核查", SAME),
    ("hp-approve", "准予许可", {"办理意见": "经审查，符合法定条件，准予许可。"}),
)


@dataclass
class Followed:
    """What the applicant saw before filing and after each officer had acted."""

    findings: list[str]
    review: str
    after: dict[str, str] = field(default_factory=dict)
    link: str = ""


def _main(page: Page) -> str:
    return page.get_by_role("main").inner_text()


@pytest.fixture(scope="module")
def granted(visitors: Visitors, site: Site) -> Iterator[Followed]:
    """yunxiu runs a foot bath at an address that is not in the licence."""
    with visitors.page("yunxiu") as page:
        fill_in(page, site.portal, NEW, **at("样张路90号", "黄浦区", "豫园街道"), **FOOT_BATH)
        findings = panel(page).get_by_text(re.compile("不在|不符|不一致|尚未")).all_inner_texts()
        review(page)
        seen = Followed(findings, _main(page))
        number = submit(page)
        for login, action, filled in WAY:
            with visitors.page(login) as officer:
                open_case(officer, site.admin, number)
                act(officer, action, **filled)
            page.reload()
            seen.after[login] = _main(page)
        link = page.get_by_role("link", name="下载法定电子证照")
        expect(link).to_be_visible()
        seen.link = link.get_attribute("href") or ""
        yield seen


def test_the_panel_names_exactly_the_condition_that_is_not_met(granted: Followed) -> None:
    assert set(granted.findings) == {ELSEWHERE}


def test_the_review_says_that_officers_will_decide(granted: Followed) -> None:
    assert "提交后由工作人员办理" in granted.review


def test_acceptance_by_the_window_is_seen_by_the_applicant(granted: Followed) -> None:
    assert "已受理" in granted.after["hp-window"]


def test_the_review_of_the_papers_is_seen_by_the_applicant(granted: Followed) -> None:
    assert "“审查”已完成" in granted.after["hp-review"]


def test_one_inspector_alone_does_not_finish_the_inspection(granted: Followed) -> None:
    assert "“现场核查”已完成" not in granted.after["hp-inspect-1"]


def test_the_inspection_by_two_is_seen_by_the_applicant(granted: Followed) -> None:
    assert "“现场核查”已完成" in granted.after["hp-inspect-2"]


def test_the_decision_is_seen_by_the_applicant(granted: Followed) -> None:
    assert "准予许可" in granted.after["hp-approve"]


def test_the_certificate_comes_after_the_decision(granted: Followed) -> None:
    assert granted.link.endswith("/legal")


@pytest.fixture(scope="module")
def refused(visitors: Visitors, site: Site) -> Iterator[Page]:
    """jincheng, whose credit is bad, takes the standard way and is refused; the applicant's page in the end."""
    with visitors.page("jincheng") as page:
        number = file(page, site.portal, STANDARD, **at("示例路35号", "黄浦区", "外滩街道"))
        with visitors.page("hp-window") as officer:
            open_case(officer, site.admin, number)
            act(officer, "受理")
        for login, action, filled in (
            ("hp-review", "完成审查", {"办理意见": "平面布局不符合要求。"}),
            ("hp-inspect-1", "完成现场核查", {"结论": "不符合", "办理意见": "消毒间面积不足。"}),
            ("hp-inspect-2", "完成现场核查", {"结论": "不符合", "办理意见": "消毒间面积不足。"}),
            (
                "hp-approve",
                "不予许可",
                {"理由": TOO_SMALL, "依据": "《公共场所卫生管理条例》"},
            ),
        ):
            with visitors.page(login) as officer:
                open_case(officer, site.admin, number)
                act(officer, action, **filled)
        page.reload()
        yield page


def test_a_refusal_is_seen_by_the_applicant(refused: Page) -> None:
    expect(refused.get_by_role("heading", level=1)).to_have_text("不予许可")


def test_a_refusal_gives_its_reasons(refused: Page) -> None:
    expect(refused.get_by_role("main")).to_contain_text(TOO_SMALL)


def test_a_refusal_comes_with_a_letter(refused: Page, site: Site) -> None:
    link = refused.get_by_role("link", name=re.compile("决定书"))
    answer = refused.request.get(site.portal + (link.get_attribute("href") or ""))
    assert answer.body().startswith(b"%PDF-")


@pytest.fixture(scope="module")
def asked(visitors: Visitors, site: Site) -> Iterator[Page]:
    """xiaoman is asked once for a better plan and another name of the shop; the applicant's page then."""
    with visitors.page("xiaoman") as page:
        changes: dict[str, Any] = {"types": ["美容店"], "main_type": "美容店", "seats": 3}
        number = file(page, site.portal, NEW, **at("样板路300弄8号101室", "浦东新区", "金桥镇"), **changes)
        with visitors.page("pd-window") as officer:
            open_case(officer, site.admin, number)
            officer.get_by_role("group", name="办理", exact=True).get_by_role("link", name="一次补正").click()
            draw_up_a_supplement(officer)
            sign(officer)
            expect(officer.get_by_text("待补正").first).to_be_visible()
        page.reload()
        yield page


def test_a_supplement_is_asked_of_the_applicant(asked: Page) -> None:
    expect(asked.get_by_role("heading", level=1)).to_have_text("待补正")


def test_only_the_asked_items_are_open_and_answering_goes_on(asked: Page) -> None:
    asked.get_by_role("link", name="去补正").click()
    names = asked.locator("main form [name]:not([type=hidden])").evaluate_all("all => all.map(one => one.name)")
    assert set(names) - {""} == {"venue_name", "file.plan"}


def test_an_answered_supplement_takes_the_case_on(asked: Page) -> None:
    if not asked.url.endswith("/supplement"):
        asked.get_by_role("link", name="去补正").click()
    asked.get_by_label("店招名称").fill("小满美容")
    plan: FilePayload = {"name": "新平面图.pdf", "mimeType": "application/pdf", "buffer": floor_plan()}
    asked.locator('[name="file.plan"]').set_input_files(plan)
    asked.get_by_role("button", name="提交补正").click()
    expect(asked.get_by_role("heading", level=1)).not_to_have_text(re.compile("补正"))


def test_the_window_cannot_ask_a_second_time(asked: Page, visitors: Visitors, site: Site) -> None:
    number = asked.get_by_role("navigation", name="当前位置").locator("li").last.inner_text().strip()
    with visitors.page("pd-window") as officer:
        officer.goto(f"{site.admin}/?view=all&text={number}")
        officer.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
        bar = officer.get_by_role("group", name="办理", exact=True)
        expect(bar.get_by_role("link", name="一次补正")).to_have_count(0)
