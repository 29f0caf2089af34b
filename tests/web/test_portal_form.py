"""Filling in an application by its pages: saving, visibility, rows, files, tampering."""

from __future__ import annotations

import io
import re

import msgspec
import pytest

from tests.web.portal_world import INSTANT, PortalWorld, other, pdf


def answers_of(world: PortalWorld, draft: str) -> dict[str, object]:
    return world.zhunyu.drafts.load(world.session(), draft.rsplit("/", 1)[-1]).answers


def shown(page: str, field: str) -> bool:
    found = re.search(rf'<div class="[^"]*" data-field="{field}"[^>]*>', page)
    assert found is not None
    return "hidden" not in found[0]


def test_a_draft_is_opened_with_the_name_from_the_session(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    page = browser.get(browser.start()).text
    assert "取自登录身份，不用填写" in page


def test_a_field_that_hangs_on_an_open_answer_is_not_shown_yet(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    assert not shown(browser.get(browser.start()).text, "rooms")


def test_updating_the_form_without_scripts_shows_the_fields_that_are_needed_now(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    page = browser.post(browser.start(), {"type": "宾馆", "_do": "update"}).text
    assert shown(page, "rooms")


def test_saving_keeps_an_answer_that_is_wrong_as_it_was_typed(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    browser.post(draft, {"type": "宾馆", "rooms": "二十", "_do": "save"})
    assert answers_of(portal_world, draft)["rooms"] == "二十"


def test_a_wrong_answer_has_its_message_beside_the_field(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    page = browser.post(browser.start(), {"type": "宾馆", "rooms": "二十", "_do": "update"}).text
    assert 'aria-describedby="f-rooms-error"' in page


def test_going_on_with_blanks_lists_every_one_of_them_at_the_top(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    answer = browser.post(browser.start(), {"_do": "review"})
    links = re.findall(r'<li><a href="#([^"]+)">', answer.text.split("error-summary")[1].split("</ul>")[0])
    assert (answer.status_code, links) == (422, ["f-manager-name", "f-site", "f-type"])


def test_a_material_that_is_neither_waived_nor_handed_in_stops_before_the_review(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    sent = {key: value for key, value in INSTANT.items() if key != "promise"}
    assert 'href="#m-plan"' in browser.post(browser.start(), {**sent, "_do": "review"}).text


def test_every_link_of_the_summary_leads_to_a_control(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    page = browser.post(browser.start(), {"_do": "review"}).text
    links = re.findall(r'<li><a href="#([^"]+)">', page.split("error-summary")[1].split("</ul>")[0])
    assert all(f'id="{link}"' in page for link in links)


def test_a_check_that_must_be_mended_stops_before_the_review(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    sent = {**INSTANT, "type": "宾馆", "rooms": "20", "beds": "10", "_do": "review"}
    assert "床位数 10 少于客房数 20。" in browser.post(browser.start(), sent).text


def test_adding_a_row_without_scripts_gives_one_more_blank_row(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    sent = {"halls.0.use": "茶具", "halls.0.sinks": "3", "_do": "add-row:halls"}
    assert 'name="halls.1.use"' in browser.post(browser.start(), sent).text


def test_removing_a_row_without_scripts_keeps_the_others(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    browser.post(draft, {"halls.0.use": "茶具", "halls.1.use": "布草", "_do": "remove-row:halls:0"})
    assert answers_of(portal_world, draft)["halls"] == [{"use": "布草"}]


def test_a_choice_that_was_not_offered_is_refused(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    answer = browser.post(browser.start(), {**INSTANT, "type": "赌场", "_do": "review"})
    assert "请从所列选项中选择。" in answer.text


def test_an_answer_to_a_hidden_field_does_not_reach_the_case(portal_world: PortalWorld) -> None:
    path = portal_world.browser().filed(site="隐路1号", rooms="99", beds="1")
    assert "rooms" not in portal_world.case_at(path).answers


def test_an_answer_that_comes_from_a_source_cannot_be_typed_over(portal_world: PortalWorld) -> None:
    path = portal_world.browser().filed(site="锁路1号", name="别家公司")
    assert portal_world.case_at(path).answers["name"] == "上海示例泊云酒店有限公司"


def test_a_field_the_form_does_not_have_is_passed_over(portal_world: PortalWorld) -> None:
    path = portal_world.browser().filed(site="外路1号", outcome="秒批")
    assert "outcome" not in portal_world.case_at(path).answers


def test_two_windows_on_one_draft_do_not_overwrite_each_other(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    browser.post(draft, {"site": "甲路", "_revision": "1", "_do": "update"})
    answer = browser.post(draft, {"site": "乙路", "_revision": "1", "_do": "update"})
    assert (answer.status_code, answers_of(portal_world, draft)["site"]) == (409, "甲路")


def test_leaving_a_group_saves_and_gives_the_panel_with_the_next_revision(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    answer = browser.post(f"{draft}/precheck", {"site": "丙路", "_revision": "1"}, headers={"HX-Request": "true"})
    stored = portal_world.zhunyu.drafts.load(portal_world.session(), draft.rsplit("/", 1)[-1])
    assert (stored.answers["site"], f'id="revision" value="{stored.revision}"' in answer.text) == ("丙路", True)


def test_the_panel_says_when_the_application_would_be_granted_on_the_spot(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    answer = browser.post(f"{browser.start()}/precheck", INSTANT, headers={"HX-Request": "true"})
    assert "可以当场办结" in answer.text


def test_the_panel_says_what_keeps_it_from_being_granted_on_the_spot(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    sent = {key: value for key, value in INSTANT.items() if key != "promise"}
    browser.post(f"{draft}/materials/plan", {"file.plan": (pdf(), "图.pdf")})
    answer = browser.post(f"{draft}/precheck", sent, headers={"HX-Request": "true"})
    assert "为什么不能当场办结" in answer.text


def test_a_matter_that_is_the_wrong_one_offers_the_right_one_with_the_answers(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    browser.post(draft, {**INSTANT, "type": "浴室", "_do": "update"})
    moved = browser.post(f"{draft}/move", {"to": "portal_other"}).location
    assert answers_of(portal_world, moved)["site"] == INSTANT["site"]


def test_a_draft_is_not_moved_to_a_matter_no_finding_names(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    assert browser.post(f"{browser.start()}/move", {"to": "portal_renewal"}).status_code == 404


def test_a_source_is_not_asked_before_the_applicant_consents(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    page = browser.post(browser.start(), {**INSTANT, "_do": "update"}).text
    assert "同意并核验信用" in page


def test_after_consent_the_source_is_asked_and_the_consent_covers_these_answers_only(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    asked = browser.post(draft, {**INSTANT, "_do": "verify:credit"}).text
    changed = browser.post(draft, {**INSTANT, "manager.name": "别的人", "_do": "update"}).text
    assert ("同意并核验信用" in asked, "同意并核验信用" in changed) == (False, True)


def test_a_fact_that_needs_no_consent_cannot_be_asked_for(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    assert browser.post(browser.start(), {**INSTANT, "_do": "verify:licence"}).status_code == 404


@pytest.mark.parametrize("path", ["", "/review", "/files/01AAAAAAAAAAAAAAAAAAAAAAAA"])
def test_another_applicant_does_not_see_the_draft(portal_world: PortalWorld, path: str) -> None:
    draft = portal_world.browser().start()
    assert portal_world.browser("rival").get(draft + path).status_code == 404


@pytest.mark.parametrize("path", ["", "/submit", "/delete", "/precheck", "/materials/plan", "/move"])
def test_another_applicant_does_not_change_the_draft(portal_world: PortalWorld, path: str) -> None:
    draft = portal_world.browser().start()
    assert portal_world.browser("rival").post(draft + path, {"_do": "update"}).status_code == 404


def test_a_matter_for_organisations_is_not_started_for_a_person(portal_world: PortalWorld) -> None:
    assert portal_world.browser("citizen").post("/start/portal_sample").status_code == 403


def test_a_form_sent_without_its_token_is_refused(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    assert browser.client.post(draft, data={"site": "假路", "_do": "save"}).status_code == 400


def test_a_new_version_of_the_matter_is_taken_over_with_the_answers(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start("portal_other")
    browser.post(draft, {"site": "旧路", "_do": "update"})
    portal_world.publish(msgspec.structs.replace(other(), hash="9" * 64, title="门户示例许可（浴室，新版）"))
    assert "已换用新的申请表" in browser.get(draft).text


def test_a_file_is_kept_and_can_be_looked_at(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    page = browser.post(f"{draft}/materials/plan", {"file.plan": (pdf(), "../../图.pdf")}).text
    link = re.search(r'href="(/apply/[^"]+/files/[^"]+)"', page)
    assert link is not None and browser.get(link[1]).data.startswith(b"%PDF-")


def test_several_files_are_taken_at_once_up_to_the_number_allowed(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    files = [(io.BytesIO(pdf().getvalue() + b"\n" * number), f"图{number}.pdf") for number in range(3)]
    page = browser.post(f"{draft}/materials/plan", {"file.plan": files}).text
    assert ("最多上传 2 个文件" in page, page.count("/files/")) == (True, 2)


def test_a_file_that_may_not_be_taken_says_why_and_keeps_what_was_typed(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    sent = {"site": "丁路", "file.plan": (io.BytesIO(b""), "图.pdf"), "_do": "upload"}
    page = browser.post(draft, sent)
    assert (page.status_code, "文件是空的" in page.text, answers_of(portal_world, draft)["site"]) == (422, True, "丁路")


def test_a_file_can_be_taken_out_again_without_scripts(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    page = browser.post(draft, {"file.plan": (pdf(), "图.pdf"), "_do": "upload"}).text
    button = re.search(r'value="(remove-file:[^"]+)"', page)
    assert button is not None and "/files/" not in browser.post(draft, {"_do": button[1]}).text


def test_a_file_for_a_material_the_matter_does_not_ask_for_is_refused(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    answer = browser.post(f"{browser.start()}/materials/none", {"file.none": (pdf(), "图.pdf")})
    assert answer.status_code == 404


def test_deleting_a_draft_takes_it_off_the_list(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    browser.post(f"{draft}/delete")
    assert browser.get(draft).status_code == 404
