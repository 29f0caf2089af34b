"""What an applicant typed is never lost, and what was sent twice is filed once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser.filling import floor_plan, sign_in, start, type_in, wait_until_judged
from tests.browser.journeys import NEW, application, at, fill_in, review, submit
from tests.browser.running import Site
from tests.browser.visitors import Visitors

POOL = {
    "pool": "主池", "pool_kind": "成人", "surface": 500, "depth": 1.5, "volume": 750, "cycle": 4,
    "pool_disinfection": "次氯酸钠", "foot_bath": True, "shower": True,
}  # fmt: skip


@pytest.fixture
def form(visitors: Visitors, site: Site) -> Iterator[Page]:
    """A new form of pujiang's."""
    with visitors.page("pujiang", expected=("409", "sendError", "net::", "htmx:afterRequest")) as page:
        start(page, site.portal, NEW)
        yield page


def _type(page: Page, text: str) -> None:
    page.get_by_label("店招名称").fill(text)


def _reopened(page: Page) -> Page:
    page.goto(page.url)
    return page


def test_a_double_click_makes_one_case(visitors: Visitors, site: Site) -> None:
    with visitors.page("swimclub") as page:
        changes: dict[str, Any] = {"types": ["商场（店）"], "main_type": "商场（店）", "usable": 1500, "area": 1200}
        fill_in(page, site.portal, NEW, **at("样板路450号", "浦东新区", "金桥镇"), **changes)
        review(page)
        page.get_by_role("button", name="确认提交").dblclick()
        page.wait_for_url(re.compile(r"/cases/\w+$"))
        page.goto(f"{site.portal}/cases")
        expect(page.get_by_role("main").get_by_role("link", name=re.compile("新办·告知承诺"))).to_have_count(1)


def test_the_same_submission_sent_again_leads_to_the_same_case(visitors: Visitors, site: Site) -> None:
    with visitors.page("minyue") as page:
        fill_in(page, site.portal, NEW, **at("样式路5号", "闵行区", "莘庄镇"))
        review(page)
        action = page.locator("form.submit-panel").get_attribute("action") or ""
        sent = page.locator("form.submit-panel input[type=hidden]").evaluate_all(
            "all => Object.fromEntries(all.map(one => [one.name, one.value]))"
        )
        submit(page)
        again = page.request.post(site.portal + action, form=sent, headers={"Referer": page.url})
        assert again.url == page.url


def test_a_second_window_does_not_overwrite_the_first(form: Page) -> None:
    other = form.context.new_page()
    other.goto(form.url)
    _type(other, "第二个窗口")
    wait_until_judged(other)
    _type(form, "第一个窗口")
    with form.expect_response(re.compile("/precheck$")) as answer:
        form.get_by_label("所在楼层").focus()
        form.evaluate("() => document.body.dispatchEvent(new CustomEvent('recheck', {bubbles: true}))")
    assert answer.value.status == 409


def test_the_window_that_came_second_keeps_what_it_typed(form: Page) -> None:
    other = form.context.new_page()
    other.goto(form.url)
    _type(other, "第二个窗口")
    wait_until_judged(other)
    _type(form, "第一个窗口")
    form.get_by_role("button", name="保存，稍后再填").click()
    expect(form.get_by_text("已在另一个窗口修改").first).to_be_visible()
    expect(form.get_by_label("店招名称")).to_have_value("第一个窗口")


def test_a_lost_answer_does_not_stop_later_saves(form: Page) -> None:
    lost = []

    def lose(route: Route) -> None:
        route.fetch()  # the server saves; its answer does not arrive
        lost.append(route.request.url)
        route.abort("connectionreset")

    form.route("**/precheck", lose, times=1)
    _type(form, "第一次")
    form.get_by_label("所在楼层").focus()
    form.evaluate("() => document.body.dispatchEvent(new CustomEvent('recheck', {bubbles: true}))")
    expect(form.get_by_text("网络连接中断").first).to_be_visible()
    _type(form, "第二次")
    wait_until_judged(form)
    expect(_reopened(form).get_by_label("店招名称")).to_have_value("第二次")


def test_a_save_that_failed_is_sent_again_by_itself(form: Page) -> None:
    form.route("**/precheck", lambda route: route.abort("connectionreset"), times=1)
    with form.expect_response(re.compile("/precheck$")) as answer:
        _type(form, "断网时填的")
        form.get_by_label("所在楼层").focus()
        form.get_by_label("单位联系电话").focus()
    assert answer.value.status == 200


def test_a_session_that_ends_in_the_middle_loses_nothing(form: Page, site: Site) -> None:
    form.context.clear_cookies()
    _type(form, "登录过期前填的")
    form.get_by_role("button", name="保存，稍后再填").click()
    form.wait_for_url(re.compile("/login"))
    sign_in(form, site.portal, "pujiang", back=form.url)
    expect(form.get_by_label("店招名称")).to_have_value("登录过期前填的")


def test_a_saved_draft_is_taken_up_again_from_the_list(form: Page, site: Site) -> None:
    _type(form, "明天再填")
    form.get_by_role("button", name="保存，稍后再填").click()
    form.get_by_role("link", name=re.compile("继续填写")).first.click()
    expect(form.get_by_label("店招名称")).to_have_value("明天再填")


@pytest.fixture(scope="module")
def without_scripts(visitors: Visitors, site: Site) -> Iterator[Page]:
    """changle files a pool without JavaScript: fields that appear, table rows, a file; the page of the case."""
    with visitors.page("changle", scripts=False) as page:
        start(page, site.portal, NEW)
        type_in(page, {**application(NEW, **at("样张路30号", "黄浦区", "豫园街道")), "types": ["游泳场（馆）"]})
        page.get_by_role("button", name="更新表单").last.click()
        page.get_by_role("group", name="泳池清单").get_by_role("button", name="增加一行").click()
        second = {**POOL, "pool": "儿童池", "pool_kind": "儿童"}
        type_in(page, {"main_type": "游泳场（馆）", "disease_sign": True, "pools": [POOL, second]})
        for material in ("plan", "subject_proof", "legal_proof"):  # the registry does not answer for changle
            file: FilePayload = {"name": f"{material}.pdf", "mimeType": "application/pdf", "buffer": floor_plan()}
            page.locator(f'[name="file.{material}"]').set_input_files(file)
        page.get_by_role("button", name="下一步：核对并提交").click()
        yield page


def test_without_scripts_an_application_gets_to_the_review(without_scripts: Page) -> None:
    assert without_scripts.url.endswith("/review"), without_scripts.locator(".error-summary").inner_text()


def test_without_scripts_both_table_rows_arrive(without_scripts: Page) -> None:
    expect(without_scripts.get_by_role("cell", name="儿童池")).to_be_visible()


def test_without_scripts_the_file_arrives(without_scripts: Page) -> None:
    expect(without_scripts.get_by_text("plan.pdf")).to_be_visible()


def test_without_scripts_an_application_is_submitted(without_scripts: Page) -> None:
    submit(without_scripts)
    expect(without_scripts.get_by_role("link", name="刷新，查看最新进度")).to_be_visible()
