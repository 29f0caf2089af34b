"""What everybody sees, signing in, choosing for whom, certificates and their verification."""

from __future__ import annotations

import io
import re

import pytest

from tests.web.portal_world import HOTEL, PASSWORD, PortalWorld


def certificate(world: PortalWorld, site: str) -> tuple[str, str, bytes]:
    """Id, number and file of a certificate of the hotel's."""
    browser = world.browser()
    path = browser.filed(site=site)
    world.make_certificates()
    link = re.search(r'href="(/certificates/(\w+)/file)"', browser.get(path).text)
    assert link is not None
    found = next(one for one in world.zhunyu.certificates.mine(world.session()) if one.id == link[2])
    return link[2], found.number, browser.get(link[1]).data


PUBLIC = ("/", "/search", "/search?text=示例", "/matters/portal_sample", "/verify", "/register", "/login")


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_open_without_signing_in(portal_world: PortalWorld, path: str) -> None:
    assert portal_world.browser("").get(path).status_code == 200


@pytest.mark.parametrize("path", ["/", "/matters/portal_sample", "/verify"])
def test_a_page_has_one_first_heading_and_no_inline_script_or_style(portal_world: PortalWorld, path: str) -> None:
    page = portal_world.browser("").get(path).text
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))|<style|\sstyle=|\son\w+=", page)
    assert (page.count("<h1"), inline) == (1, [])


@pytest.mark.parametrize("text", ["开店", "门户示例"])
def test_a_matter_is_found_by_name_and_by_common_word(portal_world: PortalWorld, text: str) -> None:
    assert "/matters/portal_sample" in portal_world.browser("").get(f"/search?text={text}").text


def test_a_matter_that_does_not_exist_is_not_found(portal_world: PortalWorld) -> None:
    assert portal_world.browser("").get("/matters/nothing").status_code == 404


def test_the_guide_says_how_each_material_may_be_waived(portal_world: PortalWorld) -> None:
    assert "告知承诺免交" in portal_world.browser("").get("/matters/portal_sample").text


def test_starting_needs_signing_in_and_comes_back_afterwards(portal_world: PortalWorld) -> None:
    answer = portal_world.browser("").get("/start/portal_sample")
    assert (answer.status_code, "next=%2Fstart%2Fportal_sample" in answer.location) == (303, True)


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(portal_world: PortalWorld) -> None:
    answer = portal_world.browser("").post("/login", {"login": "nobody", "password": "x"})
    assert (answer.status_code, "账号或口令不正确" in answer.text) == (422, True)


def test_signing_in_for_one_subject_goes_on_where_the_visitor_wanted(portal_world: PortalWorld) -> None:
    sent = {"login": "rival", "password": PASSWORD, "next": "/certificates"}
    assert portal_world.browser("").post("/login", sent).location == "/certificates"


def test_signing_in_does_not_lead_to_another_site(portal_world: PortalWorld) -> None:
    sent = {"login": "rival", "password": PASSWORD, "next": "//evil.example/"}
    assert portal_world.browser("").post("/login", sent).location == "/"


def test_an_account_of_several_subjects_chooses_one_first(portal_world: PortalWorld) -> None:
    sent = {"login": "hotel", "password": PASSWORD, "next": "/cases"}
    assert portal_world.browser("").post("/login", sent).location.startswith("/act-for")


def test_nobody_acts_for_a_subject_that_did_not_empower_them(portal_world: PortalWorld) -> None:
    assert portal_world.browser("rival").post("/act-for", {"subject": HOTEL.code}).status_code == 403


def test_signing_out_ends_the_session(portal_world: PortalWorld) -> None:
    browser = portal_world.browser("rival")
    browser.post("/logout")
    assert browser.get("/cases").status_code == 303


