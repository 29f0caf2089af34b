"""From submission to certificate by the portal's pages: once only, live, own cases only, supplement, withdrawal."""

from __future__ import annotations

import io
import re

import pytest

from engine.model.case import Status, SupplementItem
from engine.model.commands import AskSupplement
from tests.web.portal_world import INSTANT, PortalWorld, pdf


def by_hand(world: PortalWorld, site: str) -> str:
    """The path of a case that waits for a person."""
    browser = world.browser()
    draft = browser.start()
    sent = {key: value for key, value in INSTANT.items() if key != "promise"} | {"site": site}
    browser.post(draft, {**sent, "file.plan": (pdf(), "图.pdf"), "_do": "review"})
    return browser.submit(draft).location


def supplemented(world: PortalWorld, site: str) -> str:
    path = by_hand(world, site)
    item = SupplementItem("地址写得不清楚。", "《示例条例》第四条", ("site",), ("plan",))
    world.desk(world.case_at(path), AskSupplement((item,)))
    return path


def test_an_application_that_fits_is_granted_as_it_is_submitted(portal_world: PortalWorld) -> None:
    path = portal_world.browser().filed(site="一路1号")
    assert portal_world.case_at(path).status is Status.GRANTED


def test_submitting_the_same_application_twice_makes_one_case(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    browser.post(draft, {**INSTANT, "site": "二路1号", "_do": "review"})
    key = re.search(r'name="key" value="([^"]+)"', browser.get(f"{draft}/review").text)
    assert key is not None
    first, second = (browser.post(f"{draft}/submit", {"key": key[1]}).location for _ in range(2))
    assert first == second


def test_an_application_with_blanks_comes_back_with_every_message(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    answer = browser.post(f"{draft}/submit", {"key": "k-blank"})
    assert (answer.status_code, "error-summary" in answer.text) == (422, True)


def test_a_second_application_for_what_is_held_says_so_on_the_review(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    browser.post(draft, {**INSTANT, "site": "三路1号", "type": "浴室", "_do": "update"})
    answer = browser.post(f"{draft}/submit", {"key": "k-wrong-matter"})
    assert (answer.status_code, "没有提交成功" in answer.text) == (422, True)


def test_the_certificate_appears_in_the_live_part_when_it_is_sealed(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    path = browser.filed(site="四路1号")
    before = browser.get(f"{path}/status").text
    portal_world.make_certificates()
    after = browser.get(f"{path}/status").text
    assert ("下载法定电子证照" in before, "下载法定电子证照" in after) == (False, True)


def test_the_legal_form_is_downloaded_by_its_holder_and_verified_by_anyone(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    path = browser.filed(site="五路1号")
    portal_world.make_certificates()
    place = f"/certificates/{portal_world.case_at(path).certificates[0]}/legal"
    file = browser.get(place)
    assert (file.data[:2], ".ofd" in file.headers["Content-Disposition"]) == (b"PK", True)
    assert f'href="{place}"' in browser.get("/certificates").text
    assert portal_world.browser("").get(place).status_code in (302, 303)
    sent = {"certificate": (io.BytesIO(file.data), "证照.ofd")}
    assert "真实有效" in portal_world.browser("").post("/verify", sent).text


def test_asking_again_with_the_tag_costs_nothing_while_nothing_changed(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    path = by_hand(portal_world, "五路1号")
    tag = browser.get(f"{path}/status").headers["ETag"]
    again = browser.get(f"{path}/status", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_the_page_asks_every_second_at_first_and_stops_when_the_case_has_ended(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    path = by_hand(portal_world, "六路1号")
    first = browser.get(f"{path}/status").text
    browser.post(f"{path}/withdraw", {"reason": "不办了"})
    assert ('data-every="1"' in first, 'data-every="0"' in browser.get(f"{path}/status").text) == (True, True)


def test_the_page_carries_the_tag_the_script_asks_with(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    path = by_hand(portal_world, "七路1号")
    tag = browser.get(f"{path}/status").headers["ETag"]
    assert f'data-etag="&quot;{tag.strip(chr(34))}&quot;"' in browser.get(path).text


@pytest.mark.parametrize("path", ["", "/status", "/documents/receipt", "/withdraw", "/supplement"])
def test_another_applicant_does_not_see_the_case(portal_world: PortalWorld, path: str) -> None:
    case = by_hand(portal_world, f"八路{len(path)}号")
    assert portal_world.browser("rival").get(case + path).status_code == 404


@pytest.mark.parametrize("path", ["/withdraw", "/supplement"])
def test_another_applicant_does_not_change_the_case(portal_world: PortalWorld, path: str) -> None:
    case = by_hand(portal_world, f"九路{len(path)}号")
    assert portal_world.browser("rival").post(case + path).status_code == 404


def test_withdrawing_is_asked_once_more_and_then_done(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    path = by_hand(portal_world, "十路1号")
    assert "确认撤回" in browser.get(f"{path}/withdraw").text
    browser.post(f"{path}/withdraw", {"reason": "不办了"})
    assert portal_world.case_at(path).status is Status.WITHDRAWN


def test_a_case_that_is_decided_offers_no_withdrawal(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    path = browser.filed(site="十一路1号")
    assert "撤回申请" not in browser.get(path).text


def test_the_supplement_page_opens_only_what_was_asked_for(portal_world: PortalWorld) -> None:
    page = portal_world.browser().get(f"{supplemented(portal_world, '十二路1号')}/supplement").text
    assert set(re.findall(r'data-field="(\w+)"', page)) == {"site"}


def test_answering_a_supplement_takes_the_open_field_and_nothing_else(portal_world: PortalWorld) -> None:
    path = supplemented(portal_world, "十三路1号")
    sent = {"site": "十三路2号", "type": "宾馆", "file.plan": (pdf(), "新图.pdf")}
    portal_world.browser().post(f"{path}/supplement", sent)
    case = portal_world.case_at(path)
    assert (case.answers["site"], case.answers["type"]) == ("十三路2号", "旅店")


def test_a_supplement_with_a_file_that_may_not_be_taken_changes_nothing(portal_world: PortalWorld) -> None:
    path = supplemented(portal_world, "十四路1号")
    answer = portal_world.browser().post(f"{path}/supplement", {"site": "十四路2号", "file.plan": (pdf(), "图.exe")})
    assert (answer.status_code, portal_world.case_at(path).status) == (422, Status.SUPPLEMENT)


def test_a_case_that_needs_no_supplement_has_no_page_for_one(portal_world: PortalWorld) -> None:
    path = by_hand(portal_world, "十五路1号")
    assert portal_world.browser().get(f"{path}/supplement").status_code == 409


def test_the_receipt_is_a_pdf(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    assert browser.get(f"{by_hand(portal_world, '十六路1号')}/documents/receipt").data.startswith(b"%PDF-")


def test_a_letter_that_does_not_exist_is_not_found(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    assert browser.get(f"{by_hand(portal_world, '十七路1号')}/documents/secrets").status_code == 404


def test_drafts_and_cases_are_listed_for_their_owner_alone(portal_world: PortalWorld) -> None:
    by_hand(portal_world, "十八路1号")
    mine = portal_world.browser().get("/cases").text
    theirs = portal_world.browser("rival").get("/cases").text
    assert ("十八路1号" in mine, "十八路1号" in theirs) == (True, False)


def test_the_applicant_reminds_once_and_is_told_when_they_may_again(portal_world: PortalWorld) -> None:
    path, browser = by_hand(portal_world, "催办路8号"), portal_world.browser()
    offered = "/remind" in browser.get(path).text
    browser.post(f"{path}/remind")
    page = browser.get(path).text
    assert (offered, "/remind" in page, "一小时内只催办一次" in page) == (True, False, True)
    browser.post(f"{path}/remind")
    assert len(portal_world.case_at(path).moves.reminders) == 1


def test_nobody_reminds_in_the_case_of_another(portal_world: PortalWorld) -> None:
    path = by_hand(portal_world, "催办路9号")
    assert portal_world.browser("rival").post(f"{path}/remind").status_code == 404
    assert portal_world.case_at(path).moves.reminders == ()
