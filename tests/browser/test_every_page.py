"""Every page of portal and desk, at both widths: accessible, in its window, touchable, and none forgotten."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

import portal
from admin.app import BLUEPRINTS
from tests.browser.filling import fill, start
from tests.browser.inspecting import Inspection, inspect
from tests.browser.journeys import (
    FOOT_BATH,
    NEW,
    application,
    at,
    case_number,
    draw_up_a_supplement,
    fill_in,
    hand_in_what_is_missing,
    open_case,
    read_cards,
    review,
    sign,
    submit,
)
from tests.browser.running import Site
from tests.browser.test_archive import PAGES as ARCHIVE
from tests.browser.test_batches import PAGES as BATCHES
from tests.browser.test_ex_officio import PAGES as EX_OFFICIO
from tests.browser.test_field import PAGES as FIELD
from tests.browser.test_lists import PAGES as LISTS
from tests.browser.test_messages import PAGES as MESSAGES
from tests.browser.test_more_words import PAGES as MORE_WORDS
from tests.browser.test_publicity import PAGES as PUBLICITY
from tests.browser.test_safeguards import PAGES as SAFEGUARDS
from tests.browser.test_sign_in import PAGES as SIGN_IN
from tests.browser.visitors import Visitors

# Answers that are not pages: files, fragments of pages, live parts, and leaving the site for the city's sign-in.
NOT_PAGES = {
    "catalogue.sample", "files.content", "cases.status", "cases.document", "cases.decision_receipt",
    "certificates.file", "certificates.legal", "certificates.duplicate", "case_page.legal_certificate",
    "workbench.counts", "case_page.file", "case_page.letter", "case_page.certificate",
    "case_page.decision_receipt", "recalls.progress", "audit.home", "audit_trace.at",
    "archives.file", "archives.package", "archives.printed",
    "fieldwork.visit_paper", "fieldwork.panel_paper", "reviews.file", "phone.manifest", "phone.worker", "field.session",
    "field.coming", "field.along",
    "messages.badge", "ratings.export",
    "lists.template", "lists.as_file", "lists.content", "lists.result_file",
    "qr.state", "sign_in.leave", "sign_in.come_back",
    "case_page.page", "changeovers.paper", "papers.file", "papers.slip", "window.sheet", "window.receipt",
    "window.filed",
}  # fmt: skip
PAGES = (
    "catalogue.home", "catalogue.search", "catalogue.search corrected", "catalogue.search empty", "catalogue.guide",
    "guides.index", "guides.ask", "guides.ask at the end", "account.login", "account.choose", "apply.prepare",
    "apply.prepare for a certificate", "apply.form", "apply.form with errors", "apply.review", "cases.mine",
    "cases.view", "cases.ask_withdrawal", "cases.ask_hearing", "cases.supplement", "certificates.mine",
    "consents.consents", "consents.uses", "verify.home", "verify.by_number",
    "verify.register", "not found", "admin account.login", "admin account.password", "admin workbench.work",
    "admin case_page.show", "admin acting.begin", "admin acting.begin ask_supplement", "admin acting.begin decline",
    "admin confirm", "admin moves.begin", "admin copies.inbox", "admin opinion_templates.kept",
    "admin register.search", "admin matters.shelf", "admin matters.show", "admin matters.withdraw",
    "admin matters.restore", "admin studio.shelf", "admin studio.rules", "admin studio.versions", "admin studio.shadow",
    "admin studio.replay", "admin trial.form", "admin draft.form",
    "admin outbox.queue", "admin audit.operation", "admin audit.security", "admin audit.entry",
    "admin audit_figures.analysis", "admin audit_figures.integrity", "admin audit_figures.accounts",
    "admin audit_trace.search", "admin audit_trace.show", "admin audit_trace.past", "enquiry.home",
    "admin case_page.similar", "admin disputes.show", "admin disputes.listing", "admin bulk.show",
    "admin case_search.search", "admin changeovers.lists", "admin changeovers.begin",
    "admin organisation.show", "admin delegations.mine", "admin delegations.everyone", "admin permissions.show",
    "admin permissions.row", "admin staff_accounts.listing", "admin papers.queue", "admin papers.blanks",
    "admin window.home", "admin window.begin", "admin apply.form", "admin window.papers", "admin apply.review",
    "admin window.supplement", "admin window.ask_withdrawal",
)  # fmt: skip
SEEN_APART = {  # in modules of their own
    *SAFEGUARDS, *ARCHIVE, *BATCHES, *EX_OFFICIO, *FIELD, *LISTS, *MORE_WORDS, *PUBLICITY, *MESSAGES,
    *(name.removeprefix("admin ") for name in SIGN_IN),
    "papers.show", "changeovers.show",  # in tests/web: a certificate is printed, a whole post handed over
    "cases.ask_delivery",  # tests/web/test_applicant_signing.py: no matter of the demonstration asks for it
}  # fmt: skip
pytestmark = pytest.mark.timeout(300)  # all pages are visited before the first test
KEPT = os.environ.get("ZHUNYU_PICTURES", "")


def _keep(found: dict[str, Inspection], name: str, page: Page) -> None:
    found[name] = inspect(page, Path(KEPT) / name.replace(" ", "-") if KEPT else None)


@pytest.fixture(scope="module")
def inspected(visitors: Visitors, site: Site) -> Iterator[dict[str, Inspection]]:
    found: dict[str, Inspection] = {}
    _public(found, visitors, site.portal)
    _applicant(found, visitors, site)
    _operators(found, visitors, site.admin)
    _office(found, visitors, site.admin)
    yield found


def _public(found: dict[str, Inspection], visitors: Visitors, base: str) -> None:
    with visitors.page() as page:
        for name, path in (
            ("catalogue.home", "/"), ("catalogue.search", "/search?text=wsxk"), ("catalogue.guide", f"/matters/{NEW}"),
            ("catalogue.search corrected", "/search?text=为生许可证"),
            ("catalogue.search empty", "/search?text=机动车驾驶证&line=放射"),
            ("guides.index", "/guides"), ("guides.ask", "/guides/hotel?path=1"),
            ("guides.ask at the end", "/guides/radiation?path=1-1-1"),
            ("account.login", "/login"), ("verify.home", "/verify"), ("enquiry.home", "/enquiry"),
            ("not found", "/nothing-here"),
            ("verify.by_number", "/verify/沪卫公〔2024〕黄字第00001号"), ("verify.register", "/register?text=上海示例"),
            ("admin account.login", "/admin/login"),
        ):  # fmt: skip
            page.goto(base + path)
            _keep(found, name, page)
    with visitors.page("boyun") as page:
        for name, path in (
            ("account.choose", "/act-for"), ("certificates.mine", "/certificates"),
            ("apply.prepare for a certificate", "/start/public_place_renew"),
        ):  # fmt: skip
            page.goto(base + path)
            _keep(found, name, page)
        page.goto(f"{base}/certificates")
        page.get_by_role("link", name="授权使用").first.click()
        page.get_by_role("button", name="授权").click()
        page.get_by_text("授权已生效").wait_for()
        _keep(found, "consents.consents", page)
        page.get_by_role("link", name="使用记录").click()
        page.get_by_text("不能修改").wait_for()
        _keep(found, "consents.uses", page)


def _applicant(found: dict[str, Inspection], visitors: Visitors, site: Site) -> None:
    with visitors.page("lanwan") as page:
        page.goto(f"{site.portal}/start/{NEW}")
        _keep(found, "apply.prepare", page)
        start(page, site.portal, NEW)
        _keep(found, "apply.form", page)
        page.get_by_role("button", name="下一步：核对并提交").click()
        page.get_by_text("处需要更正").first.wait_for()
        _keep(found, "apply.form with errors", page)
        fill_in(page, site.portal, NEW, **at("样板路66号", "浦东新区", "陆家嘴街道"))
        review(page)
        _keep(found, "apply.review", page)
        submit(page)
        number = case_number(page)
        _keep(found, "cases.view", page)
        case = page.url
        for name, path in (("cases.ask_withdrawal", "withdraw"), ("cases.ask_hearing", "hearing")):
            page.goto(f"{case}/{path}")
            _keep(found, name, page)
        page.goto(f"{site.portal}/cases")
        _keep(found, "cases.mine", page)
        with visitors.page("pd-window") as officer:
            _officer(found, officer, site, number)
        _auditors(found, visitors, site.admin, case.rsplit("/", 1)[1])
        _disputes(found, visitors, site.admin, case.rsplit("/", 1)[1])
        page.goto(case + "/supplement")
        _keep(found, "cases.supplement", page)


def _officer(found: dict[str, Inspection], page: Page, site: Site, number: str) -> None:
    page.goto(f"{site.admin}/")
    _keep(found, "admin workbench.work", page)
    page.locator("[data-pick]").first.check()
    page.locator("button[value=claim]").click()
    page.get_by_role("button", name="确认领取").click()
    page.get_by_text("领取：1 件办成").wait_for()
    _keep(found, "admin bulk.show", page)
    run = page.url
    page.goto(f"{site.admin}/changeovers/new")
    _keep(found, "admin changeovers.begin", page)
    page.goto(run)
    page.get_by_role("button", name="退回").first.click()
    page.get_by_text("已退回本岗待办").wait_for()
    open_case(page, site.admin, number)
    _keep(found, "admin case_page.show", page)
    case = page.url
    for name, path in (
        ("admin acting.begin", "accept"), ("admin acting.begin decline", "decline"),
        ("admin acting.begin ask_supplement", "ask_supplement"),
    ):  # fmt: skip
        page.goto(f"{case}/act/{path}")
        _keep(found, name, page)
    page.goto(f"{case}/moves/ask_recusal")
    _keep(found, "admin moves.begin", page)
    page.goto(f"{case}/similar")
    _keep(found, "admin case_page.similar", page)
    page.goto(f"{case}/act/ask_supplement")
    draw_up_a_supplement(page)
    page.get_by_role("button", name="确认一次补正").wait_for()
    _keep(found, "admin confirm", page)
    sign(page)
    expect(page.get_by_text("待补正").first).to_be_visible()
    for name, path in (
        ("admin account.password", "/password"), ("admin register.search", "/certificates?text=上海示例"),
        ("admin matters.shelf", "/matters"), ("admin matters.show", f"/matters/{NEW}"),
        ("admin copies.inbox", "/copies"), ("admin opinion_templates.kept", "/opinions"),
    ):  # fmt: skip
        page.goto(site.admin + path)
        _keep(found, name, page)


def _auditors(found: dict[str, Inspection], visitors: Visitors, admin: str, case: str) -> None:
    with visitors.page("pd-audit") as page:
        for name, path in (
            ("audit.operation", ""), ("audit.security", "/security"), ("audit_figures.analysis", "/analysis"),
            ("audit_figures.integrity", "/integrity"), ("audit_trace.search", "/trace"),
            ("audit_trace.show", f"/trace/{case}"), ("audit_trace.past", f"/trace/{case}/versions/1"),
        ):  # fmt: skip
            page.goto(f"{admin}/audit{path or '/operation'}")
            _keep(found, f"admin {name}", page)
        page.goto(f"{admin}/audit/operation")
        page.locator('main a[href*="/audit/entries/"]').first.click()
        page.wait_for_load_state()
        _keep(found, "admin audit.entry", page)
    with visitors.page("pd-security") as page:
        page.goto(f"{admin}/audit/accounts")
        _keep(found, "admin audit_figures.accounts", page)


def _disputes(found: dict[str, Inspection], visitors: Visitors, admin: str, case: str) -> None:
    with visitors.page("pd-supervise") as page:
        for name, path in (("disputes.listing", "/disputes"), ("disputes.show", f"/cases/{case}/disputes")):
            page.goto(admin + path)
            _keep(found, f"admin {name}", page)


def _office(found: dict[str, Inspection], visitors: Visitors, admin: str) -> None:
    """Who does what in the office, its search and stocks, and the counter."""
    for login, pages in (
        ("hp-security", (
            ("organisation.show", "/organisation"), ("delegations.everyone", "/delegations/all"),
            ("permissions.show", "/permissions"), ("permissions.row", "/permissions/row?index=0"),
            ("staff_accounts.listing", "/staff-accounts"),
        )),
        ("hp-review", (
            ("case_search.search", "/search"), ("changeovers.lists", "/changeovers"),
            ("delegations.mine", "/delegations"),
        )),
        ("hp-issue", (("papers.queue", "/papers"), ("papers.blanks", "/papers/blanks"))),
        ("hp-window", (("window.home", "/window?text=公共场所"), ("window.begin", f"/window/start/{NEW}"))),
    ):  # fmt: skip
        with visitors.page(login) as page:
            for name, path in pages:
                page.goto(admin + path)
                _keep(found, f"admin {name}", page)
            if login == "hp-window":
                _counter(found, page)


def _counter(found: dict[str, Inspection], page: Page) -> None:
    page.reload()
    read_cards(page)
    page.get_by_role("button", name="填写申请表").click()
    page.get_by_role("complementary", name="即时核对").wait_for()
    _keep(found, "admin apply.form", page)
    page.get_by_role("link", name="登记纸质材料").click()
    page.get_by_role("heading", name="登记纸质材料").wait_for()
    _keep(found, "admin window.papers", page)
    page.go_back()
    fill(page, application(NEW, **at("柜台路12号", "黄浦区", "豫园街道"), **FOOT_BATH))
    hand_in_what_is_missing(page)
    review(page)
    _keep(found, "admin apply.review", page)
    page.get_by_label("纸质申请表的签名人").fill("陈示安")
    submit(page)
    case = page.url.partition("#")[0]
    page.goto(f"{case}/act/ask_supplement")
    draw_up_a_supplement(page)
    sign(page)
    page.get_by_role("link", name="代申请人提交补正").click()
    page.get_by_role("heading", name="窗口补正").wait_for()
    _keep(found, "admin window.supplement", page)
    page.goto(case)
    page.get_by_role("link", name="代申请人撤回").click()
    page.get_by_role("heading", name="代申请人撤回").wait_for()
    _keep(found, "admin window.ask_withdrawal", page)
    page.get_by_label("纸质撤回申请上的签名人").fill("陈示安")
    page.get_by_role("button", name="确认撤回").click()
    page.get_by_text("已代申请人撤回").wait_for()


def _operators(found: dict[str, Inspection], visitors: Visitors, admin: str) -> None:
    with visitors.page("pd-matter") as page:
        page.goto(f"{admin}/matters/{NEW}/withdraw")
        _keep(found, "admin matters.withdraw", page)
        version = page.locator('main input[name="hash"]').get_attribute("value")
        page.goto(f"{admin}/matters/{NEW}/restore/{version}")
        _keep(found, "admin matters.restore", page)
        for name, path in (
            ("studio.shelf", ""), ("studio.rules", f"/{NEW}"), ("studio.versions", f"/{NEW}/versions"),
            ("studio.shadow", f"/{NEW}/shadow"), ("studio.replay", f"/{NEW}/replay"), ("trial.form", f"/{NEW}/trial"),
            ("draft.form", f"/{NEW}/draft"),
        ):  # fmt: skip
            page.goto(f"{admin}/studio{path}")
            _keep(found, f"admin {name}", page)
    with visitors.page("pd-system") as page:
        page.goto(f"{admin}/outbox")
        _keep(found, "admin outbox.queue", page)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_meets_wcag_at_a_desk(inspected: dict[str, Inspection], name: str) -> None:
    assert inspected[name].axe_at_desk == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_meets_wcag_on_a_phone(inspected: dict[str, Inspection], name: str) -> None:
    assert inspected[name].axe_on_phone == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_does_not_scroll_sideways_at_a_desk(inspected: dict[str, Inspection], name: str) -> None:
    assert inspected[name].wide_at_desk == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_does_not_scroll_sideways_on_a_phone(inspected: dict[str, Inspection], name: str) -> None:
    assert inspected[name].wide_on_phone == []


@pytest.mark.parametrize("name", PAGES)
def test_everything_on_a_page_can_be_touched_on_a_phone(inspected: dict[str, Inspection], name: str) -> None:
    assert inspected[name].small_on_phone == []


def _get_endpoints(blueprints: tuple[object, ...]) -> set[str]:
    app = Flask("map")
    for blueprint in blueprints:
        app.register_blueprint(blueprint)  # type: ignore[arg-type]
    return {rule.endpoint for rule in app.url_map.iter_rules() if rule.methods and "GET" in rule.methods} - {"static"}


def test_no_page_of_the_portal_is_forgotten() -> None:
    modules = (import_module(f"portal.{one.name}") for one in iter_modules(portal.__path__))
    parts = tuple(one.blueprint for one in modules if hasattr(one, "blueprint"))
    known = {name.split(" ")[0] for name in PAGES if not name.startswith("admin")}
    assert _get_endpoints(parts) - NOT_PAGES - SEEN_APART - known == set()


def test_no_page_of_the_desk_is_forgotten() -> None:
    known = {name.split(" ")[1] for name in PAGES if name.startswith("admin")}
    assert _get_endpoints(BLUEPRINTS) - NOT_PAGES - SEEN_APART - known == set()


def test_the_first_tab_leads_to_the_skip_link(site: Site, desk: Page) -> None:
    desk.goto(site.portal)
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("link", name="跳到正文")).to_be_focused()


def test_the_skip_link_moves_the_focus_into_the_page(site: Site, desk: Page) -> None:
    desk.goto(site.portal)
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("main")).to_be_focused()


def test_the_focus_goes_to_the_error_summary(visitors: Visitors, site: Site) -> None:
    with visitors.page("yuanxi") as page:
        start(page, site.portal, NEW)
        page.get_by_role("button", name="下一步：核对并提交").click()
        expect(page.get_by_role("alert").filter(has_text=re.compile("有 .+ 处需要更正"))).to_be_focused()


def test_a_line_of_the_error_summary_leads_to_its_control(visitors: Visitors, site: Site) -> None:
    with visitors.page("yuanxi") as page:
        start(page, site.portal, NEW)
        page.get_by_role("button", name="下一步：核对并提交").click()
        page.get_by_role("alert").get_by_role("link", name=re.compile("店招名称")).click()
        expect(page.get_by_label("店招名称")).to_be_focused()


def test_the_focus_is_visible_on_what_tab_reaches(site: Site, desk: Page) -> None:
    desk.goto(site.portal)
    unseen = []
    for _ in range(12):
        desk.keyboard.press("Tab")
        seen = desk.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== 'none'; }"
        )
        if not seen:
            unseen.append(desk.evaluate("() => document.activeElement.outerHTML.slice(0, 80)"))
    assert unseen == []