def test_what_was_typed_into_an_expired_session_is_back_after_signing_in(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    with browser.client.session_transaction() as cookie:
        cookie.clear()
    sent = browser.client.post(draft, data={"site": "断线路1号", "_do": "save"})
    back = re.search(r"next=([^&]+)", sent.location)
    assert back is not None
    page = browser.post(sent.location, {"login": "hotel", "password": PASSWORD}, follow_redirects=True).text
    assert 'value="断线路1号"' in page


def test_what_was_typed_is_not_given_to_another_account(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    visitor = portal_world.browser("")
    sent = visitor.client.post(draft, data={"site": "断线路2号", "_do": "save"})
    page = visitor.post(sent.location, {"login": "rival", "password": PASSWORD}, follow_redirects=True)
    assert (page.status_code, "断线路2号" in page.text) == (404, False)


def test_a_script_in_an_expired_session_is_sent_to_sign_in(portal_world: PortalWorld) -> None:
    draft = portal_world.browser().start()
    visitor = portal_world.browser("").client
    answer = visitor.post(f"{draft}/precheck", data={"site": "断"}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/login")


def test_a_draft_for_another_of_ones_subjects_switches_to_it(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    draft = browser.start()
    browser.post("/act-for", {"subject": "91310101MA1FP0002T"})
    assert "已切换" in browser.get(draft, follow_redirects=True).text


def test_a_certificate_is_genuine_by_its_number(portal_world: PortalWorld) -> None:
    number = certificate(portal_world, "真路1号")[1]
    assert "真实有效" in portal_world.browser("").get(f"/verify/{number}").text


def test_a_certificate_is_genuine_by_its_file(portal_world: PortalWorld) -> None:
    data = certificate(portal_world, "真路2号")[2]
    page = portal_world.browser("").post("/verify", {"certificate": (io.BytesIO(data), "证照.pdf")}).text
    assert "真实有效" in page


def test_a_certificate_file_that_was_changed_is_told(portal_world: PortalWorld) -> None:
    data = bytearray(certificate(portal_world, "真路3号")[2])
    data[len(data) // 3] ^= 1
    page = portal_world.browser("").post("/verify", {"certificate": (io.BytesIO(bytes(data)), "证照.pdf")}).text
    assert "真实有效" not in page


def test_a_number_nobody_gave_out_is_not_found_in_words(portal_world: PortalWorld) -> None:
    assert "没有查到" in portal_world.browser("").get("/verify/沪门〔1999〕字第00001号").text


def test_the_number_search_leads_to_the_address_of_the_number(portal_world: PortalWorld) -> None:
    answer = portal_world.browser("").get("/verify?number=沪门〔1999〕字第00001号")
    assert answer.location.startswith("/verify/%E6%B2%AA")


def test_a_certificate_is_found_on_the_public_register_by_its_holder(portal_world: PortalWorld) -> None:
    number = certificate(portal_world, "真路4号")[1]
    assert number in portal_world.browser("").get("/register?text=泊云").text


def test_another_applicant_does_not_get_the_file_of_a_certificate(portal_world: PortalWorld) -> None:
    id = certificate(portal_world, "真路5号")[0]
    assert portal_world.browser("rival").get(f"/certificates/{id}/file").status_code == 404


def test_a_matter_on_a_certificate_starts_from_one_of_the_subjects_own(portal_world: PortalWorld) -> None:
    id, number, _ = certificate(portal_world, "真路6号")
    browser = portal_world.browser()
    page = browser.get(browser.start("portal_renewal", acts_on=id)).text
    assert (number in page, "真路6号" in page) == (True, True)


def test_a_matter_on_a_certificate_does_not_start_from_anothers(portal_world: PortalWorld) -> None:
    id = certificate(portal_world, "真路7号")[0]
    assert portal_world.browser("rival").post("/start/portal_renewal", {"acts_on": id}).status_code == 404


def test_a_certificate_another_case_acts_on_cannot_be_chosen(portal_world: PortalWorld) -> None:
    id, number, _ = certificate(portal_world, "真路8号")
    browser = portal_world.browser()
    draft = browser.start("portal_renewal", acts_on=id)
    browser.post(draft, {"why": "丢失", "_do": "review"})
    browser.submit(draft)
    page = browser.get("/start/portal_renewal").text
    assert "办结后才能再申请" in page and number in page


def test_a_locked_certificate_is_refused_when_it_is_sent_all_the_same(portal_world: PortalWorld) -> None:
    id = certificate(portal_world, "真路9号")[0]
    browser = portal_world.browser()
    draft = browser.start("portal_renewal", acts_on=id)
    browser.post(draft, {"why": "丢失", "_do": "review"})
    browser.submit(draft)
    assert browser.post("/start/portal_renewal", {"acts_on": id}).status_code == 409
